import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from consultation.models.topics import Topic
from consultation.states import (
    ADJUSTMENT_MOVES,
    EDITABLE_PLANS,
    PLAN_MOVES,
    PLANS_UNDER_WAY,
    PUBLIC_PLANS,
    TONES,
    AdjustmentReason,
    AdjustmentState,
    ConsultationForm,
    PlanState,
    ResultKind,
)
from members.models import Body, Committee, Organisation
from members.roles import Permission

S, A = PlanState, AdjustmentState


def validate_forms(value):
    if not isinstance(value, list) or not set(value) <= set(ConsultationForm.values):
        raise ValidationError("含有未知的协商形式。")


class QuotaFormulaQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.offered_to(user.committee_ids)

    def offered_to(self, committees):
        return self.filter(Q(committee=None) | Q(committee__in=committees))


class QuotaFormula(models.Model):
    """定额公式: how many consultations of which form a year is to have, under a name (1126+N, 1124+N; rows 58, 63)."""

    committee = models.ForeignKey(
        Committee,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="quota_formulas",
        verbose_name="所属政协",
    )
    name = models.CharField("名称", max_length=32)
    description = models.CharField("说明", max_length=200, blank=True)
    source = models.CharField("出处", max_length=64, blank=True)
    is_active = models.BooleanField("启用", default=True)

    objects = QuotaFormulaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "定额公式"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="formula_name_once"),
            models.UniqueConstraint(fields=["name"], condition=Q(committee=None), name="formula_shipped_name_once"),
        ]

    def __str__(self):
        return self.name


class QuotaShape(models.Model):
    """What a line of a formula and its copy in a plan have in common."""

    position = models.PositiveSmallIntegerField("顺序")
    label = models.CharField("名目", max_length=32)
    forms = models.JSONField(
        "协商形式", default=list, blank=True, validators=[validate_forms], help_text="留空：其余所有形式"
    )
    count = models.PositiveSmallIntegerField("次数", default=0)
    open_ended = models.BooleanField("不限次数（N）", default=False)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.label} {'N' if self.open_ended else self.count}"


class QuotaFormulaLine(QuotaShape):
    """定额公式的一项."""

    formula = models.ForeignKey(QuotaFormula, on_delete=models.CASCADE, related_name="lines", verbose_name="公式")

    class Meta:
        verbose_name = verbose_name_plural = "公式项"
        ordering = ["formula", "position"]
        constraints = [models.UniqueConstraint(fields=["formula", "position"], name="formula_line_position_once")]


class AnnualPlanQuerySet(models.QuerySet):
    def public(self):
        """Issued versions, the current one and the older ones; never a draft."""
        return self.filter(state__in=PUBLIC_PLANS)

    def current(self):
        """The one issued version in force, of each committee and year."""
        return self.filter(state=S.ISSUED)

    def at_office(self, user):
        """Everything of the committees whose office one works in; what waits for signature, to the three offices."""
        return self.filter(_office(user))

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.public()
        return self.filter(Q(state__in=PUBLIC_PLANS) | _office(user))


def _office(user):
    seen = Q(committee__in=user.committees_with(Permission.OFFICE_WORK))
    if offices := user.organisations_with(Permission.PLAN_ISSUE):
        signers = Organisation.objects.filter(pk__in=offices).values("committee")
        seen |= Q(committee__in=signers, state__in=[S.APPROVED, *PUBLIC_PLANS])
    return seen


