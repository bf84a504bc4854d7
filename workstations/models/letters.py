from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.models import Committee, Organisation
from members.roles import Permission
from workstations.states import LETTER_MOVES, LETTER_TONES, LetterState


class LetterKind(models.TextChoices):
    NOTICE = "notice", "情况通报"
    CONSULT = "consult", "征求意见"
    REPORT = "report", "反映情况"
    REQUEST = "request", "请求协助"


class LetterQuerySet(SearchQuerySet):
    def visible_to(self, user):
        """The committee's office, and the people of the organisation it is to or from."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(committee__in=user.committees_with(Permission.STATION_MANAGE))
            | Q(organisation__in=user.organisations_with(Permission.MATTER_HANDLE))
        )

    def files_visible_to(self, user):
        """The files of letters sent together are kept once, with the first of them."""
        seen = self.model.objects.visible_to(user)
        return self.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=seen.values("first")))

    def received_by(self, user):
        """Those that came to a side that this person is on."""
        if not user.is_authenticated:
            return self.none()
        office = Q(outgoing=False, committee__in=user.committees_with(Permission.STATION_MANAGE))
        return self.filter(
            office | Q(outgoing=True, organisation__in=user.organisations_with(Permission.MATTER_HANDLE))
        )

    def unanswered(self):
        """Those that want an answer and have none."""
        return self.filter(wants_answer=True, state__in=[LetterState.SENT, LetterState.READ])

    def waiting(self):
        """Those that the side they came to has still to do something about: take note, or answer."""
        return self.filter(Q(state=LetterState.SENT) | Q(wants_answer=True, state=LetterState.READ))


class Letter(Searchable):
    """互通信息: a letter between a committee and a town or village, either way, answered within its time (row 212)."""

    TRANSITIONS = LETTER_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="letters", verbose_name="政协")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="letters", verbose_name="乡镇或村"
    )
    outgoing = models.BooleanField("由政协发出", editable=False)
    kind = models.CharField("类别", max_length=8, choices=LetterKind)
    subject = models.CharField("标题", max_length=64)
    body = models.TextField("内容", validators=[MaxLengthValidator(5000)])
    first = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="同时发出的第一件"
    )
    wants_answer = models.BooleanField("需要回复", default=True)
    state = models.CharField("状态", max_length=8, choices=LetterState, default=LetterState.SENT, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="发出人",
    )  # fmt: skip
    sent_at = models.DateTimeField("发出时间", editable=False)
    due_on = models.DateField("回复期限", null=True, editable=False)
    due_why = models.JSONField("期限说明", default=dict, editable=False)
    read_at = models.DateTimeField("签收时间", null=True, editable=False)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="签收人",
    )  # fmt: skip
    answered_at = models.DateTimeField("回复时间", null=True, editable=False)
    answered_after = models.PositiveSmallIntegerField("回复用了几个工作日", null=True, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "互通信息"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="letter_state"),
            models.Index(fields=["committee", "outgoing", "-id"], name="letter_direction"),
            models.Index(fields=["committee", "kind", "-id"], name="letter_kind"),
            models.Index(fields=["committee", "sent_at"], name="letter_sent"),
            models.Index(fields=["organisation", "state", "-id"], name="letter_organisation"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LetterState.values), name="letter_state_known"),
            models.CheckConstraint(
                condition=~Q(state=LetterState.ANSWERED) | Q(answered_at__isnull=False), name="letter_answered_has_time"
            ),
            models.CheckConstraint(
                condition=Q(wants_answer=False) | Q(due_on__isnull=False), name="letter_wanting_answer_is_due"
            ),
        ]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("letter", args=[self.pk])

    def search_document(self):
        return f"{self.subject} {self.body}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return LETTER_TONES[self.state]

    @property
    def is_unanswered(self) -> bool:
        return self.wants_answer and self.state in (LetterState.SENT, LetterState.READ)

    @property
    def sender(self):
        """The side that wrote it: the committee or the organisation."""
        return self.committee if self.outgoing else self.organisation

    @property
    def receiver(self):
        return self.organisation if self.outgoing else self.committee


class LetterReplyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Both sides of the letter; the files of an answer go with it."""
        return self.filter(letter__in=Letter.objects.visible_to(user).values("pk"))


class LetterReply(models.Model):
    """回复: one answer in the thread of a letter, from either side."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="replies", verbose_name="互通信息")
    outgoing = models.BooleanField("由政协发出", editable=False)
    body = models.TextField("内容", validators=[MaxLengthValidator(3000)])
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="回复人",
    )  # fmt: skip
    at = models.DateTimeField("时间", editable=False)

    objects = LetterReplyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "回复"
        ordering = ["letter", "pk"]

    def __str__(self):
        return f"{self.letter} 回复"
