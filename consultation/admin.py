from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from config.admin import Group, ScopedAdmin, ScopedInline, Waiting, YearFilter, transition
from config.refusals import Refusal
from consultation import services
from consultation.forms.involvements import ProcedureAdminForm
from consultation.models import (
    AnnualPlan,
    Consultation,
    Outcome,
    OutcomeTask,
    PlanAdjustment,
    PlanItem,
    Procedure,
    ProcedureStep,
    QuotaFormula,
    QuotaFormulaLine,
    Topic,
)
from consultation.services.templates import adopt
from consultation.states import (
    AdjustmentState,
    ConsultationState,
    OutcomeState,
    PlanState,
    StepState,
    TaskState,
    TopicState,
)
from members.models import Committee
from members.roles import Permission

# --- the plan ----------------------------------------------------------------------------------------------------


@admin.register(Topic)
class TopicAdmin(ScopedAdmin):
    group = Group.CONSULTATION
    list_display = ["title", "source", "content_kind", "suggester", "state", "created_at"]
    list_select_related = ["suggested_by__user"]
    list_filter = ["state", "source", "content_kind"]
    search_fields = ["title"]
    fields = [
        "title", "reason", "source", "content_kind", "size", "urgency", "suggester", "state", "words", "created_at",
        "created_by",
    ]  # fmt: skip
    actions = ["select"]
    waiting = {"collected": Waiting("待遴选的议题", lambda rows: rows.filter(state=TopicState.COLLECTED), "info")}

    @admin.display(description="提出人")
    def suggester(self, row):
        return row.suggester

    @transition("选定", permission=Permission.PLAN_MANAGE, when=lambda row: row.state == TopicState.COLLECTED)
    def select(self, row, *, by, at):
        services.select_topic(row, by=by, at=at)


@admin.register(AnnualPlan)
class AnnualPlanAdmin(ScopedAdmin):
    group = Group.CONSULTATION
    list_display = ["title", "year", "version", "state", "number", "issued_on"]
    list_filter = ["state", YearFilter]
    search_fields = ["title", "number"]
    fields = ["title", "year", "version", "foreword", "formula_name", "state", "number", "issued_on", "created_by"]
    waiting = {
        "issue": Waiting("待会签印发的计划", lambda rows: rows.filter(state=PlanState.APPROVED)),
        "approve": Waiting("审批中的计划", lambda rows: rows.filter(state=PlanState.APPROVING), "info"),
    }


@admin.register(PlanItem)
class PlanItemAdmin(ScopedAdmin):
    group = Group.CONSULTATION
    owned_by = "plan__committee"
    list_display = ["title", "plan", "form", "month", "lead", "body"]
    list_filter = ["form"]
    search_fields = ["title"]
    fields = ["title", "plan", "position", "topic", "form", "month", "planned_on", "lead", "body", "participants"]


@admin.register(PlanAdjustment)
class PlanAdjustmentAdmin(ScopedAdmin):
    group = Group.CONSULTATION
    owned_by = "plan__committee"
    list_display = ["plan", "reason", "state", "proposed_at", "approved_by_meeting"]
    list_filter = ["state"]
    fields = [
        "plan", "reason", "words", "state", "proposed_by", "proposed_at", "approved_by_meeting", "decided_on",
        "decision_words",
    ]  # fmt: skip
    waiting = {"proposed": Waiting("待审批的计划调整", lambda rows: rows.filter(state=AdjustmentState.PROPOSED))}


# --- consultations and what became of them -----------------------------------------------------------------------


def _late_steps(rows):
    late = Q(steps__state=StepState.PENDING, steps__due_on__lt=timezone.localdate())
    running = Consultation.objects.filter(late, state=ConsultationState.RUNNING)
    return rows.filter(pk__in=running.values("pk"))


