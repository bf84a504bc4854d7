from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.models import Committee, Organisation
from members.roles import Permission
from proposals.models.micro import MicroProposal
from proposals.states import (
    ASSIGNMENT_MOVES,
    EXTENSION_MOVES,
    OPEN,
    REPLY_MOVES,
    TONES,
    AssignmentState,
    ExtensionState,
    PublicationLevel,
    ReplyGrade,
    ReplyState,
    Satisfaction,
)

A = AssignmentState


class AssignmentQuerySet(SearchQuerySet):
    def visible_to(self, user):
        """The unit it was handed to, the committee's staff, who rates it, and the offices that reviewed it."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        units = user.organisations_with(Permission.MATTER_HANDLE)
        return self.filter(
            Q(unit__in=units)
            | Q(committee__in=user.committees_with(Permission.MATTER_VIEW))
            | Q(rater=user)
            | Q(committee__in=user.committees_reached_with(Permission.MICRO_REVIEW), micro__isnull=False)
        )

    def open(self):
        """A unit still owes a reply."""
        return self.filter(state__in=OPEN)

    def overdue(self, on):
        """Computed when read: open, and due before `on` (a date)."""
        return self.open().filter(due_on__lt=on)


class Assignment(Searchable):
    """交办件(五定三包): one unit's duty to handle one matter; five fixings, three guarantees (rows 10, 149)."""

    TRANSITIONS = ASSIGNMENT_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="assignments", verbose_name="政协")
    micro = models.ForeignKey(
        MicroProposal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name="微建议",
    )
    title = models.CharField("事项", max_length=100)
    text = models.TextField("内容")
    unit = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="assignments", verbose_name="承办单位"
    )
    # 五定
    leader_name = models.CharField("定领导", max_length=32)
    leader_post = models.CharField("领导职务", max_length=32)
    handler = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", verbose_name="定人员")
    due_on = models.DateField("定时间")
    due_why = models.JSONField("期限说明", default=dict, blank=True)
    duty = models.TextField("定责任", max_length=500)
    quality = models.TextField("定质量", max_length=500)
    # 三包
    replied_at = models.DateTimeField("包回复", null=True, editable=False)
    satisfied_at = models.DateTimeField("包满意", null=True, editable=False)
    implemented_at = models.DateTimeField("包落实", null=True, editable=False)

    rater = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", verbose_name="评价人")
    state = models.CharField("状态", max_length=16, choices=A, default=A.PENDING, editable=False)
    round = models.PositiveSmallIntegerField("轮次", default=1, editable=False)
    clock = models.PositiveSmallIntegerField("计时版本", default=1, editable=False)
    assigned_at = models.DateTimeField("交办时间", editable=False)
    assigned_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="交办人"
    )
    accepted_at = models.DateTimeField("签收时间", null=True, editable=False)
    returned_at = models.DateTimeField("退回时间", null=True, editable=False)
    return_reason = models.CharField("退回理由", max_length=500, blank=True, editable=False)
    closed_at = models.DateTimeField("办结时间", null=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True, db_index=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "交办件"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="assignment_state"),
            models.Index(fields=["unit", "state", "due_on"], name="assignment_unit"),
            models.Index(fields=["committee", "due_on"], name="assignment_due", condition=Q(state__in=list(OPEN))),
            models.Index(fields=["rater", "state"], name="assignment_rater"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=A.values), name="assignment_state_known"),
            models.CheckConstraint(
                condition=~(Q(leader_name="") | Q(leader_post="") | Q(duty="") | Q(quality="")),
                name="assignment_five_fixings",
            ),
            models.UniqueConstraint(
                fields=["micro"], condition=~Q(state=A.RETURNED), name="assignment_one_lead_for_a_micro"
            ),
            models.CheckConstraint(
                condition=~Q(state=A.CLOSED)
                | Q(replied_at__isnull=False, satisfied_at__isnull=False, implemented_at__isnull=False),
                name="assignment_closed_by_three_guarantees",
            ),
            models.CheckConstraint(
                condition=~Q(state=A.RETURNED) | ~Q(return_reason="") & Q(returned_at__isnull=False),
                name="assignment_returned_with_reason",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("assignment-detail", args=[self.pk])

    def search_document(self):
        return f"{self.title} {self.text}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES.get(self.state, "closed")

    @property
    def guarantees(self) -> list[dict]:
        """三包, each with whether and when it was kept."""
        kept = [("包回复", self.replied_at), ("包满意", self.satisfied_at), ("包落实", self.implemented_at)]
        return [{"name": name, "state": "closed" if at else "open", "at": at} for name, at in kept]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Round(models.Model):
    """办理轮次: the first handling, and each handling again; every one has its own due date and keeps its reply."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="rounds", verbose_name="交办件")
    number = models.PositiveSmallIntegerField("轮次")
    due_on = models.DateField("期限")
    opened_at = models.DateTimeField("开始时间")
    reason = models.CharField("缘由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理轮次"
        ordering = ["assignment", "number"]
        constraints = [models.UniqueConstraint(fields=["assignment", "number"], name="round_once")]

    def __str__(self):
        return f"{self.assignment} 第{self.number}轮"


class ReplyQuerySet(models.QuerySet):
    def sent(self):
        return self.filter(state=ReplyState.SENT)


class Reply(models.Model):
    """答复: what the unit answers in one round; a draft is not a published reply."""

    TRANSITIONS = REPLY_MOVES

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="reply", verbose_name="轮次")
    text = models.TextField("答复内容", max_length=5000)
    grade = models.CharField("办理结果", max_length=1, choices=ReplyGrade)
    grade_wording = models.CharField("结果释义", max_length=64, editable=False)
    reason = models.CharField("不能解决的原因", max_length=500, blank=True, help_text="C 类必填")
    promise = models.CharField("承诺事项", max_length=500, blank=True, help_text="B 类必填：将做成什么")
    promised_on = models.DateField("承诺日期", null=True, blank=True, help_text="B 类必填：何时做成")
    publication = models.CharField("公开方式", max_length=8, choices=PublicationLevel, default=PublicationLevel.FULL)
    private_reason = models.CharField("不公开的理由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=16, choices=ReplyState, default=ReplyState.DRAFT, editable=False)
    drafted_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="起草人"
    )
    signed_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="签发人"
    )
    sent_at = models.DateTimeField("送达时间", null=True, editable=False)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "答复"
        constraints = [
            models.CheckConstraint(condition=Q(grade__in=ReplyGrade.values), name="reply_grade_known"),
            models.CheckConstraint(
                condition=Q(state=ReplyState.DRAFT) | ~Q(grade="B") | (~Q(promise="") & Q(promised_on__isnull=False)),
                name="reply_b_promises",
            ),
            models.CheckConstraint(
                condition=Q(state=ReplyState.DRAFT) | ~Q(grade="C") | ~Q(reason=""), name="reply_c_explains"
            ),
            models.CheckConstraint(
                condition=Q(state=ReplyState.SENT, signed_by__isnull=False, sent_at__isnull=False)
                | ~Q(state=ReplyState.SENT) & Q(signed_by__isnull=True, sent_at__isnull=True),
                name="reply_sent_is_signed",
            ),
        ]

    def __str__(self):
        return f"{self.round.assignment}的答复"

    @property
    def scope(self):
        return self.round.assignment.committee_id

    @property
    def tone(self):
        return TONES.get(self.state, "closed")


class Rating(models.Model):
    """评价: what the author says of one reply, once; silence is never 满意."""

    reply = models.OneToOneField(Reply, on_delete=models.PROTECT, related_name="rating", verbose_name="答复")
    satisfaction = models.CharField("满意程度", max_length=16, choices=Satisfaction)
    words = models.CharField("评价意见", max_length=500, blank=True)
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", verbose_name="评价人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "评价"
        constraints = [
            models.CheckConstraint(
                condition=~Q(satisfaction=Satisfaction.UNSATISFIED) | ~Q(words=""), name="rating_unsatisfied_says_why"
            ),
        ]

    def __str__(self):
        return self.get_satisfaction_display()


class Extension(models.Model):
    """延期: a unit asks for more time with a reason; only a granted one moves the due date."""

    TRANSITIONS = EXTENSION_MOVES

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="extensions", verbose_name="交办件"
    )
    until = models.DateField("申请延至")
    previously = models.DateField("原期限")
    reason = models.CharField("理由", max_length=500)
    asked_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    state = models.CharField(
        "状态", max_length=16, choices=ExtensionState, default=ExtensionState.ASKED, editable=False
    )
    decided_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, editable=False)
    words = models.CharField("审批意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state=ExtensionState.ASKED), name="extension_one_open"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("previously")), name="extension_is_later"),
            models.CheckConstraint(
                condition=Q(state=ExtensionState.ASKED, decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state=ExtensionState.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="extension_decided_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.assignment} 延至 {self.until}"

    @property
    def scope(self):
        return self.assignment.committee_id

    @property
    def tone(self):
        return TONES[self.state]
