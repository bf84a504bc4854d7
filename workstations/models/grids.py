from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from members.models import Committee, InForceQuerySet, Member, Region, RegionLevel
from members.roles import Permission
from workstations.models.activities import Played
from workstations.states import PLAN_MOVES, PLAN_TONES, PostingPlanState


class GridKind(models.TextChoices):
    BASIC = "basic", "基础网格"
    DEDICATED = "dedicated", "专属网格"


class GridQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Grids are divisions, and public; who wardens them is for the office (rules/grids.py)."""
        return self

    def within(self, region):
        low, high = region.span
        return self.filter(region__gte=low, region__lt=high)

    def in_force(self):
        return self.filter(region__valid_to__isnull=True)


class Grid(models.Model):
    """网格: what is known of one basic or dedicated grid, the smallest division; 基本信息台账 (rows 36, 38).

    A basic grid lies below a village, a dedicated one (a park, a school, a market) below a village or a town.
    """

    region = models.OneToOneField(
        Region, on_delete=models.PROTECT, primary_key=True, related_name="grid", verbose_name="网格"
    )
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="grids", verbose_name="政协")
    kind = models.CharField("类别", max_length=12, choices=GridKind, default=GridKind.BASIC)
    field = models.CharField("领域", max_length=32, blank=True, help_text="专属网格填写，如：学校、企业、商圈")
    warden = models.CharField("网格员", max_length=32, blank=True, help_text="只给办公室和派驻委员看")
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    residents = models.PositiveIntegerField("人数", null=True, blank=True)

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格"
        ordering = ["region"]
        indexes = [models.Index(fields=["committee", "kind", "region"], name="grid_kind")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GridKind.values), name="grid_kind_known"),
        ]

    def __str__(self):
        return str(self.region)


class GridPostingQuerySet(InForceQuerySet):
    def visible_to(self, user):
        """Which member serves which grid or village today is public (亮身份); the past is for the office."""
        public = self.in_force()
        if not user.is_authenticated:
            return public
        managed = Q(committee__in=user.committees_with(Permission.STATION_MANAGE))
        return self.filter(Q(pk__in=public.values("pk")) | managed | Q(member__user=user))

    def within(self, region):
        low, high = region.span
        return self.filter(region__gte=low, region__lt=high)


class GridPosting(models.Model):
    """委员进网格: one member serves one grid or village, from a day to a day; many to many (rows 36, 38, 135)."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="grid_postings", verbose_name="政协"
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="grid_postings", verbose_name="委员")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="grid_postings", verbose_name="网格或村")
    why = models.CharField("依据", max_length=100, blank=True, editable=False)
    since = models.DateField("起", default=timezone.localdate)
    until = models.DateField("止", null=True, blank=True)

    objects = GridPostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委员进网格"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["region", "until"], name="grid_posting_region"),
            models.Index(fields=["committee", "region"], name="grid_posting_committee"),
            models.Index(fields=["member", "until"], name="grid_posting_member"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "region"],
                condition=Q(until__isnull=True),
                name="grid_posting_once",
                violation_error_message="这位委员已派驻到这个网格（村）。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="grid_posting_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.member} {self.region}"

    def clean(self):
        """A member of the committee, or of one above it, serves villages and grids inside the committee's region."""
        problems = {}
        if self.region_id and self.committee_id:
            if self.region.level < RegionLevel.VILLAGE:
                problems["region"] = "请选到村（社区）或网格。"
            elif not self.committee.region.contains(self.region_id):
                problems["region"] = f"{self.region}不在{self.committee.region}辖区内。"
        if self.member_id and self.committee_id and not self.committee.is_below_or(self.member.committee_id):
            problems["member"] = "委员须属于本会或上级政协。"
        if problems:
            raise ValidationError(problems)


class GridLogQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The member who wrote it, and the office."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(member__user=user) | Q(committee__in=user.committees_with(Permission.STATION_MANAGE)))


