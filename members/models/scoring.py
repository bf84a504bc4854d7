from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.facts import Mark
from members.models.duty import AppendOnlyQuerySet, DutyRecord
from members.models.facts import FactFilter
from members.models.members import Member
from members.models.organisations import Committee
from members.roles import Permission
from members.states import SCHEME_MOVES, TONES, SchemeState


class ScoreSchemeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Presets and drafts for those who manage duty; what is or was in force also for the committee's people."""
        if not user.is_authenticated:
            return self.none()
        managed = Q(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        shown = Q(committee__in=user.committee_ids) & ~Q(state=SchemeState.DRAFT)
        preset = Q(committee=None) if user.committees_with(Permission.DUTY_MANAGE) else Q(pk__in=[])
        return self.filter(managed | shown | preset)

    def presets(self):
        return self.filter(committee=None)


class ScoreScheme(models.Model):
    """考评方案: how one committee scores one year; rows of groups, items, grades and ladder (domain 6.2, 6.3).

    A preset has neither committee nor year and is copied. Frozen with the year's snapshot, then nothing of it changes.
    """

    TRANSITIONS = SCHEME_MOVES

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, null=True, blank=True, related_name="score_schemes", verbose_name="政协"
    )
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    name = models.CharField("名称", max_length=64)
    source = models.CharField(
        "依据", max_length=200, blank=True, help_text="如：政协桐城市委员会委员履职考核办法（2019）"
    )
    note = models.TextField("说明", blank=True, validators=[MaxLengthValidator(2000)])
    cap = models.DecimalField("总分上限", max_digits=7, decimal_places=2, null=True, blank=True)
    floor = models.DecimalField("总分下限", max_digits=7, decimal_places=2, default=0)
    state = models.CharField("状态", max_length=12, choices=SchemeState, default=SchemeState.DRAFT, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = ScoreSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考评方案"
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year"],
                condition=Q(state__in=[SchemeState.IN_FORCE, SchemeState.FROZEN]),
                name="score_scheme_one_in_force",
            ),
            models.UniqueConstraint(fields=["name"], condition=Q(committee=None), name="score_scheme_preset_once"),
            models.CheckConstraint(
                condition=Q(committee=None, year=None, state=SchemeState.DRAFT)
                | Q(committee__isnull=False, year__isnull=False),
                name="score_scheme_has_year",
            ),
            models.CheckConstraint(condition=Q(state__in=SchemeState.values), name="score_scheme_state_known"),
        ]

    def __str__(self):
        return f"{self.year} 年{self.name}" if self.year else self.name

    def get_absolute_url(self):
        return reverse("score-scheme", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def is_open(self) -> bool:
        """Whether its rows may still change."""
        return self.state in (SchemeState.DRAFT, SchemeState.IN_FORCE)


class Sum(models.TextChoices):
    """How the items of a group make its points."""

    ALL = "all", "各项相加"
    HIGHEST = "highest", "只计最高的一项"
    HIGHEST_PER_EVENT = "highest_per_event", "同一件事只计最高的一项"


class ScoreGroup(models.Model):
    """考评大项: items with a common start, cap and floor, such as 参加会议 50 分."""

    scheme = models.ForeignKey(ScoreScheme, on_delete=models.CASCADE, related_name="groups", verbose_name="方案")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("名称", max_length=32)
    base = models.DecimalField("起始分", max_digits=6, decimal_places=2, default=0)
    cap = models.DecimalField("上限", max_digits=6, decimal_places=2, null=True, blank=True)
    floor = models.DecimalField("下限", max_digits=6, decimal_places=2, null=True, blank=True)
    sum = models.CharField("计分方法", max_length=20, choices=Sum, default=Sum.ALL)

    class Meta:
        verbose_name = verbose_name_plural = "考评大项"
        ordering = ["scheme", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "name"], name="score_group_once", violation_error_message="本方案已有同名的大项。"
            )
        ]

    def __str__(self):
        return self.name


class Applies(models.TextChoices):
    ALL = "all", "全体委员"
    STANDING = "standing", "常务委员"
    ORDINARY = "ordinary", "非常务委员"


