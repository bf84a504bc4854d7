from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.models import Organisation
from proposals.models.assignments import Assignment
from proposals.states import (
    EXTENSION_MOVES,
    RETURN_MOVES,
    TONES,
    ContactStage,
    ContactWay,
    RequestState,
)


class OfAssignmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(assignment__in=Assignment.objects.visible_to(user).values("pk"))


class OfAssignment(models.Model):
    """What belongs to one assignment and is read by whoever reads that."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name="交办件"
    )

    objects = OfAssignmentQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_absolute_url(self):
        return self.assignment.get_absolute_url()

    @property
    def scope(self):
        return self.assignment.committee_id


class Extension(OfAssignment):
    """延期: a unit asks for more time with a reason; only a granted one moves the due date."""

    TRANSITIONS = EXTENSION_MOVES

    until = models.DateField("申请延至")
    previously = models.DateField("原期限")
    reason = models.CharField("理由", max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    asked_at = models.DateTimeField("申请时间")
    state = models.CharField("状态", max_length=16, choices=RequestState, default=RequestState.ASKED, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="审批人",
    )
    decided_at = models.DateTimeField("审批时间", null=True, editable=False)
    words = models.CharField("审批意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state=RequestState.ASKED), name="extension_one_open"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("previously")), name="extension_is_later"),
            models.CheckConstraint(
                condition=Q(state=RequestState.ASKED, decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state=RequestState.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="extension_decided_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.assignment} 延至 {self.until}"

    @property
    def tone(self):
        return TONES[self.state]


class ReturnRequest(OfAssignment):
    """退回申请: a unit says that a proposal is not its matter, inside the window; the desk decides (domain 1.3)."""

    TRANSITIONS = RETURN_MOVES

    reason = models.CharField("理由", max_length=500)
    suggested = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建议承办单位"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="申请人"
    )
    asked_at = models.DateTimeField("申请时间", editable=False)
    state = models.CharField("状态", max_length=16, choices=RequestState, default=RequestState.ASKED, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="审批人",
    )  # fmt: skip
    decided_at = models.DateTimeField("审批时间", null=True, editable=False)
    words = models.CharField("审批意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "退回申请"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state=RequestState.ASKED), name="return_request_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.ASKED, decided_at__isnull=True)
                | ~Q(state=RequestState.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="return_request_decided_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.assignment} 申请退回"

    @property
    def tone(self):
        return TONES[self.state]


class Pause(OfAssignment):
    """中止: the clock stands still, with the reason; when it goes on the due date moves by as many days."""

    since = models.DateField("自")
    until = models.DateField("至", null=True, editable=False)
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "中止"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment"], condition=Q(until__isnull=True), name="pause_one_open"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="pause_ends_after_beginning"
            ),
        ]

    def __str__(self):
        return f"{self.assignment} 中止"


class Contact(OfAssignment):
    """沟通联系: the unit talked with who put the matter: 办前面商, 办中沟通, 办后评议 (domain 1.5)."""

    stage = models.CharField("阶段", max_length=8, choices=ContactStage)
    way = models.CharField("方式", max_length=8, choices=ContactWay)
    on = models.DateField("日期")
    with_whom = models.CharField("联系对象", max_length=100, help_text="如：王委员、李委员")
    words = models.TextField("沟通情况", max_length=1000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "沟通联系"
        ordering = ["assignment", "on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=ContactStage.values), name="contact_stage_known"),
            models.CheckConstraint(condition=Q(way__in=ContactWay.values), name="contact_way_known"),
        ]

    def __str__(self):
        return f"{self.get_stage_display()} {self.on}"


class Dispute(models.TextChoices):
    """What units or people could not agree on by themselves."""

    RETURN = "return", "由谁承办"
    OPINION = "opinion", "主办会办意见不一"
    RATING = "rating", "再次评价不满意"


class Coordination(OfAssignment):
    """协调会（面商会）: a meeting on an assignment that units or signers do not agree about, with what it decided."""

    about = models.CharField("事由", max_length=8, choices=Dispute)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=64, blank=True)
    chaired_by = models.CharField("主持人", max_length=64)
    attended = models.CharField("参加人员", max_length=200)
    decision = models.CharField("议定结果", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "协调会"
        ordering = ["assignment", "pk"]
        constraints = [models.CheckConstraint(condition=Q(about__in=Dispute.values), name="coordination_about_known")]

    def __str__(self):
        return f"{self.assignment} {self.get_about_display()}"
