import uuid

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from consultation.states import (
    PUBLIC_PLANS,
    TONES,
    TOPIC_MOVES,
    ContentKind,
    TopicSize,
    TopicSource,
    TopicState,
    TopicUrgency,
)
from members.models import Committee, Member
from members.roles import Permission

S = TopicState


class TopicQuerySet(SearchQuerySet):
    def public(self):
        """Topics of a plan that was issued."""
        return self.filter(pk__in=self._issued())

    def at_office(self, user):
        """What the committee's own people work with."""
        return self.filter(committee__in=user.committees_with(Permission.OFFICE_WORK))

    def visible_to(self, user):
        """The public ones; a committee's staff all of theirs, a member also the own suggestions."""
        if not user.is_authenticated:
            return self.public()
        return self.filter(
            Q(committee__in=user.committees_with(Permission.OFFICE_WORK))
            | Q(suggested_by__in=user.member_ids.values())
            | Q(pk__in=self._issued())
        )

    def _issued(self):
        from consultation.models.plans import PlanItem  # the plan knows its topics, not the other way round

        return PlanItem.objects.standing().filter(plan__state__in=PUBLIC_PLANS, topic__isnull=False).values("topic")


class Topic(Searchable):
    """议题: something worth consulting about, from any of the five sources, chosen for a plan or not (rows 28, 70)."""

    TRANSITIONS = TOPIC_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="topics", verbose_name="政协")
    title = models.CharField("议题", max_length=100)
    reason = models.TextField("缘由", validators=[MaxLengthValidator(2000)])
    source = models.CharField("来源", max_length=24, choices=TopicSource)
    content_kind = models.CharField("内容类别", max_length=24, choices=ContentKind)
    size = models.CharField("大小", max_length=8, choices=TopicSize, blank=True, help_text="大事大议、小事小议")
    urgency = models.CharField("缓急", max_length=8, choices=TopicUrgency, blank=True, help_text="急事快议、难事广议")
    suggested_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="topics", verbose_name="荐题委员"
    )
    suggested_by_name = models.CharField("提出人", max_length=64, blank=True)
    word = models.ForeignKey(
        "workstations.Word", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="topics",
        verbose_name="来自群众反映",
    )  # fmt: skip
    state = models.CharField("状态", max_length=16, choices=S, default=S.COLLECTED, editable=False)
    words = models.CharField("遴选意见", max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField("提出时间", editable=False)
    created_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    updated_at = models.DateTimeField("更新时间", editable=False, db_index=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "议题"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="topic_state"),
            models.Index(fields=["committee", "source", "-id"], name="topic_source"),
            models.Index(fields=["committee", "-id"], name="topic_committee"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="topic_state_known"),
            models.CheckConstraint(condition=Q(source__in=TopicSource.values), name="topic_source_known"),
            models.CheckConstraint(condition=Q(content_kind__in=ContentKind.values), name="topic_content_known"),
            models.CheckConstraint(condition=Q(size="") | Q(size__in=TopicSize.values), name="topic_size_known"),
            models.CheckConstraint(
                condition=Q(urgency="") | Q(urgency__in=TopicUrgency.values), name="topic_urgency_known"
            ),
            models.CheckConstraint(condition=~Q(state=S.DECLINED) | ~Q(words=""), name="topic_declined_says_why"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("topic-detail", args=[self.pk])

    def search_document(self):
        return f"{self.title} {self.reason}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def weights(self) -> list[str]:
        """What is said of its size and urgency, as values."""
        return [value for value in (self.size, self.urgency) if value]

    @property
    def suggester(self) -> str:
        return str(self.suggested_by) if self.suggested_by_id else self.suggested_by_name
