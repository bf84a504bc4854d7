from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Committee
from members.roles import Permission
from proposals.models.assignments import Assignment, Round
from proposals.models.handling import OfAssignment
from proposals.models.plenaries import Plenary
from proposals.states import (
    LOOK_BACK_ITEM_MOVES,
    LOOK_BACK_MOVES,
    SUPERVISION_MOVES,
    TONES,
    AssignmentState,
    LookBackItemState,
    LookBackState,
    SupervisionKind,
    SupervisionState,
)


class Supervision(OfAssignment):
    """督办: one action of the supervisors on a matter, and the unit's answer: 交、督、复 (row 149).

    A dunning letter (催办函) is numbered by committee and year; a democratic appraisal counts its ballots.
    """

    TRANSITIONS = SUPERVISION_MOVES

    kind = models.CharField("督办方式", max_length=12, choices=SupervisionKind)
    year = models.PositiveSmallIntegerField("年度", null=True, editable=False)
    number = models.PositiveIntegerField("编号", null=True, editable=False)
    on = models.DateField("日期")
    led_by = models.CharField("牵头人", max_length=64, blank=True, help_text="如：县政协副主席李某")
    participants = models.CharField("参加人员", max_length=200, blank=True)
    words = models.TextField("督办要求", max_length=1000)
    answer_due_on = models.DateField("反馈期限", null=True, blank=True)
    satisfied = models.PositiveSmallIntegerField("满意票", null=True, blank=True)
    basic = models.PositiveSmallIntegerField("基本满意票", null=True, blank=True)
    unsatisfied = models.PositiveSmallIntegerField("不满意票", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=SupervisionState, default=SupervisionState.OPEN, editable=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", editable=False)
    answer = models.TextField("办理反馈", max_length=1000, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="反馈人",
    )  # fmt: skip
    answered_at = models.DateTimeField("反馈时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "督办"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["assignment", "state"], name="supervision_state")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SupervisionKind.values), name="supervision_kind_known"),
            models.CheckConstraint(
                condition=Q(state=SupervisionState.OPEN) | ~Q(answer=""), name="supervision_answered_has_answer"
            ),
            models.CheckConstraint(
                condition=~Q(kind=SupervisionKind.DUNNING) | Q(number__isnull=False), name="supervision_letter_numbered"
            ),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(kind=SupervisionKind.DUNNING, state=SupervisionState.OPEN),
                name="supervision_one_open_letter",
            ),
            models.UniqueConstraint(
                fields=["assignment", "kind", "on"],
                condition=Q(state=SupervisionState.OPEN),
                name="supervision_once_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.assignment}"

    def get_absolute_url(self):
        return reverse("supervision", args=[self.pk])

    @property
    def ballots(self) -> int:
        return (self.satisfied or 0) + (self.basic or 0) + (self.unsatisfied or 0)

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def waits(self) -> bool:
        """Whether the unit still owes an answer; it does not where it gave the matter back."""
        return self.state == SupervisionState.OPEN and self.assignment.state != AssignmentState.RETURNED

    @property
    def serial(self) -> str:
        return f"催办〔{self.year}〕{self.number}号" if self.number else ""


class LookBackQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = Q(committee__in=user.committees_with(Permission.MATTER_VIEW))
        if units := user.organisations_with(Permission.MATTER_HANDLE):
            seen |= Q(pk__in=LookBackItem.objects.filter(assignment__unit__in=units).values("campaign"))
        return self.filter(seen)


class LookBack(models.Model):
    """回头看: a campaign over all B replies of a scope, until each is verified, explained or handled again (row 90)."""

    TRANSITIONS = LOOK_BACK_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="look_backs", verbose_name="政协")
    name = models.CharField("名称", max_length=64)
    plenary = models.ForeignKey(
        Plenary, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="届次",
        help_text="不选就是本会全部没有办结的 B 类",
    )  # fmt: skip
    check_due_on = models.DateField("单位自查期限")
    state = models.CharField("状态", max_length=8, choices=LookBackState, default=LookBackState.OPEN, editable=False)
    opened_at = models.DateTimeField("启动时间", editable=False)
    closed_at = models.DateTimeField("结束时间", null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="启动人"
    )

    objects = LookBackQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提案回头看"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="look_back_once"),
            models.UniqueConstraint(
                fields=["committee"], condition=Q(state=LookBackState.OPEN), name="look_back_one_open"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("look-back", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return "info" if self.state == LookBackState.OPEN else "closed"


class SelfCheck(models.TextChoices):
    KEPT = "kept", "已兑现"
    UNDER_WAY = "under_way", "正在推进"
    STUCK = "stuck", "未能推进"


class Cause(models.TextChoices):
    """Why it was B, and stayed so (查原因)."""

    MONEY = "money", "资金不到位"
    POLICY = "policy", "政策条件限制"
    PLAN = "plan", "列入计划待实施"
    COORDINATION = "coordination", "部门协调不够"
    ATTENTION = "attention", "重视不够"
    OTHER = "other", "其他"


class LookBackItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """With its campaign: the committee's all, a unit its own."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(assignment__unit__in=user.organisations_with(Permission.MATTER_HANDLE))
        return self.filter(mine | Q(campaign__committee__in=user.committees_with(Permission.MATTER_VIEW)))


class LookBackItem(models.Model):
    """回头看事项: one B reply: the unit's self-check, the spot check (领导分管、专人、有序), the cause, the end.

    Result then is the reply of `round`, result now what the self-check found, or the reply of `again`.
    """

    TRANSITIONS = LOOK_BACK_ITEM_MOVES

    campaign = models.ForeignKey(LookBack, on_delete=models.PROTECT, related_name="items", verbose_name="回头看")
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="look_backs", verbose_name="交办件"
    )
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+", verbose_name="当时的答复")
    state = models.CharField(
        "状态", max_length=12, choices=LookBackItemState, default=LookBackItemState.WAITING, editable=False
    )
    found = models.CharField("自查结果", max_length=12, choices=SelfCheck, blank=True)
    check_words = models.CharField("自查情况", max_length=500, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="自查人",
    )  # fmt: skip
    checked_at = models.DateTimeField("自查时间", null=True, editable=False)
    has_leader = models.BooleanField("有领导分管", null=True)
    has_person = models.BooleanField("有专人负责", null=True)
    in_order = models.BooleanField("有序推进", null=True)
    spot_words = models.CharField("抽查情况", max_length=500, blank=True)
    spotted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="抽查人",
    )  # fmt: skip
    spotted_at = models.DateTimeField("抽查时间", null=True, editable=False)
    cause = models.CharField("B 类原因", max_length=16, choices=Cause, blank=True)
    words = models.CharField("结论", max_length=500, blank=True)
    promised_on = models.DateField("新的承诺日期", null=True, blank=True, help_text="作说明的，何时能够兑现")
    settled_at = models.DateTimeField("结论时间", null=True, editable=False)
    again = models.ForeignKey(
        Round, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="二次办理"
    )

    objects = LookBackItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "回头看事项"
        ordering = ["campaign", "pk"]
        indexes = [models.Index(fields=["campaign", "state"], name="look_back_item_state")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "assignment"], name="look_back_item_once"),
            models.CheckConstraint(condition=Q(state__in=LookBackItemState.values), name="look_back_item_state_known"),
            models.CheckConstraint(
                condition=~Q(state=LookBackItemState.EXPLAINED) | ~Q(words=""), name="look_back_item_explained_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state=LookBackItemState.REWORKED) | Q(again__isnull=False),
                name="look_back_item_reworked_has_round",
            ),
        ]

    def __str__(self):
        return f"{self.campaign} {self.assignment}"

    def get_absolute_url(self):
        return reverse("look-back-item", args=[self.pk])

    @property
    def scope(self):
        return self.campaign.committee_id

    @property
    def tone(self):
        return TONES[self.state]
