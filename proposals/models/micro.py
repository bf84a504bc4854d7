import uuid

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.models import Committee, Member, Membership, Organisation, Region
from members.roles import Permission
from proposals.models.categories import Category
from proposals.states import MICRO_MOVES, TONES, MicroKind, MicroState, PublicationLevel, Verdict

S = MicroState


class MicroProposalQuerySet(SearchQuerySet):
    def public(self):
        """What everybody may read: closed, and published by the unit's reply or by whoever led it."""
        return self.filter(state=S.CLOSED, publication__in=[PublicationLevel.FULL, PublicationLevel.SUMMARY])

    def visible_to(self, user):
        """Those that one follows, and the public ones."""
        if not user.is_authenticated:
            return self.public()
        followed = self.model.objects.followed_by(user).values("pk")
        return self.filter(Q(pk__in=followed) | Q(pk__in=self.model.objects.public().values("pk")))

    def followed_by(self, user):
        """Those whose whole story one may read: one's own; submitted, as offices, staff, the unit or whoever leads."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.exclude(state=S.DRAFT) | self.filter(author__user=user)
        units = user.organisations_with(Permission.MATTER_HANDLE)
        seen = Q(author__in=user.member_ids.values())
        reviewed = user.committees_reached_with(Permission.MICRO_REVIEW)
        if committees := user.committees_with(Permission.MICRO_VIEW) | reviewed:
            seen |= Q(committee__in=committees) & ~Q(state=S.DRAFT)
        if units:
            seen |= Q(pk__in=self.model.objects.filter(assignments__unit__in=units).values("pk"))
        if mine := user.member_ids.values():
            seats = Membership.objects.in_force().filter(member__in=mine).values("body")
            led = Q(leads__ended_at__isnull=True) & (Q(leads__member__in=mine) | Q(leads__body__in=seats))
            seen |= Q(pk__in=self.model.objects.filter(led).values("pk"))
        return self.filter(seen)

    def files_visible_to(self, user):
        """Where only a summary is published the photos stay with those who follow it."""
        published = self.public().filter(publication=PublicationLevel.FULL)
        return self.filter(Q(pk__in=self.followed_by(user).values("pk")) | Q(pk__in=published.values("pk")))

    def by(self, user):
        return self.filter(author__user=user)


class MicroProposal(Searchable):
    """微建议: one member's short, concrete suggestion; reviewed by the three offices, handed to one unit (rows 4–6)."""

    TRANSITIONS = MICRO_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="micros", verbose_name="政协")
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="micros", verbose_name="提交人")
    number = models.PositiveIntegerField("编号", null=True, editable=False)
    year = models.PositiveSmallIntegerField("年度", null=True, editable=False)
    kind = models.CharField("希望怎样办", max_length=12, choices=MicroKind, default=MicroKind.SUGGESTION)
    title = models.CharField("标题", max_length=50)
    body = models.TextField("内容", validators=[MaxLengthValidator(3000)])
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, verbose_name="类别")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="地点")
    activity = models.ForeignKey(
        "workstations.Activity", on_delete=models.PROTECT, null=True, blank=True, related_name="micros",
        verbose_name="来自活动",
    )  # fmt: skip
    word = models.ForeignKey(
        "workstations.Word", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="micros",
        verbose_name="来自群众反映",
    )  # fmt: skip
    state = models.CharField("状态", max_length=16, choices=S, default=S.DRAFT, editable=False)
    publication = models.CharField(
        "公开方式", max_length=8, choices=PublicationLevel, default=PublicationLevel.NONE, editable=False
    )
    created_at = models.DateTimeField("起草时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True, db_index=True)
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    closed_at = models.DateTimeField("办结时间", null=True, editable=False)

    objects = MicroProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "微建议"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="micro_state"),
            models.Index(fields=["committee", "category", "-id"], name="micro_category"),
            models.Index(fields=["committee", "-id"], name="micro_committee"),
            models.Index(fields=["author", "-id"], name="micro_author"),
            models.Index(
                fields=["committee", "-id"],
                name="micro_public",
                condition=Q(state=S.CLOSED, publication__in=[PublicationLevel.FULL, PublicationLevel.SUMMARY]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["committee", "year", "number"], name="micro_number_once"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="micro_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=[S.DRAFT, S.WITHDRAWN])
                | Q(submitted_at__isnull=False, number__isnull=False, category__isnull=False, region__isnull=False),
                name="micro_submitted_is_complete",
            ),
            models.CheckConstraint(condition=Q(kind__in=MicroKind.values), name="micro_kind_known"),
            models.CheckConstraint(
                condition=~Q(state=S.CLOSED) | Q(closed_at__isnull=False), name="micro_closed_has_time"
            ),
        ]

    def __str__(self):
        return self.title or "(未命名)"

    def get_absolute_url(self):
        return reverse("micro-detail", args=[self.key])

    def search_document(self):
        return f"{self.title} {self.body}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def serial(self) -> str:
        return f"微建议〔{self.year}〕{self.number}号" if self.number else ""


class JointReview(models.Model):
    """三办联审: one round in which the three offices look at one micro-proposal; the rule is a parameter (row 4)."""

    micro = models.ForeignKey(MicroProposal, on_delete=models.PROTECT, related_name="reviews", verbose_name="微建议")
    round = models.PositiveSmallIntegerField("轮次")
    opened_at = models.DateTimeField("开始时间")
    due_on = models.DateField("期限")
    due_why = models.JSONField("期限说明", default=dict)
    verdicts_given = models.PositiveSmallIntegerField("已出具", default=0, editable=False)
    result = models.CharField("联审结果", max_length=16, choices=Verdict, blank=True, editable=False)
    settled_at = models.DateTimeField("完成时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "三办联审"
        ordering = ["micro", "round"]
        constraints = [
            models.UniqueConstraint(fields=["micro", "round"], name="review_round_once"),
            models.UniqueConstraint(fields=["micro"], condition=Q(result=""), name="review_one_open"),
            models.CheckConstraint(
                condition=Q(result="", settled_at__isnull=True) | ~Q(result="") & Q(settled_at__isnull=False),
                name="review_settled_has_time",
            ),
        ]

    def __str__(self):
        return f"{self.micro} 第{self.round}轮联审"

    def get_absolute_url(self):
        return self.micro.get_absolute_url()


class OfficeVerdict(models.Model):
    """联审意见: what one of the three offices says in one round, once."""

    review = models.ForeignKey(JointReview, on_delete=models.PROTECT, related_name="verdicts", verbose_name="联审")
    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="办公室")
    verdict = models.CharField("意见", max_length=16, choices=Verdict)
    words = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", verbose_name="出具人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "联审意见"
        ordering = ["review", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "office"], name="verdict_once")]

    def __str__(self):
        return f"{self.office}:{self.get_verdict_display()}"
