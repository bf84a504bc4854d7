import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models.members import Member
from members.models.organisations import Committee
from members.roles import Permission
from members.states import QUESTION_MOVES, TONES, QuestionState


class MemberQuestionQuerySet(models.QuerySet):
    def public(self):
        """Answered, and the member still shows the public a page."""
        return self.filter(state=QuestionState.ANSWERED, member__in=Member.objects.public().values("pk"))

    def moderated_by(self, user):
        """Those that `user` reads before they are passed on."""
        return self.filter(committee__in=user.committees_with(Permission.DUTY_MANAGE))

    def visible_to(self, user):
        """Answered ones are public; the member asked sees what was passed on, the moderators everything."""
        public = Q(pk__in=self.model.objects.public().values("pk"))
        if not user.is_authenticated:
            return self.public()
        moderated = Q(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        asked = Q(member__user=user, state__in=[QuestionState.PASSED, QuestionState.ANSWERED])
        return self.filter(public | moderated | asked)


class MemberQuestion(models.Model):
    """委员问答: a visitor asks a member, staff read it first, the answer is public; the asker stays unnamed (row 95).

    The asker keeps a code to look up what became of it; the row keeps its digest only. No contact data are asked for
    or kept. `due_on` is when the member should have answered what was passed on.
    """

    TRANSITIONS = QUESTION_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="政协")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="questions", verbose_name="委员")
    place = models.CharField("您在哪里", max_length=32, blank=True, help_text="如：珠泉镇；不用写姓名和电话")
    words = models.TextField("问题", validators=[MaxLengthValidator(500)])
    receipt = models.CharField("查询码摘要", max_length=32, unique=True, editable=False)
    state = models.CharField("状态", max_length=12, choices=QuestionState, default=QuestionState.ASKED, editable=False)
    at = models.DateTimeField("提问时间", editable=False)
    due_on = models.DateField("答复期限", null=True, editable=False)
    due_why = models.JSONField("期限说明", default=dict, editable=False)
    why_refused = models.CharField("不公开的原因", max_length=200, blank=True, editable=False)
    answer = models.TextField("答复", blank=True, validators=[MaxLengthValidator(1000)])
    answered_at = models.DateTimeField("答复时间", null=True, editable=False)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="审核人",
    )  # fmt: skip

    objects = MemberQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委员问答"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="question_state"),
            models.Index(fields=["member", "state", "-id"], name="question_of_member"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=QuestionState.values), name="question_state_known"),
            models.CheckConstraint(
                condition=~Q(state=QuestionState.REFUSED) | ~Q(why_refused=""), name="question_refused_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state=QuestionState.ANSWERED) | ~Q(answer=""), name="question_answered_has_answer"
            ),
        ]

    def __str__(self):
        return self.words if len(self.words) <= 30 else f"{self.words[:29]}…"

    def get_absolute_url(self):
        return reverse("member-question", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]


class VisitCount(models.Model):
    """来访计数: how often one address did one thing on one day; kept for that day only, under a digest salted by it."""

    purpose = models.CharField("用途", max_length=16)
    day = models.DateField("日期")
    digest = models.CharField("地址摘要", max_length=40)
    number = models.PositiveSmallIntegerField("次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "来访计数"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["purpose", "day", "digest"], name="visit_count_once")]

    def __str__(self):
        return f"{self.purpose} {self.day}"
