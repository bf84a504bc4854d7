from consultation.forms.consultations import (
    AgendaForms,
    ConsultationEditForm,
    InviteForm,
    MinutesForm,
    SessionForm,
    StepForm,
)
from consultation.forms.outcomes import ClassifyForm, LookForm, OutcomeForm
from consultation.forms.pieces import WordsForm
from consultation.forms.plans import (
    AdjustmentForm,
    DecisionForm,
    IssueForm,
    PlanForm,
    PlanItemForm,
    ProcedureForm,
    TopicForm,
)

__all__ = [
    "AdjustmentForm",
    "AgendaForms",
    "ClassifyForm",
    "ConsultationEditForm",
    "DecisionForm",
    "InviteForm",
    "IssueForm",
    "LookForm",
    "MinutesForm",
    "OutcomeForm",
    "PlanForm",
    "PlanItemForm",
    "ProcedureForm",
    "SessionForm",
    "StepForm",
    "TopicForm",
    "WordsForm",
]