class AnnualPlan(models.Model):
    """年度协商计划: one version of a committee's plan of a year; passes gates, is issued jointly (rows 57, 61, 62)."""

    TRANSITIONS = PLAN_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="plans", verbose_name="政协")
    year = models.PositiveSmallIntegerField("年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    version = models.PositiveSmallIntegerField("版次", default=1, editable=False)
    title = models.CharField("标题", max_length=100)
    foreword = models.TextField(
        "引言", max_length=1000, blank=True, help_text="写在各项之前，如“已经县委常委会会议研究同意”"
    )
    formula_name = models.CharField("定额公式", max_length=32, blank=True, editable=False)
    procedure_name = models.CharField("审批程序", max_length=32, blank=True, editable=False)
    gate_round = models.PositiveSmallIntegerField("审批轮次", default=0, editable=False)
    state = models.CharField("状态", max_length=16, choices=S, default=S.DRAFTING, editable=False)
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="next", verbose_name="上一版"
    )
    issuers = models.ManyToManyField(Organisation, through="PlanSignature", related_name="+", verbose_name="印发单位")
    number = models.CharField("文号", max_length=40, blank=True, editable=False)
    issued_on = models.DateField("印发日期", null=True, editable=False)
    issued_at = models.DateTimeField("印发操作时间", null=True, editable=False)
    created_at = models.DateTimeField("建立时间", editable=False)
    created_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="编制人"
    )
    updated_at = models.DateTimeField("更新时间", editable=False, db_index=True)

    objects = AnnualPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度协商计划"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["committee", "state", "-id"], name="plan_state")]
        constraints = [
            models.UniqueConstraint(fields=["committee", "year", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["committee", "year"], condition=Q(state=S.ISSUED), name="plan_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["committee", "year"],
                condition=Q(state__in=list(PLANS_UNDER_WAY)),
                name="plan_one_under_way",
                violation_error_message="这一年的计划已有一版正在编制。",
            ),
            models.UniqueConstraint(fields=["committee", "number"], condition=~Q(number=""), name="plan_number_once"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="plan_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=list(PUBLIC_PLANS), issued_on__isnull=False, issued_at__isnull=False)
                & ~Q(number="")
                | ~Q(state__in=list(PUBLIC_PLANS)) & Q(number="", issued_on__isnull=True, issued_at__isnull=True),
                name="plan_issued_has_number",
            ),
            models.CheckConstraint(
                condition=Q(version=1, previous__isnull=True) | Q(version__gt=1, previous__isnull=False),
                name="plan_version_follows",
            ),
        ]

    def __str__(self):
        return f"{self.title}（第{self.version}版）" if self.version > 1 else self.title

    def get_absolute_url(self):
        return reverse("plan-detail", args=[self.pk])

    @property
    def public_url(self) -> str:
        return reverse("plan-public-version", args=[self.committee.slug, self.year, self.version])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_PLANS

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_PLANS

    @property
    def is_current(self) -> bool:
        return self.state == S.ISSUED

    @property
    def seal(self) -> str:
        """What stands on the plan like a stamp."""
        return f"已印发 {self.number}" if self.state == S.ISSUED else self.get_state_display()


class PlanQuota(QuotaShape):
    """计划定额: one line of the formula, copied into a plan; done and planned are counted when read."""

    plan = models.ForeignKey(AnnualPlan, on_delete=models.CASCADE, related_name="quotas", verbose_name="计划")

    class Meta:
        verbose_name = verbose_name_plural = "计划定额"
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="quota_position_once")]


class PlanItemQuerySet(SearchQuerySet):
    def visible_to(self, user):
        return self.filter(plan__in=AnnualPlan.objects.visible_to(user).values("pk"))

    def standing(self):
        """Items that were not dropped on the way."""
        return self.filter(dropped_at__isnull=True)


