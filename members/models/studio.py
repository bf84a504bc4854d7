import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from members.models.members import Member
from members.models.organisations import Committee
from members.models.profiles import MemberQuestion
from members.roles import Permission
from members.states import (
    INQUIRY_MOVES,
    INQUIRY_REPLY_MOVES,
    QUESTION_MOVES,
    TONES,
    InquiryReplyState,
    InquiryState,
    QuestionState,
)


class QuestionTurnQuerySet(models.QuerySet):
    def public(self):
        """Answered, under a question that is public itself."""
        return self.filter(state=QuestionState.ANSWERED, question__in=MemberQuestion.objects.public().values("pk"))

    def moderated_by(self, user):
        return self.filter(question__committee__in=user.committees_with(Permission.DUTY_MANAGE))

    def visible_to(self, user):
        """As questions: answered ones public, the member sees what was passed on, the moderators everything."""
        if not user.is_authenticated:
            return self.public()
        public = Q(pk__in=self.model.objects.public().values("pk"))
        moderated = Q(question__committee__in=user.committees_with(Permission.DUTY_MANAGE))
        asked = Q(question__member__user=user, state__in=[QuestionState.PASSED, QuestionState.ANSWERED])
        return self.filter(public | moderated | asked)

    def waiting(self):
        """Between being asked and being answered or refused."""
        return self.filter(state__in=[QuestionState.ASKED, QuestionState.PASSED])


class QuestionTurn(models.Model):
    """追问: who asked asks back under the same receipt; read first and answered like the first time (row 115).

    The first turn is the question itself, so `number` begins at 2. `due_on` is as of the question's.
    """

    TRANSITIONS = QUESTION_MOVES

    question = models.ForeignKey(MemberQuestion, on_delete=models.PROTECT, related_name="turns", verbose_name="问答")
    number = models.PositiveSmallIntegerField("第几问")
    words = models.TextField("追问", validators=[MaxLengthValidator(500)])
    state = models.CharField("状态", max_length=12, choices=QuestionState, default=QuestionState.ASKED, editable=False)
    at = models.DateTimeField("追问时间", editable=False)
    due_on = models.DateField("答复期限", null=True, editable=False)
    due_why = models.JSONField("期限说明", default=dict, editable=False)
    why_refused = models.CharField("不公开的原因", max_length=200, blank=True, editable=False)
    answer = models.TextField("答复", blank=True, validators=[MaxLengthValidator(1000)])
    answered_at = models.DateTimeField("答复时间", null=True, editable=False)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="审核人",
    )  # fmt: skip

    objects = QuestionTurnQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "追问"
        ordering = ["question", "number"]
        indexes = [models.Index(fields=["state", "-id"], name="question_turn_state")]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_turn_number_once"),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(state__in=[QuestionState.ASKED, QuestionState.PASSED]),
                name="question_turn_one_waits",
            ),
            models.CheckConstraint(condition=Q(state__in=QuestionState.values), name="question_turn_state_known"),
            models.CheckConstraint(condition=Q(number__gte=2), name="question_turn_after_the_first"),
            models.CheckConstraint(
                condition=~Q(state=QuestionState.REFUSED) | ~Q(why_refused=""), name="question_turn_refused_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state=QuestionState.ANSWERED) | ~Q(answer=""), name="question_turn_answered_has_answer"
            ),
        ]

    def __str__(self):
        return self.words if len(self.words) <= 30 else f"{self.words[:29]}…"

    def get_absolute_url(self):
        return f"{self.question.get_absolute_url()}#turn-{self.number}"

    @property
    def key(self) -> str:
        """What its fact and notices are known by."""
        return f"question:{self.question_id}:{self.number}"

    @property
    def scope(self):
        return self.question.committee_id

    @property
    def tone(self):
        return TONES[self.state]