class Nature(models.TextChoices):
    BASE = "base", "基础分"
    REWARD = "reward", "奖励分"
    DEDUCTION = "deduction", "扣分"


class Dimension(models.TextChoices):
    COUNT = "count", "做了多少"
    QUALITY = "quality", "做得怎么样"


def _percent(label, default=100, **options):
    bounds = [MinValueValidator(0), MaxValueValidator(100)]
    return models.PositiveSmallIntegerField(label, default=default, validators=bounds, **options)


class ScoreItem(FactFilter):
    """考评细项: points for each fact that its conditions take, by share, with caps (domain 6.2).

    Of a joint work the first signer has `first_percent` of the points and each other `joint_percent`; with
    `rest_is_split` the others share evenly what the first leaves. Of a collective work each main writer has
    `writer_percent`, each participant `participant_percent`.
    """

    group = models.ForeignKey(ScoreGroup, on_delete=models.CASCADE, related_name="items", verbose_name="大项")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("名称", max_length=64)
    points = models.DecimalField("每次分值", max_digits=6, decimal_places=2, help_text="扣分写负数")
    by_quantity = models.BooleanField("按数量计", default=False, help_text="分值乘以数量，如每半天 5 分")
    nature = models.CharField("性质", max_length=12, choices=Nature, default=Nature.BASE)
    dimension = models.CharField("看什么", max_length=8, choices=Dimension, default=Dimension.COUNT)
    applies_to = models.CharField("适用", max_length=10, choices=Applies, default=Applies.ALL)
    first_percent = _percent("第一署名人得（%）")
    joint_percent = _percent("其他联名人各得（%）")
    rest_is_split = models.BooleanField("其余联名人均分剩余", default=False)
    writer_percent = _percent("主要撰稿人各得（%）")
    participant_percent = _percent("参与者各得（%）")
    skip_first = models.PositiveSmallIntegerField("前几次不计", default=0, help_text="如第二件起加分填 1")
    count_at_most = models.PositiveSmallIntegerField("最多计几次", null=True, blank=True)
    cap = models.DecimalField("上限", max_digits=6, decimal_places=2, null=True, blank=True)
    floor = models.DecimalField("下限", max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考评细项"
        ordering = ["group", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "name"], name="score_item_once", violation_error_message="本大项已有同名的细项。"
            )
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """A deduction takes away, and never from those on official leave; everything else gives."""
        if self.points is None or self.nature is None:
            return
        if self.nature == Nature.DEDUCTION and self.points > 0:
            raise ValidationError({"points": "扣分请写负数，如 -5。"})
        if self.nature != Nature.DEDUCTION and self.points < 0:
            raise ValidationError({"points": "分值是负数，请把性质改为“扣分”，或写正数。"})
        if self.points < 0 and Mark.EXCUSED in self.marks:
            raise ValidationError({"marks": "公务请假不扣分，请取消勾选。"})

    @property
    def scheme(self):
        return self.group.scheme


