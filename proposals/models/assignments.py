from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.models import Committee, Organisation
from members.roles import Permission
from proposals.models.micro import MicroProposal
from proposals.models.proposals import Proposal
from proposals.states import ASSIGNMENT_MOVES, OPEN, TONES, AssignmentRole, AssignmentState

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
            | Q(pk__in=self.model.objects.rated_by(user).values("pk"))
            | Q(committee__in=user.committees_reached_with(Permission.MICRO_REVIEW), micro__isnull=False)
        )

    def open(self):
        """A unit still owes a reply."""
        return self.filter(state__in=OPEN)

    def overdue(self, on):
        """Computed when read: open, neither paused nor waived, and due before `on` (a date)."""
        return self.open().filter(due_on__lt=on, paused_on__isnull=True, waived_at__isnull=True)

    def rated_by(self, user):
        """Those whose replies `user` rates, alone or with others."""
        shared = self.model.co_raters.through.objects.filter(user=user).values("assignment")
        return self.filter(Q(rater=user) | Q(pk__in=shared))


class Assignment(Searchable):
    """交办件(五定三包): one unit's duty to handle one matter; five fixings, three guarantees (rows 10, 149).

    Of several units under one proposal the lead (主办) gives the one reply, each co-unit (会办) an opinion to the lead
    before its own date, and separate ones (分办) reply each. `lead` is the case that this one belongs to: of a co-unit
    the lead unit's, of a merged proposal the same unit's assignment of the lead case.
    """

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
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="提案"
    )
    role = models.CharField("分工", max_length=8, choices=AssignmentRole, default=AssignmentRole.LEAD)
    lead = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="joined",
        verbose_name="主办件",
    )  # fmt: skip
    title = models.CharField("事项", max_length=100)
    text = models.TextField("内容")
    unit = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="assignments", verbose_name="承办单位"
    )
    # 五定
    leader_name = models.CharField("定领导", max_length=32)
    leader_post = models.CharField("领导职务", max_length=32)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="定人员"
    )
    due_on = models.DateField("定时间")
    due_why = models.JSONField("期限说明", default=dict, blank=True)
    duty = models.TextField("定责任", max_length=500)
    quality = models.TextField("定质量", max_length=500)
    # 三包
    replied_at = models.DateTimeField("包回复", null=True, editable=False)
    satisfied_at = models.DateTimeField("包满意", null=True, editable=False)
    implemented_at = models.DateTimeField("包落实", null=True, editable=False)

    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="评价人"
    )
    co_raters = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name="其他评价人", help_text="联名提案人"
    )
    contact_due_on = models.DateField("首次联系期限", null=True, editable=False)
    contacted_at = models.DateTimeField("首次联系", null=True, editable=False)
    waived_at = models.DateTimeField("免报会办意见", null=True, editable=False)
    waive_reason = models.CharField("免报理由", max_length=200, blank=True, editable=False)
    paused_on = models.DateField("中止之日", null=True, editable=False)
    settlement = models.CharField("面商结果", max_length=500, blank=True, editable=False)
    state = models.CharField("状态", max_length=16, choices=A, default=A.PENDING, editable=False)
    round = models.PositiveSmallIntegerField("轮次", default=1, editable=False)
    clock = models.PositiveSmallIntegerField("计时版本", default=1, editable=False)
    assigned_at = models.DateTimeField("交办时间", editable=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="交办人",
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
            models.Index(fields=["proposal"], name="assignment_proposal"),
            models.Index(fields=["lead"], name="assignment_joined"),
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
            models.UniqueConstraint(
                fields=["proposal"],
                condition=~Q(state=A.RETURNED) & Q(role=AssignmentRole.LEAD),
                name="assignment_one_lead_for_a_proposal",
            ),
            models.UniqueConstraint(
                fields=["proposal", "unit"], condition=~Q(state=A.RETURNED), name="assignment_unit_once_for_a_proposal"
            ),
            models.CheckConstraint(
                condition=~Q(state=A.CLOSED)
                | Q(replied_at__isnull=False, satisfied_at__isnull=False, implemented_at__isnull=False)
                | Q(role=AssignmentRole.CO)
                | ~Q(settlement=""),
                name="assignment_closed_by_three_guarantees",
            ),
            models.CheckConstraint(
                condition=~Q(role=AssignmentRole.CO) | Q(lead__isnull=False), name="assignment_co_has_lead"
            ),
            models.CheckConstraint(
                condition=Q(micro__isnull=True) | Q(proposal__isnull=True), name="assignment_of_one_matter"
            ),
            models.CheckConstraint(
                condition=Q(waived_at__isnull=True) | ~Q(waive_reason=""), name="assignment_waived_with_reason"
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

    @property
    def is_co(self) -> bool:
        return self.role == AssignmentRole.CO

    @property
    def is_joined(self) -> bool:
        """Of a merged proposal: handled with the case it goes with."""
        return self.lead_id is not None and not self.is_co

    @property
    def matter(self):
        """What was handed over: a micro-proposal, a proposal, or nothing but the assignment's own text."""
        return self.micro or self.proposal


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