class InquiryQuerySet(models.QuerySet):
    def public(self):
        """Not taken down, and the member still shows the public a page."""
        shown = self.exclude(state=InquiryState.TAKEN_DOWN)
        return shown.filter(member__in=Member.objects.public().values("pk"))

    def visible_to(self, user):
        """What stands is public; what was taken down stays with the member and the office."""
        if not user.is_authenticated:
            return self.public()
        public = Q(pk__in=self.model.objects.public().values("pk"))
        managed = Q(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        return self.filter(public | managed | Q(member__user=user))

    def open(self, on=None):
        """Still taking replies on the day `on` (today when left out)."""
        return self.filter(state=InquiryState.OPEN, until__gte=on or timezone.localdate())


class Inquiry(models.Model):
    """向您请教: a member asks the public, until a day; the closing words (结语) are public too (row 115)."""

    TRANSITIONS = INQUIRY_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="inquiries", verbose_name="政协")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="inquiries", verbose_name="委员")
    title = models.CharField("想请教什么", max_length=64)
    words = models.TextField("说明", validators=[MaxLengthValidator(1000)])
    until = models.DateField("征求到哪天")
    state = models.CharField("状态", max_length=12, choices=InquiryState, default=InquiryState.OPEN, editable=False)
    at = models.DateTimeField("发布时间", editable=False)
    summary = models.TextField("结语", blank=True, validators=[MaxLengthValidator(1000)], editable=False)
    summed_at = models.DateTimeField("结语时间", null=True, editable=False)
    why_taken_down = models.CharField("撤下的原因", max_length=200, blank=True, editable=False)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "向您请教"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="inquiry_state"),
            models.Index(fields=["member", "state", "-id"], name="inquiry_of_member"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InquiryState.values), name="inquiry_state_known"),
            models.CheckConstraint(
                condition=~Q(state=InquiryState.SUMMED) | ~Q(summary=""), name="inquiry_summed_has_words"
            ),
            models.CheckConstraint(
                condition=~Q(state=InquiryState.TAKEN_DOWN) | ~Q(why_taken_down=""), name="inquiry_down_says_why"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("inquiry", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def takes_replies(self) -> bool:
        return self.state == InquiryState.OPEN and self.until >= timezone.localdate()

    @property
    def tone(self):
        return "soon" if self.state == InquiryState.OPEN and not self.takes_replies else TONES[self.state]

    @property
    def label(self) -> str:
        """The state in words: what is over but has no closing words yet waits for them."""
        waits = self.state == InquiryState.OPEN and not self.takes_replies
        return "待写结语" if waits else self.get_state_display()


class InquiryReplyQuerySet(models.QuerySet):
    def public(self):
        return self.filter(state=InquiryReplyState.SHOWN, inquiry__in=Inquiry.objects.public().values("pk"))

    def moderated_by(self, user):
        return self.filter(inquiry__committee__in=user.committees_with(Permission.DUTY_MANAGE))

    def visible_to(self, user):
        """Shown ones are public; the others only for those who read them first."""
        if not user.is_authenticated:
            return self.public()
        own = Q(inquiry__member__user=user, state=InquiryReplyState.SHOWN)
        public = Q(pk__in=self.model.objects.public().values("pk"))
        return self.filter(public | own | Q(pk__in=self.model.objects.moderated_by(user).values("pk")))


class InquiryReply(models.Model):
    """群众回应: what a visitor answers a member, without an account; staff read it before it is shown (row 115).

    The visitor keeps a code; the row keeps its digest only, and no contact data.
    """

    TRANSITIONS = INQUIRY_REPLY_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="replies", verbose_name="请教")
    place = models.CharField("您在哪里", max_length=32, blank=True)
    words = models.TextField("回应", validators=[MaxLengthValidator(500)])
    receipt = models.CharField("查询码摘要", max_length=32, unique=True, editable=False)
    state = models.CharField(
        "状态", max_length=8, choices=InquiryReplyState, default=InquiryReplyState.SENT, editable=False
    )
    at = models.DateTimeField("提交时间", editable=False)
    why_hidden = models.CharField("不公开的原因", max_length=200, blank=True, editable=False)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="审核人",
    )  # fmt: skip

    objects = InquiryReplyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群众回应"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["inquiry", "state", "-id"], name="inquiry_reply_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InquiryReplyState.values), name="inquiry_reply_state_known"),
            models.CheckConstraint(
                condition=~Q(state=InquiryReplyState.HIDDEN) | ~Q(why_hidden=""), name="inquiry_reply_hidden_says_why"
            ),
        ]

    def __str__(self):
        return self.words if len(self.words) <= 30 else f"{self.words[:29]}…"

    def get_absolute_url(self):
        return self.inquiry.get_absolute_url()

    @property
    def scope(self):
        return self.inquiry.committee_id

    @property
    def tone(self):
        return TONES[self.state]
