from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models import Committee
from proposals.models.assignments import Round
from proposals.models.categories import OfferedQuerySet
from proposals.states import (
    EXPLAINED,
    REPLY_MOVES,
    TONES,
    PublicationLevel,
    ReplyGrade,
    ReplyState,
    Satisfaction,
)


class GradeWordingQuerySet(OfferedQuerySet):
    def in_force(self, committee, on):
        """Grade → wording on the day `on`: the committee's own latest, else the national one; two letters never mix."""
        rows = self.filter(Q(committee=None) | Q(committee=committee), since__lte=on).order_by("since", "pk")
        found = {}
        for row in sorted(rows, key=lambda row: row.committee_id is not None):
            found[row.grade] = row
        return found


class GradeWording(models.Model):
    """办理结果释义: what a grade's letter means, from a day on; places differ, and replies keep it (domain 1.6)."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属政协"
    )
    grade = models.CharField("类别", max_length=1, choices=[(grade.value, grade.value) for grade in ReplyGrade])
    words = models.CharField("释义", max_length=96, help_text="如：已经解决或基本解决")
    since = models.DateField("自何日起")

    objects = GradeWordingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理结果释义"
        ordering = ["committee_id", "grade", "since"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "grade", "since"], name="grade_wording_once"),
            models.UniqueConstraint(
                fields=["grade", "since"], condition=Q(committee=None), name="grade_wording_national_once"
            ),
        ]

    def __str__(self):
        return f"{self.grade}类：{self.words}"


class ReplyQuerySet(models.QuerySet):
    def sent(self):
        return self.filter(state=ReplyState.SENT)


class Reply(models.Model):
    """答复: what the unit answers in one round, of a co-unit its opinion to the lead; a draft is not a published reply.

    `answers` stand beside the proposal's points, one by one; `grade` is empty in an opinion.
    """

    TRANSITIONS = REPLY_MOVES

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="reply", verbose_name="轮次")
    text = models.TextField("答复内容", max_length=5000)
    answers = models.JSONField("逐条答复", default=list, blank=True)
    number = models.CharField("文号", max_length=40, blank=True, help_text="如：嘉住建函〔2026〕12号")
    grade = models.CharField("办理结果", max_length=1, choices=ReplyGrade, blank=True)
    grade_wording = models.CharField("结果释义", max_length=100, editable=False)
    grade_since = models.DateField("释义版本", null=True, editable=False)
    reason = models.CharField("不能解决的原因", max_length=500, blank=True, help_text="C 类、D 类必填")
    promise = models.CharField("承诺事项", max_length=500, blank=True, help_text="B 类必填：将做成什么")
    promised_on = models.DateField("承诺日期", null=True, blank=True, help_text="B 类必填：何时做成")
    publication = models.CharField("公开方式", max_length=8, choices=PublicationLevel, default=PublicationLevel.FULL)
    private_reason = models.CharField("不公开的理由", max_length=200, blank=True)
    public_text = models.TextField("公开摘要", max_length=2000, blank=True, help_text="摘要公开的必填，不写联系方式")
    state = models.CharField("状态", max_length=16, choices=ReplyState, default=ReplyState.DRAFT, editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="起草人"
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="核稿人",
    )  # fmt: skip
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="签发人",
    )
    signed_at = models.DateTimeField("签发时间", null=True, editable=False)
    sent_at = models.DateTimeField("送达时间", null=True, editable=False)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "答复"
        constraints = [
            models.CheckConstraint(condition=Q(grade__in=["", *ReplyGrade.values]), name="reply_grade_known"),
            models.CheckConstraint(
                condition=Q(state=ReplyState.DRAFT) | ~Q(grade="B") | (~Q(promise="") & Q(promised_on__isnull=False)),
                name="reply_b_promises",
            ),
            models.CheckConstraint(
                condition=Q(state=ReplyState.DRAFT) | ~Q(grade__in=EXPLAINED) | ~Q(reason=""), name="reply_c_explains"
            ),
            models.CheckConstraint(
                condition=Q(state=ReplyState.SENT, signed_by__isnull=False, sent_at__isnull=False)
                | Q(state=ReplyState.SIGNED, signed_by__isnull=False, sent_at__isnull=True)
                | ~Q(state__in=[ReplyState.SIGNED, ReplyState.SENT]) & Q(signed_by__isnull=True, sent_at__isnull=True),
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
    """评价: what one signer says of one reply, once, by own login or on paper; silence is never 满意.

    `satisfaction` is about the result, `attitude` about how the unit went about it; a paper sheet has `entered_by`
    and its scan as an attachment.
    """

    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="ratings", verbose_name="答复")
    satisfaction = models.CharField("办理结果", max_length=16, choices=Satisfaction)
    attitude = models.CharField("办理态度", max_length=16, choices=Satisfaction, blank=True)
    words = models.CharField("评价意见", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="评价人")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="代录人",
    )  # fmt: skip
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "评价"
        ordering = ["reply", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["reply", "by"], name="rating_once"),
            models.CheckConstraint(
                condition=~Q(satisfaction=Satisfaction.UNSATISFIED) | ~Q(words=""), name="rating_unsatisfied_says_why"
            ),
        ]

    def __str__(self):
        return self.get_satisfaction_display()