@admin.register(Consultation)
class ConsultationAdmin(ScopedAdmin):
    group = Group.CONSULTATION
    list_display = ["title", "form", "year", "channel", "state", "held_on", "is_public"]
    list_filter = ["state", "form", YearFilter, "is_public"]
    search_fields = ["title"]
    fields = [
        "title", "summary", "form", "channel", "place", "workstation", "conveners", "topic", "plan_item",
        "procedure_name", "state", "held_on", "is_public", "called_off_because",
    ]  # fmt: skip
    actions = ["archive"]
    waiting = {
        "late": Waiting("环节已过期限的协商", _late_steps, "late"),
        "start": Waiting("待启动的协商", lambda rows: rows.filter(state=ConsultationState.PLANNED), "info"),
    }

    @transition(
        "归档",
        permission=Permission.CONSULTATION_MANAGE,
        when=lambda row: row.state == ConsultationState.CONCLUDED,
    )
    def archive(self, row, *, by, at):
        services.archive(row, by=by, at=at)


@admin.register(Outcome)
class OutcomeAdmin(ScopedAdmin):
    group = Group.CONSULTATION
    list_display = ["__str__", "consultation", "outcome_class", "route", "state", "look_again_on"]
    list_filter = ["state", "outcome_class", "route"]
    search_fields = ["text"]
    fields = [
        "text", "consultation", "number", "outcome_class", "route", "unit", "village", "responsible", "due_on",
        "look_again_on", "state", "result", "classified_by", "routed_at", "done_at",
    ]  # fmt: skip
    waiting = {
        "look": Waiting(
            "到期再看的成果",
            lambda rows: rows.filter(state=OutcomeState.ROUTED, look_again_on__lte=timezone.localdate()),
        ),
        "classify": Waiting("待分类的成果", lambda rows: rows.filter(state=OutcomeState.DRAFTED)),
    }


@admin.register(OutcomeTask)
class OutcomeTaskAdmin(ScopedAdmin):
    group = Group.CONSULTATION
    list_display = ["__str__", "responsible", "organisation", "due_on", "state"]
    list_select_related = ["outcome"]
    list_filter = ["state", "kind"]
    fields = ["outcome", "kind", "responsible", "organisation", "due_on", "state", "words", "done_at", "done_by"]
    waiting = {
        "overdue": Waiting(
            "逾期的成果任务", lambda rows: rows.filter(state=TaskState.OPEN, due_on__lt=timezone.localdate()), "late"
        )
    }


# --- what plans and consultations are made from ------------------------------------------------------------------


def _sole_committee(by) -> Committee:
    """The committee that gets the copy; who looks after several says so by working in one of them."""
    own = list(Committee.objects.manageable_by(by, Permission.REFERENCE_MANAGE)[:2])
    if len(own) != 1:
        raise Refusal("您管理几个政协委员会，请用其中一个的账号复制。")
    return own[0]


class TemplateAdmin(ScopedAdmin):
    """Shipped ones are for all; a committee copies one and changes the copy."""

    change_permission = Permission.REFERENCE_MANAGE
    list_filter = ["is_active"]
    actions = ["adopt"]

    @transition("复制到本会", permission=Permission.REFERENCE_MANAGE, when=lambda row: row.committee_id is None)
    def adopt(self, row, *, by, at):
        adopt(row, committee=_sole_committee(by), by=by, at=at)


class ProcedureStepInline(ScopedInline):
    model = ProcedureStep
    fk_name = "procedure"
    can_delete = True
    fields = ["position", "kind", "name", "phase", "responsible", "workdays", "evidence", "may_skip", "agenda"]


@admin.register(Procedure)
class ProcedureAdmin(TemplateAdmin):
    form = ProcedureAdminForm
    view_on_site = False
    list_display = ["name", "kind", "committee", "source", "is_reconstructed", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name"]
    searched_when_chosen = False
    fields = ["committee", "kind", "name", "description", "suits", "source", "is_reconstructed", "is_active"]
    inlines = [ProcedureStepInline]


class QuotaFormulaLineInline(ScopedInline):
    model = QuotaFormulaLine
    can_delete = True
    fields = ["position", "label", "forms", "count", "open_ended"]


@admin.register(QuotaFormula)
class QuotaFormulaAdmin(TemplateAdmin):
    list_display = ["name", "description", "committee", "source", "is_active"]
    fields = ["committee", "name", "description", "source", "is_active"]
    inlines = [QuotaFormulaLineInline]