class PlanItem(Searchable):
    """计划事项: what is to be consulted about, in which form, when, led by whom, with whom (rows 46, 61)."""

    plan = models.ForeignKey(AnnualPlan, on_delete=models.PROTECT, related_name="items", verbose_name="计划")
    lineage = models.UUIDField("同一事项标识", default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField("序号")
    title = models.CharField("议题", max_length=100)
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="items", verbose_name="来自议题"
    )
    form = models.CharField("协商形式", max_length=24, choices=ConsultationForm)
    month = models.PositiveSmallIntegerField("月份", choices=[(month, f"{month}月") for month in range(1, 13)])
    planned_on = models.DateField("具体日期", null=True, blank=True)
    lead = models.CharField("牵头领导", max_length=64, help_text="姓名和职务")
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办专委会"
    )
    units = models.ManyToManyField(Organisation, blank=True, related_name="+", verbose_name="配合单位")
    participants = models.CharField("参加人员", max_length=500, blank=True)
    result_kind = models.CharField("成果形式", max_length=24, choices=ResultKind, default=ResultKind.MINUTES)
    dropped_at = models.DateTimeField("撤出时间", null=True, editable=False)
    updated_at = models.DateTimeField("更新时间", editable=False, db_index=True)

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "计划事项"
        ordering = ["plan", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "lineage"], name="item_lineage_once"),
            models.UniqueConstraint(
                fields=["plan", "title"],
                condition=Q(dropped_at__isnull=True),
                name="item_title_once",
                violation_error_message="计划里已有同名的议题。",
            ),
            models.CheckConstraint(condition=Q(form__in=ConsultationForm.values), name="item_form_known"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="item_month_of_a_year"),
            models.CheckConstraint(
                condition=Q(planned_on__isnull=True) | Q(planned_on__month=models.F("month")),
                name="item_day_in_its_month",
                violation_error_message="具体日期不在所填的月份。",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.plan.get_absolute_url()

    def search_document(self):
        return f"{self.title} {self.lead} {self.participants}"

    @property
    def scope(self):
        return self.plan.committee_id


class PlanSignature(models.Model):
    """联合印发会签: one of the three offices puts its name to a plan, by its own reviewer (row 57)."""

    plan = models.ForeignKey(AnnualPlan, on_delete=models.PROTECT, related_name="signatures", verbose_name="计划")
    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="办公室")
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", verbose_name="会签人")
    at = models.DateTimeField("时间")
    void_at = models.DateTimeField("失效时间", null=True, editable=False, help_text="计划退回修改后，原会签失效")

    class Meta:
        verbose_name = verbose_name_plural = "会签"
        ordering = ["plan", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "office"], condition=Q(void_at__isnull=True), name="signature_once")
        ]

    def __str__(self):
        return f"{self.office}会签"


class PlanAdjustmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Applied ones of public plans are public; the rest is for the office."""
        public = Q(state=A.APPLIED, plan__state__in=PUBLIC_PLANS)
        if not user.is_authenticated:
            return self.filter(public)
        return self.filter(public | Q(plan__committee__in=user.committees_with(Permission.OFFICE_WORK)))


class PlanAdjustment(models.Model):
    """计划调整: an issued plan is changed for a reason, with approval; it then becomes the next version (row 62)."""

    TRANSITIONS = ADJUSTMENT_MOVES

    plan = models.ForeignKey(AnnualPlan, on_delete=models.PROTECT, related_name="adjustments", verbose_name="计划")
    reason = models.CharField("缘由", max_length=24, choices=AdjustmentReason)
    words = models.TextField("调整内容", max_length=1000, help_text="增加、撤出或更改哪些事项，为什么")
    state = models.CharField("状态", max_length=16, choices=A, default=A.PROPOSED, editable=False)
    proposed_at = models.DateTimeField("提出时间", editable=False)
    proposed_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="提出人"
    )
    approved_by_meeting = models.CharField("批准会议", max_length=64, blank=True, editable=False)
    decided_on = models.DateField("批准日期", null=True, editable=False)
    decision_words = models.CharField("审批意见", max_length=500, blank=True, editable=False)
    decided_at = models.DateTimeField("登记时间", null=True, editable=False)
    decided_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="登记人"
    )

    objects = PlanAdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "计划调整"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state__in=[A.PROPOSED, A.APPROVED]), name="adjustment_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=A.values), name="adjustment_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=[A.PROPOSED, A.REFUSED])
                | Q(decided_on__isnull=False, decided_at__isnull=False) & ~Q(approved_by_meeting=""),
                name="adjustment_approved_by_a_meeting",
            ),
        ]

    def __str__(self):
        return f"{self.plan}的调整"

    def get_absolute_url(self):
        return self.plan.get_absolute_url()

    @property
    def scope(self):
        return self.plan.committee_id

    @property
    def tone(self):
        return TONES[self.state]
