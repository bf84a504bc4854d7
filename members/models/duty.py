import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.facts import Fact, Mark, Share
from members.models.members import Member
from members.models.organisations import Committee
from members.roles import Permission
from members.states import CLAIM_MOVES, TONES, ClaimState


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that are written once; the database refuses as well (see the migration that protects the ledger)."""

    def update(self, **kwargs):
        raise TypeError(f"{self.model.__name__} is append-only")

    def delete(self):
        raise TypeError(f"{self.model.__name__} is append-only")


class DutyRecordQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        """One's own, and those of the members whose duty one looks after."""
        if not user.is_authenticated:
            return self.none()
        looked_after = Member.objects.looked_after_by(user).values("pk")
        return self.filter(Q(member__user=user) | Q(member__in=looked_after))

    def standing(self):
        """What counts: neither counter-entries nor what one of them took back."""
        return self.filter(reverses__isnull=True, reversed_by__isnull=True)

    def of_year(self, committee, year):
        return self.filter(committee=committee, year=year)


class DutyRecord(models.Model):
    """履职记录: one fact about a member, written once by the app that saw it; taken back by a counter-entry only.

    `key` names the deed (“activity:12”), so that the same deed told twice is one record. `quantity` counts half-days
    or pieces; `sharers` the other signers of a joint work. `url` leads to the source for those who may see it.
    """

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="政协"
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="duty_records", db_index=False, verbose_name="委员"
    )
    year = models.PositiveSmallIntegerField("年度")
    on = models.DateField("日期")
    fact = models.CharField("事项", max_length=24, choices=Fact)
    detail = models.CharField("类别", max_length=32, blank=True)
    mark = models.CharField("考勤", max_length=8, choices=Mark, blank=True)
    share = models.CharField("份额", max_length=12, choices=Share, default=Share.SOLE)
    sharers = models.PositiveSmallIntegerField("其余署名人数", default=0)
    quantity = models.DecimalField("数量", max_digits=6, decimal_places=1, default=1, validators=[MinValueValidator(0)])
    title = models.CharField("内容", max_length=120)
    url = models.CharField("来源", max_length=200, blank=True)
    key = models.CharField("出处", max_length=80, editable=False)
    version = models.PositiveSmallIntegerField("第几次登记", default=1, editable=False)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="冲销哪一条"
    )
    reason = models.CharField("冲销原因", max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间")

    objects = DutyRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "履职记录"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["member", "year", "fact"], name="duty_of_member"),
            models.Index(fields=["committee", "year", "fact"], name="duty_of_year"),
            models.Index(fields=["key"], name="duty_key"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "fact", "key", "version"], condition=Q(reverses__isnull=True), name="duty_told_once"
            ),
            models.CheckConstraint(condition=Q(fact__in=Fact.values), name="duty_fact_known"),
            models.CheckConstraint(condition=Q(mark="") | Q(mark__in=Mark.values), name="duty_mark_known"),
            models.CheckConstraint(condition=Q(reverses__isnull=True) | ~Q(reason=""), name="duty_reversal_says_why"),
        ]

    def __str__(self):
        return f"{self.get_fact_display()}：{self.title}"

    @property
    def is_standing(self) -> bool:
        return self.reverses_id is None and not hasattr(self, "reversed_by")


class DutyClaimQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, those of the members whose duty one looks after, and of the committees where one confirms."""
        if not user.is_authenticated:
            return self.none()
        read = user.committees_with(Permission.DUTY_CONFIRM) | user.committees_with(Permission.DUTY_MANAGE)
        looked_after = Member.objects.looked_after_by(user).values("pk")
        return self.filter(Q(member__user=user) | Q(by=user) | Q(committee__in=read) | Q(member__in=looked_after))

    def files_visible_to(self, user):
        """The evidence of a batch names others too: not for a member who did not hand it in."""
        read = user.committees_with(Permission.DUTY_CONFIRM) | user.committees_with(Permission.DUTY_MANAGE)
        return self.visible_to(user).filter(Q(others__isnull=True) | Q(by=user) | Q(committee__in=read)).distinct()

    def waiting(self):
        return self.filter(state=ClaimState.CLAIMED)


class DutyClaim(models.Model):
    """履职申报: what no app saw, told with evidence and confirmed by a second person before it is a fact (domain 6.3).

    The evidence are its attachments, or those of the first one of its `batch`; the record that follows has the key
    “claim:<pk>”.
    """

    TRANSITIONS = CLAIM_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="others",
        verbose_name="同批的第一件",
    )  # fmt: skip
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="政协")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="duty_claims", verbose_name="委员")
    on = models.DateField("日期")
    fact = models.CharField("事项", max_length=24, choices=Fact)
    detail = models.CharField("级别或类别", max_length=32, blank=True)
    mark = models.CharField("考勤", max_length=8, choices=Mark, blank=True)
    share = models.CharField("份额", max_length=12, choices=Share, default=Share.SOLE)
    sharers = models.PositiveSmallIntegerField("其余署名人数", default=0)
    quantity = models.DecimalField("数量", max_digits=6, decimal_places=1, default=1, validators=[MinValueValidator(0)])
    title = models.CharField("内容", max_length=120)
    words = models.TextField("说明", blank=True, validators=[MaxLengthValidator(1000)])
    state = models.CharField("状态", max_length=12, choices=ClaimState, default=ClaimState.CLAIMED, editable=False)
    answer = models.CharField("复核意见", max_length=200, blank=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申报人")
    at = models.DateTimeField("申报时间")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="复核人",
    )  # fmt: skip
    settled_at = models.DateTimeField("复核时间", null=True, editable=False)

    objects = DutyClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "履职申报"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["committee", "state", "-id"], name="duty_claim_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="duty_claim_state_known"),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=models.F("by")),
                name="duty_claim_second_pair_of_eyes",
            ),
        ]

    def __str__(self):
        return f"{self.get_fact_display()}：{self.title}"

    def get_absolute_url(self):
        return reverse("duty-claim", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]