class ScoreRequirement(FactFilter):
    """必做项: so many of these facts at least in the year, such as 济南's 三个一; unmet it may hold the grade down."""

    scheme = models.ForeignKey(ScoreScheme, on_delete=models.CASCADE, related_name="requirements", verbose_name="方案")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("名称", max_length=64)
    at_least = models.PositiveSmallIntegerField("至少几次", default=1)
    holds_below = models.BooleanField("未完成不能评为最高等次", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "必做项"
        ordering = ["scheme", "position", "pk"]

    def __str__(self):
        return self.name


class GradeBand(models.Model):
    """考评等次: from so many points, or the best so many percent; the first band that fits is the grade."""

    scheme = models.ForeignKey(ScoreScheme, on_delete=models.CASCADE, related_name="bands", verbose_name="方案")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("等次", max_length=16)
    at_least = models.DecimalField("不低于（分）", max_digits=6, decimal_places=2, null=True, blank=True)
    best_percent = models.PositiveSmallIntegerField(
        "名次在前（%）", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    tone = models.CharField(
        "颜色", max_length=8, default="info", choices=[("ok", "绿"), ("info", "蓝"), ("soon", "黄"), ("late", "红")]
    )

    class Meta:
        verbose_name = verbose_name_plural = "考评等次"
        ordering = ["scheme", "position", "pk"]

    def __str__(self):
        return self.name


class MeasureKind(models.TextChoices):
    PRAISE = "praise", "通报表扬"
    REMIND = "remind", "提醒"
    TALK = "talk", "约谈"
    WARN = "warn", "诫勉"
    ADVISE_RESIGN = "advise_resign", "劝辞"


class LadderStep(models.Model):
    """考评结果运用: what follows a grade, or points below a line, for so many years running (domain 6.1)."""

    scheme = models.ForeignKey(ScoreScheme, on_delete=models.CASCADE, related_name="ladder", verbose_name="方案")
    position = models.PositiveSmallIntegerField("顺序")
    grades = models.JSONField("等次", default=list, blank=True)
    below = models.DecimalField("低于（分）", max_digits=6, decimal_places=2, null=True, blank=True)
    years = models.PositiveSmallIntegerField("连续几年", default=1, validators=[MinValueValidator(1)])
    measure = models.CharField("措施", max_length=16, choices=MeasureKind)
    speaker = models.CharField("由谁", max_length=32, blank=True, help_text="如：界别召集人")

    class Meta:
        verbose_name = verbose_name_plural = "结果运用"
        ordering = ["scheme", "position", "pk"]

    def __str__(self):
        return self.get_measure_display()


class OwnOrLookedAfter:
    """One's own rows, and those of the members whose duty one looks after; ranks are for nobody else."""

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        looked_after = Member.objects.looked_after_by(user).values("pk")
        return self.filter(Q(member__user=user) | Q(member__in=looked_after))


class ScoreLineQuerySet(OwnOrLookedAfter, AppendOnlyQuerySet):
    pass


class ScoreTotalQuerySet(OwnOrLookedAfter, models.QuerySet):
    pass


class ScoreLine(models.Model):
    """积分台账: points that one record, cap or start brought a member under a scheme; corrected by further lines only.

    The sum of a member's lines is the score, and equals what a recomputation from the records gives.
    """

    scheme = models.ForeignKey(
        ScoreScheme, on_delete=models.PROTECT, related_name="lines", db_index=False, verbose_name="方案"
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="score_lines", verbose_name="委员")
    group = models.CharField("大项", max_length=32)
    item = models.CharField("细项", max_length=64, blank=True, help_text="空为大项或总分的封顶、保底、起始")
    record = models.ForeignKey(
        DutyRecord, on_delete=models.PROTECT, null=True, related_name="score_lines", verbose_name="履职记录"
    )
    points = models.DecimalField("分值", max_digits=7, decimal_places=2)
    dimension = models.CharField("看什么", max_length=8, choices=Dimension, default=Dimension.COUNT)
    words = models.CharField("说明", max_length=100)
    at = models.DateTimeField("记账时间")

    objects = ScoreLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分台账"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["scheme", "member"], name="score_line_of_member")]

    def __str__(self):
        return f"{self.item or self.group} {self.points}"


class ScoreTotal(models.Model):
    """积分: the sum of a member's lines, kept beside the ledger for lists and ranks; written by the ledger only."""

    scheme = models.ForeignKey(
        ScoreScheme, on_delete=models.CASCADE, related_name="totals", db_index=False, verbose_name="方案"
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="score_totals", verbose_name="委员")
    points = models.DecimalField("得分", max_digits=7, decimal_places=2, default=0)
    counted = models.DecimalField("做了多少", max_digits=7, decimal_places=2, default=0)
    quality = models.DecimalField("做得怎么样", max_digits=7, decimal_places=2, default=0)
    at = models.DateTimeField("计算时间")

    objects = ScoreTotalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "积分"
        ordering = ["-points", "pk"]
        indexes = [models.Index(fields=["scheme", "-points"], name="score_rank")]
        constraints = [models.UniqueConstraint(fields=["scheme", "member"], name="score_total_once")]

    def __str__(self):
        return f"{self.member} {self.points}"
