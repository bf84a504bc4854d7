from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from members.models.bodies import Body, Membership
from members.models.members import Member
from members.models.organisations import Committee
from members.models.owned import OwnedQuerySet
from members.models.scoring import MeasureKind, ScoreScheme
from members.roles import Permission
from members.states import (
    APPRAISAL_MOVES,
    MEASURE_MOVES,
    OBJECTION_MOVES,
    REVIEW_MOVES,
    TONES,
    AppraisalState,
    MeasureState,
    ObjectionState,
    ReviewState,
)


class AppraisalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who manage duty; the committee's members once it is told to them."""
        if not user.is_authenticated:
            return self.none()
        managed = Q(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        told = Q(committee__in=user.member_ids.keys()) & ~Q(state=AppraisalState.FROZEN)
        return self.filter(managed | told)


class Appraisal(models.Model):
    """年度考评: the snapshot of one year's scores with grades; told to the members, open to objections, then closed."""

    TRANSITIONS = APPRAISAL_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="appraisals", verbose_name="政协")
    year = models.PositiveSmallIntegerField("年度")
    scheme = models.OneToOneField(ScoreScheme, on_delete=models.PROTECT, related_name="appraisal", verbose_name="方案")
    state = models.CharField(
        "状态", max_length=12, choices=AppraisalState, default=AppraisalState.FROZEN, editable=False
    )
    frozen_at = models.DateTimeField("定格时间", editable=False)
    published_at = models.DateTimeField("反馈时间", null=True, editable=False)
    objections_until = models.DateField("申诉截止", null=True, editable=False)
    objections_why = models.JSONField("截止依据", null=True, editable=False)
    note = models.CharField("提前定格的原因", max_length=200, blank=True, editable=False)

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度考评"
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "year"], name="appraisal_once_a_year"),
            models.CheckConstraint(condition=Q(state__in=AppraisalState.values), name="appraisal_state_known"),
        ]

    def __str__(self):
        return f"{self.year} 年度履职考评"

    def get_absolute_url(self):
        return reverse("appraisal", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES.get(self.state, "info")


class AppraisalResultQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who look after the member; the member once the appraisal is told. Ranks go to nobody else."""
        if not user.is_authenticated:
            return self.none()
        looked_after = Member.objects.looked_after_by(user).values("pk")
        told = Q(member__user=user) & ~Q(appraisal__state=AppraisalState.FROZEN)
        return self.filter(told | Q(member__in=looked_after))

    def told_to(self, user):
        """One's own years, of every term, once they are told."""
        return self.filter(member__user=user).exclude(appraisal__state=AppraisalState.FROZEN)

    def graded(self):
        return self.filter(excused="")


class AppraisalResult(models.Model):
    """考评结果: one member's year at the snapshot: points, both dimensions, rank, grade, what was missing.

    `lines` are [{group, item, words, on, title, url, points}], `lacking` [{name, done, at_least}]; an upheld objection
    puts the corrected values into the columns and what stood there into `before` {points, counted, quality, grade, …}.
    """

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="results", verbose_name="年度考评")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="appraisals", verbose_name="委员")
    points = models.DecimalField("得分", max_digits=7, decimal_places=2)
    counted = models.DecimalField("做了多少", max_digits=7, decimal_places=2)
    quality = models.DecimalField("做得怎么样", max_digits=7, decimal_places=2)
    rank = models.PositiveIntegerField("名次", null=True)
    of = models.PositiveIntegerField("参评人数")
    grade = models.CharField("等次", max_length=16)
    tone = models.CharField("颜色", max_length=8, default="info")
    excused = models.CharField("不参评原因", max_length=100, blank=True)
    lacking = models.JSONField("未完成的必做项", default=list, blank=True)
    lines = models.JSONField("明细", default=list, blank=True)
    before = models.JSONField("更正前", null=True, blank=True, editable=False)

    objects = AppraisalResultQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考评结果"
        ordering = ["appraisal", "rank", "pk"]
        indexes = [models.Index(fields=["member", "appraisal"], name="appraisal_of_member")]
        constraints = [models.UniqueConstraint(fields=["appraisal", "member"], name="appraisal_result_once")]

    def __str__(self):
        return f"{self.member} {self.grade}"

    def get_absolute_url(self):
        return reverse("my-appraisal", args=[self.pk])

    @property
    def scope(self):
        return self.appraisal.committee_id

    @property
    def grade_words(self) -> str:
        """The grade, or that there is none."""
        return "不参评" if self.excused else self.grade


class MeasureQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who look after the member, and the member when the talk was held."""
        if not user.is_authenticated:
            return self.none()
        looked_after = Member.objects.looked_after_by(user).values("pk")
        held = Q(result__member__user=user, state=MeasureState.DONE)
        return self.filter(held | Q(result__member__in=looked_after))


class Measure(models.Model):
    """考评结果运用: a reminder, talk, warning or advice that follows a result, with date, speaker and note (row 21)."""

    TRANSITIONS = MEASURE_MOVES

    result = models.ForeignKey(
        AppraisalResult, on_delete=models.PROTECT, related_name="measures", verbose_name="考评结果"
    )
    kind = models.CharField("措施", max_length=16, choices=MeasureKind)
    why = models.CharField("依据", max_length=200)
    years_running = models.PositiveSmallIntegerField("连续年数", default=1)
    speaker = models.CharField("谈话人", max_length=64, blank=True)
    state = models.CharField("状态", max_length=12, choices=MeasureState, default=MeasureState.PROPOSED, editable=False)
    held_on = models.DateField("谈话日期", null=True, blank=True)
    note = models.TextField("谈话记录", blank=True, validators=[MaxLengthValidator(2000)])

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结果运用"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["result", "kind"], name="measure_once"),
            models.CheckConstraint(condition=Q(state__in=MeasureState.values), name="measure_state_known"),
            models.CheckConstraint(
                condition=~Q(state=MeasureState.DONE) | Q(held_on__isnull=False), name="measure_done_has_date"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.result.member}"

    def get_absolute_url(self):
        return reverse("measure", args=[self.pk])

    @property
    def scope(self):
        return self.result.appraisal.committee_id

    @property
    def tone(self):
        return TONES[self.state]


class ObjectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The member who raised it, those who manage duty, and those who check as the second person."""
        if not user.is_authenticated:
            return self.none()
        read = user.committees_with(Permission.DUTY_MANAGE) | user.committees_with(Permission.DUTY_CONFIRM)
        return self.filter(Q(result__appraisal__committee__in=read) | Q(result__member__user=user))


