from consultation.models.consultations import AgendaItem, Consultation, Participant, Session
from consultation.models.involvements import ConsultationInvolvement
from consultation.models.outcomes import Look, Outcome, OutcomeTask
from consultation.models.plans import (
    AnnualPlan,
    PlanAdjustment,
    PlanItem,
    PlanQuota,
    PlanSignature,
    QuotaFormula,
    QuotaFormulaLine,
)
from consultation.models.procedures import Procedure, ProcedureStep, Step
from consultation.models.topics import Topic

__all__ = [
    "AgendaItem",
    "AnnualPlan",
    "Consultation",
    "ConsultationInvolvement",
    "Look",
    "Outcome",
    "OutcomeTask",
    "Participant",
    "PlanAdjustment",
    "PlanItem",
    "PlanQuota",
    "PlanSignature",
    "Procedure",
    "ProcedureStep",
    "QuotaFormula",
    "QuotaFormulaLine",
    "Session",
    "Step",
    "Topic",
]