class GridLog(models.Model):
    """月反馈: what a member did in the own grids and villages in one month; 开展工作情况台账 (rows 36, 38)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="grid_logs", verbose_name="政协")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="grid_logs", verbose_name="委员")
    month = models.DateField("月份", help_text="当月 1 日")
    regions = models.ManyToManyField(Region, related_name="grid_logs", verbose_name="去过的网格（村）")
    words = models.TextField("情况和问题", blank=True, validators=[MaxLengthValidator(1000)])
    at = models.DateTimeField("反馈时间", editable=False)
    updated_at = models.DateTimeField("更正时间", editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="填报人"
    )

    objects = GridLogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格月反馈"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "month"], name="grid_log_month"),
            models.Index(fields=["month"], name="grid_log_month_anywhere"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["member", "month"], name="grid_log_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="grid_log_month_is_first_day"),
        ]

    def __str__(self):
        return f"{self.member} {self.month:%Y年%m月}"

    def get_absolute_url(self):
        return reverse("grid-log", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id


class GridAct(models.Model):
    """网格履职: how often one of the five roles was played in a month (row 37 names the roles)."""

    log = models.ForeignKey(GridLog, on_delete=models.CASCADE, related_name="acts", verbose_name="月反馈")
    played = models.CharField("角色", max_length=12, choices=Played)
    times = models.PositiveSmallIntegerField("次数", validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = verbose_name_plural = "网格履职"
        ordering = ["log", "pk"]
        constraints = [models.UniqueConstraint(fields=["log", "played"], name="grid_act_once")]

    def __str__(self):
        return f"{self.get_played_display()} {self.times}"


class PlanTarget(models.TextChoices):
    GRID = "grid", "网格（没有网格的村按村）"
    VILLAGE = "village", "村（社区）"


class PostingPlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(committee__in=user.committees_with(Permission.STATION_MANAGE))


class PostingPlan(models.Model):
    """派驻方案: who should serve where, worked out, changed by hand, enacted as a whole (rows 36, 135).

    A committee enacts the seats of its own members; those of members of lower committees are handed down as a plan
    of theirs (`upper`), for nobody writes rows of another committee.
    """

    TRANSITIONS = PLAN_MOVES

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="posting_plans", verbose_name="政协"
    )
    upper = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="lower", verbose_name="下发自"
    )
    name = models.CharField("名称", max_length=64)
    target = models.CharField("派驻到", max_length=8, choices=PlanTarget, default=PlanTarget.GRID)
    state = models.CharField(
        "状态", max_length=12, choices=PostingPlanState, default=PostingPlanState.DRAFT, editable=False
    )
    runs = models.PositiveSmallIntegerField("测算次数", default=0, editable=False)
    started_at = models.DateTimeField("测算开始", null=True, editable=False)
    problem = models.CharField("未成原因", max_length=200, blank=True, editable=False)
    report = models.JSONField("测算结果", default=dict, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="建立人",
    )  # fmt: skip
    created_at = models.DateTimeField("建立时间", editable=False)
    updated_at = models.DateTimeField("更新时间", editable=False)

    objects = PostingPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "派驻方案"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["committee", "state", "-id"], name="posting_plan_state")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("posting-plan", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return PLAN_TONES[self.state]


class SeatReach(models.IntegerChoices):
    """How far from home; the values are those of workstations.posting.Reach."""

    VILLAGE = 1, "本村"
    TOWN = 2, "本乡镇"
    COUNTY = 3, "本县其他乡镇"
    BEYOND = 4, "外县"
    UNKNOWN = 5, "住地不明"


class PlannedPosting(models.Model):
    """派驻建议: one seat of a plan, with the reason in words; what a person set stays when it is worked out anew."""

    plan = models.ForeignKey(PostingPlan, on_delete=models.CASCADE, related_name="seats", verbose_name="派驻方案")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name="委员")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name="网格或村")
    why = models.CharField("依据", max_length=100, blank=True)
    by_hand = models.BooleanField("手工指定", default=False)
    reach = models.PositiveSmallIntegerField("离住地", choices=SeatReach, default=SeatReach.UNKNOWN)

    class Meta:
        verbose_name = verbose_name_plural = "派驻建议"
        ordering = ["plan", "region", "pk"]
        indexes = [
            models.Index(fields=["plan", "member"], name="planned_posting_member"),
            models.Index(fields=["plan", "reach"], name="planned_posting_reach"),
            models.Index(fields=["plan", "by_hand"], name="planned_posting_by_hand"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "region", "member"], name="planned_posting_once"),
            models.CheckConstraint(condition=Q(reach__in=SeatReach.values), name="planned_posting_reach_known"),
        ]

    def __str__(self):
        return f"{self.member} {self.region}"
