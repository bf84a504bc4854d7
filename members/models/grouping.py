from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from members.models.bodies import Body, BodyKind
from members.models.members import Member
from members.models.organisations import Committee
from members.roles import Permission
from members.states import GROUPING_MOVES, TONES, GroupingState


class GroupingKey(models.TextChoices):
    SECTOR = "sector", "按界别整体划入"
    REGION = "region", "按县（市、区）或乡镇整体划入"
    FREE = "free", "逐人均衡"


class GroupingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Drafts say who belongs to which party: for those who manage people only."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(committee__in=user.committees_with(Permission.PEOPLE_MANAGE))


class Grouping(models.Model):
    """全员入委方案: every member into a special committee and one of its groups (rows 17, 41, 50, 51).

    `report` holds sizes, mixes, who is not covered and how long it took; hand changes are the seats with `is_fixed`.
    """

    TRANSITIONS = GROUPING_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="groupings", verbose_name="政协")
    name = models.CharField("名称", max_length=64)
    by_key = models.CharField("划入办法", max_length=8, choices=GroupingKey, default=GroupingKey.SECTOR)
    bodies = models.ManyToManyField(
        Body, related_name="groupings", verbose_name="专委会",
        limit_choices_to={"kind__in": [BodyKind.SPECIAL_COMMITTEE, BodyKind.OFFICE]},
    )  # fmt: skip
    fewest = models.PositiveSmallIntegerField(
        "每个专委会至少几个组", default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    most = models.PositiveSmallIntegerField(
        "至多几个组", default=5, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    mixes_parties = models.BooleanField("党员和党外委员混合编组", default=True)
    spreads_specialties = models.BooleanField("专长分散到各组", default=True)
    keeps_intakes = models.BooleanField(
        "沿用现有归口", default=True, help_text="不沿用时，全部界别重新划分，实施后原归口结束"
    )
    state = models.CharField("状态", max_length=12, choices=GroupingState, default=GroupingState.DRAFT, editable=False)
    report = models.JSONField("结果", default=dict, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="编制人",
    )  # fmt: skip
    at = models.DateTimeField("编制时间", editable=False)

    objects = GroupingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "全员入委方案"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(most__gte=F("fewest")),
                name="grouping_most_not_below_fewest",
                violation_error_message="“至多”不能小于“至少”。",
            ),
            models.CheckConstraint(condition=Q(state__in=GroupingState.values), name="grouping_state_known"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("grouping", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]


class GroupingSeatQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(grouping__in=Grouping.objects.visible_to(user).values("pk"))


class GroupingSeat(models.Model):
    """入委安排: where the plan puts one member, and why; `is_fixed` seats were set by hand and stay."""

    grouping = models.ForeignKey(Grouping, on_delete=models.CASCADE, related_name="seats", verbose_name="方案")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", verbose_name="委员")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", verbose_name="专委会")
    group = models.PositiveSmallIntegerField("第几组")
    is_fixed = models.BooleanField("手工指定", default=False)
    why = models.CharField("理由", max_length=200)

    objects = GroupingSeatQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "入委安排"
        ordering = ["grouping", "body", "group", "pk"]
        indexes = [models.Index(fields=["grouping", "body", "group"], name="grouping_seat_of")]
        constraints = [models.UniqueConstraint(fields=["grouping", "member"], name="grouping_seat_once")]

    def __str__(self):
        return f"{self.member} {self.body} 第{self.group}组"
