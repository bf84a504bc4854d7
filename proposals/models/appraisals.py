from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Committee, Organisation
from members.roles import Permission
from proposals.states import TONES, UNIT_APPRAISAL_MOVES, AppraisalState


class Appraised(models.TextChoices):
    UNITS = "units", "承办单位"
    TOWNS = "towns", "乡镇街道（有效衔接）"


class Measure(models.TextChoices):
    """What an indicator counts; each is a numerator over a denominator that can be opened case by case."""

    ON_TIME = "on_time", "按期答复率"
    REPLIED = "replied", "答复率"
    CONTACTED = "contacted", "沟通率"
    ATTITUDE = "attitude", "办理态度满意率"
    RESULT = "result", "办理结果满意率"
    B_KEPT = "b_kept", "B 类兑现率"
    WRONGLY_RETURNED = "wrongly_returned", "不当退回率"
    TALKS = "talks", "基层协商开展率"
    LETTERS = "letters", "互通信息按期回复率"
    STATION = "station", "站点达标率"
    BY_HAND = "by_hand", "人工评分"


class UnitAppraisalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who view matters; a unit sees what was published and is about it."""
        if not user.is_authenticated:
            return self.none()
        seen = Q(committee__in=user.committees_with(Permission.MATTER_VIEW))
        if units := user.organisations_with(Permission.MATTER_HANDLE):
            scored = UnitScore.objects.filter(organisation__in=units).values("indicator__appraisal")
            seen |= Q(state=AppraisalState.PUBLISHED, pk__in=scored)
        return self.filter(seen)


class UnitAppraisal(models.Model):
    """承办单位考核: the year's figures of the units, or of the towns on 有效衔接, for 综合绩效考核 (rows 11, 32).

    A draft is computed anew from the facts whenever it is read; published, its scores stand.
    """

    TRANSITIONS = UNIT_APPRAISAL_MOVES

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="unit_appraisals", verbose_name="政协"
    )
    year = models.PositiveSmallIntegerField("年度")
    of = models.CharField("考核对象", max_length=8, choices=Appraised)
    least = models.PositiveSmallIntegerField("参与排名最少件数", default=3)
    state = models.CharField(
        "状态", max_length=12, choices=AppraisalState, default=AppraisalState.DRAFT, editable=False
    )
    published_at = models.DateTimeField("发布时间", null=True, editable=False)

    objects = UnitAppraisalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "承办单位考核"
        ordering = ["-year", "of"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "year", "of"], name="unit_appraisal_once"),
            models.CheckConstraint(condition=Q(of__in=Appraised.values), name="unit_appraisal_of_known"),
        ]

    def __str__(self):
        return f"{self.year} 年{self.get_of_display()}考核"

    def get_absolute_url(self):
        return reverse("unit-appraisal", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES.get(self.state, "info")


class Indicator(models.Model):
    """考核指标: one line of an appraisal with its weight in points; copied from the year before, edited as rows."""

    appraisal = models.ForeignKey(
        UnitAppraisal, on_delete=models.CASCADE, related_name="indicators", verbose_name="考核"
    )
    position = models.PositiveSmallIntegerField("顺序", default=0)
    name = models.CharField("名称", max_length=32)
    measure = models.CharField("测算", max_length=20, choices=Measure)
    weight = models.PositiveSmallIntegerField("分值")

    class Meta:
        verbose_name = verbose_name_plural = "考核指标"
        ordering = ["appraisal", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "name"], name="indicator_once"),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="indicator_measure_known"),
        ]

    def __str__(self):
        return self.name


class UnitScore(models.Model):
    """考核得分: one organisation under one indicator: how many of how many, and points; by hand with words.

    `things` are the numbers of what was counted, each with whether it is in the numerator: the figure can be opened
    as it was when it was published.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="scores", verbose_name="指标")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    numerator = models.PositiveIntegerField("分子", null=True)
    denominator = models.PositiveIntegerField("分母", null=True)
    points = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True)
    things = models.JSONField("计入的事项", default=list, editable=False)
    words = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="评分人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核得分"
        constraints = [models.UniqueConstraint(fields=["indicator", "organisation"], name="unit_score_once")]

    def __str__(self):
        return f"{self.organisation} {self.indicator} {self.points}"
