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
    def visible_to(self, user):
        """Answered ones are public; the member asked sees what was passed on, the moderators everything."""
        public = Q(state=QuestionState.ANSWERED, member__is_public=True)
        if not user.is_authenticated:
            return self.filter(public)
        moderated = Q(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        asked = Q(member__user=user, state__in=[QuestionState.PASSED, QuestionState.ANSWERED])
        return self.filter(public | moderated | asked)


class MemberQuestion(models.Model):
    """委员问答: a visitor asks a member, staff read it first, the answer is public; the asker stays unnamed (row 95).

    `receipt` is what the asker keeps to look up what became of it. No contact data are asked for or kept.
    """

    TRANSITIONS = QUESTION_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="政协")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="questions", verbose_name="委员")
    place = models.CharField("您在哪里", max_length=32, blank=True, help_text="如：珠泉镇；不用写姓名和电话")
    words = models.TextField("问题", validators=[MaxLengthValidator(500)])
    receipt = models.CharField("查询码", max_length=16, unique=True, editable=False)
    state = models.CharField("状态", max_length=12, choices=QuestionState, default=QuestionState.ASKED, editable=False)
    at = models.DateTimeField("提问时间", editable=False)
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
        return self.words[:30]

    def get_absolute_url(self):
        return reverse("member-question", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]