class Objection(models.Model):
    """申诉: a member's objection to the result, answered within the window.

    Upholding takes two people: one prepares the `correction` {counted, quality, grade, reason}, another one confirms.
    """

    TRANSITIONS = OBJECTION_MOVES

    result = models.OneToOneField(
        AppraisalResult, on_delete=models.PROTECT, related_name="objection", verbose_name="考评结果"
    )
    words = models.TextField("申诉内容", validators=[MaxLengthValidator(1000)])
    state = models.CharField(
        "状态", max_length=12, choices=ObjectionState, default=ObjectionState.RAISED, editable=False
    )
    at = models.DateTimeField("提出时间", editable=False)
    due_on = models.DateField("答复期限", editable=False)
    due_why = models.JSONField("期限依据", editable=False)
    correction = models.JSONField("拟更正", null=True, editable=False)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="更正人",
    )  # fmt: skip
    answer = models.TextField("答复", blank=True, validators=[MaxLengthValidator(1000)])
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="答复人",
    )  # fmt: skip
    answered_at = models.DateTimeField("答复时间", null=True, editable=False)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "申诉"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ObjectionState.values), name="objection_state_known"),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.RAISED) | ~Q(answer=""), name="objection_settled_has_answer"
            ),
            models.CheckConstraint(
                condition=~Q(state=ObjectionState.UPHELD)
                | Q(corrected_by__isnull=False, answered_by__isnull=False) & ~Q(corrected_by=F("answered_by")),
                name="objection_second_pair_of_eyes",
            ),
        ]

    def __str__(self):
        return f"{self.result.member}的申诉"

    def get_absolute_url(self):
        return reverse("objection", args=[self.pk])

    @property
    def scope(self):
        return self.result.appraisal.committee_id

    @property
    def tone(self):
        return TONES[self.state]


# --- 述职评议 ------------------------------------------------------------------------------------------------------


class ReviewCriterion(models.Model):
    """评议项目: one line of the sheet on which a committee's report is rated; a committee's own, or the usual ones."""

    committee = models.ForeignKey(
        Committee, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="政协"
    )
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("项目", max_length=64)
    most = models.PositiveSmallIntegerField("满分", validators=[MinValueValidator(1), MaxValueValidator(100)])
    is_active = models.BooleanField("启用", default=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评议项目"
        ordering = ["committee", "position", "pk"]

    def __str__(self):
        return self.name


class BodyReviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The members and staff of the committee once it is handed in; a draft its leaders and the office."""
        if not user.is_authenticated:
            return self.none()
        managed = Q(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        led = Membership.objects.in_force().leading().filter(member__user=user).values("body")
        inside = {*user.member_ids, *user.committees_with(Permission.OFFICE_WORK)}
        handed_in = Q(committee__in=inside) & ~Q(state=ReviewState.DRAFT)
        return self.filter(managed | Q(body__in=led) | handed_in)


class BodyReview(models.Model):
    """专委会述职评议: a body's yearly report, the sheets on which it was rated, and the result (row 16)."""

    TRANSITIONS = REVIEW_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="政协")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="reviews", verbose_name="机构")
    year = models.PositiveSmallIntegerField("年度")
    report = models.TextField("述职报告", blank=True, validators=[MaxLengthValidator(20000)])
    state = models.CharField("状态", max_length=12, choices=ReviewState, default=ReviewState.DRAFT, editable=False)
    criteria = models.JSONField("评议表", default=list, editable=False)  # copied when handed in: [[name, most], …]
    report_by = models.DateField("述职报告截止", null=True, blank=True)
    rate_until = models.DateField("评议截止", null=True, blank=True)
    average = models.DecimalField("平均得分", max_digits=5, decimal_places=2, null=True, editable=False)
    raters = models.PositiveIntegerField("评议人数", default=0, editable=False)
    verdict = models.CharField("评定结果", max_length=100, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = BodyReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "述职评议"
        ordering = ["-year", "body_id"]
        constraints = [
            models.UniqueConstraint(fields=["body", "year"], name="body_review_once_a_year"),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="body_review_state_known"),
        ]

    def __str__(self):
        return f"{self.body} {self.year} 年述职"

    def get_absolute_url(self):
        return reverse("body-review", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]


class BodyRating(models.Model):
    """评议表: one person's marks for a report; who gave which stays with the office."""

    review = models.ForeignKey(BodyReview, on_delete=models.CASCADE, related_name="ratings", verbose_name="述职")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="评议人"
    )
    marks = models.JSONField("分数", default=list)
    total = models.DecimalField("总分", max_digits=5, decimal_places=2)
    words = models.CharField("意见", max_length=300, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "评议表"
        ordering = ["review", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "rater"], name="body_rating_once")]

    def __str__(self):
        return f"{self.review} {self.total}"
