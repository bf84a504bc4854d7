from django.db import models
from django.db.models import Q
from django.urls import reverse

from consultation.states import STEP_MOVES, TONES, GateVerdict, StepState
from consultation.steps import SPECS, Evidence, ProcedureKind, StepKind
from members.models import Committee
from members.roles import Permission

S = StepState


class ProcedureQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The shipped ones, and those of one's own committees."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.offered_to(user.committee_ids)

    def offered_to(self, committees):
        return self.filter(Q(committee=None) | Q(committee__in=committees))

    def of_kind(self, kind):
        return self.filter(kind=kind, is_active=True)


class Procedure(models.Model):
    """协商规程: a named set of steps as rows; copied into each run, so that editing it never rewrites a running one."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, null=True, blank=True, related_name="procedures", verbose_name="所属政协"
    )
    kind = models.CharField("用途", max_length=16, choices=ProcedureKind)
    name = models.CharField("名称", max_length=32)
    description = models.CharField("说明", max_length=200, blank=True)
    source = models.CharField("出处", max_length=64, blank=True)
    is_reconstructed = models.BooleanField("步骤为推定", default=False, help_text="原文只有名称，步骤由本平台推定")
    suits = models.JSONField(
        "适合的议题", default=list, blank=True, help_text="大事大议、小事小议、急事快议、难事广议；启动协商时据此预选"
    )
    is_active = models.BooleanField("启用", default=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "协商规程"
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "kind", "name"], name="procedure_name_once"),
            models.UniqueConstraint(
                fields=["kind", "name"], condition=Q(committee=None), name="procedure_shipped_name_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=ProcedureKind.values), name="procedure_kind_known"),
        ]

    def __str__(self):
        return f"{self.name}（推定）" if self.is_reconstructed else self.name

    def get_absolute_url(self):
        """Procedures are looked at and changed in the office's admin."""
        return reverse("admin:consultation_procedure_change", args=[self.pk])


class StepShape(models.Model):
    """What a step of a procedure and its running copy have in common."""

    position = models.PositiveSmallIntegerField("顺序")
    kind = models.CharField("类型", max_length=16, choices=StepKind)
    name = models.CharField("名称", max_length=64)
    phase = models.CharField("阶段", max_length=16, blank=True)
    responsible = models.CharField("负责", max_length=64, blank=True)
    workdays = models.PositiveSmallIntegerField("时限（工作日）", null=True, blank=True)
    evidence = models.CharField("完成须有", max_length=16, choices=Evidence, default=Evidence.NONE)
    may_skip = models.BooleanField("可说明理由跳过", default=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def is_gate(self) -> bool:
        return SPECS[self.kind].is_gate


class ProcedureStep(StepShape):
    """环节: one step of a procedure; a meeting step may have an agenda inside (四步议事 in 六步协商)."""

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="steps", verbose_name="规程")
    agenda = models.ForeignKey(
        Procedure,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"kind": ProcedureKind.AGENDA},
        related_name="+",
        verbose_name="会议议程",
    )

    class Meta:
        verbose_name = verbose_name_plural = "环节"
        ordering = ["procedure", "position"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "position"], name="procedure_step_position_once"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="procedure_step_kind_known"),
            models.CheckConstraint(
                condition=Q(agenda=None) | Q(kind=StepKind.SESSION), name="procedure_step_agenda_in_meeting"
            ),
        ]


class StepQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Evidence may name people: only the committee's own staff reads it. The public sees the step bar."""
        if not user.is_authenticated:
            return self.none()
        committees = user.committees_with(Permission.OFFICE_WORK)
        return self.filter(Q(consultation__committee__in=committees) | Q(plan__committee__in=committees))

    def pending(self):
        return self.filter(state=S.PENDING)


class Step(StepShape):
    """进行中的环节: the running copy of a procedure's step; belongs to one consultation or to one plan's approval."""

    TRANSITIONS = STEP_MOVES

    consultation = models.ForeignKey(
        "consultation.Consultation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="steps",
        verbose_name="协商",
    )
    plan = models.ForeignKey(
        "consultation.AnnualPlan",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="steps",
        verbose_name="计划",
    )
    round = models.PositiveSmallIntegerField("轮次", default=1, editable=False)
    agenda = models.JSONField("会议议程", default=list, blank=True, help_text="开会时从这些议程开始")
    due_on = models.DateField("应完成日期", null=True, editable=False)
    due_why = models.JSONField("期限说明", default=dict, editable=False)
    state = models.CharField("状态", max_length=16, choices=S, default=S.PENDING, editable=False)
    verdict = models.CharField("结论", max_length=16, choices=GateVerdict, blank=True, editable=False)
    words = models.CharField("说明", max_length=500, blank=True, editable=False)
    held_on = models.DateField("会议日期", null=True, editable=False)
    finished_at = models.DateTimeField("完成时间", null=True, editable=False)
    finished_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="办理人"
    )

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "进行中的环节"
        ordering = ["round", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consultation__isnull=True, plan__isnull=False)
                | Q(consultation__isnull=False, plan__isnull=True),
                name="step_of_one_run",
            ),
            models.UniqueConstraint(
                fields=["consultation", "round", "position"],
                condition=Q(consultation__isnull=False),
                name="step_position_in_consultation",
            ),
            models.UniqueConstraint(
                fields=["plan", "round", "position"], condition=Q(plan__isnull=False), name="step_position_in_plan"
            ),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="step_kind_known"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="step_state_known"),
            models.CheckConstraint(
                condition=Q(state=S.PENDING, finished_at__isnull=True)
                | ~Q(state=S.PENDING) & Q(finished_at__isnull=False),
                name="step_finished_has_time",
            ),
            models.CheckConstraint(condition=~Q(state=S.SKIPPED) | ~Q(words=""), name="step_skipped_says_why"),
        ]

    def get_absolute_url(self):
        return self.run.get_absolute_url()

    @property
    def run(self):
        """The consultation or the plan that this step belongs to."""
        return self.consultation or self.plan

    @property
    def scope(self):
        return self.run.committee_id

    @property
    def tone(self):
        return TONES[self.state]
