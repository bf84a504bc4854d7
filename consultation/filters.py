import django_filters as filters

from config.filters import SearchFilter
from consultation.models import AnnualPlan, Consultation, Outcome, OutcomeTask, PlanItem, Topic
from consultation.states import (
    ConsultationForm,
    ConsultationState,
    ContentKind,
    OutcomeClass,
    OutcomeRoute,
    OutcomeState,
    PlanState,
    TaskState,
    TopicSource,
    TopicState,
)


def _choice(label, choices):
    return filters.ChoiceFilter(label=label, choices=choices, empty_label=f"全部{label}")


class TopicFilter(filters.FilterSet):
    q = SearchFilter()
    state = _choice("状态", TopicState.choices)
    source = _choice("来源", TopicSource.choices)
    content_kind = _choice("内容类别", ContentKind.choices)

    class Meta:
        model = Topic
        fields = ["q", "state", "source", "content_kind"]


class PlanFilter(filters.FilterSet):
    year = filters.NumberFilter(label="年度", min_value=2000, max_value=2100)
    state = _choice("状态", PlanState.choices)

    class Meta:
        model = AnnualPlan
        fields = ["year", "state"]


class PlanItemFilter(filters.FilterSet):
    q = SearchFilter()
    form = _choice("协商形式", ConsultationForm.choices)
    month = filters.NumberFilter(label="月份", min_value=1, max_value=12)

    class Meta:
        model = PlanItem
        fields = ["q", "form", "month"]


class PublicConsultationFilter(filters.FilterSet):
    q = SearchFilter()
    year = filters.NumberFilter(label="年度", min_value=2000, max_value=2100)
    form = _choice("协商形式", ConsultationForm.choices)

    class Meta:
        model = Consultation
        fields = ["q", "year", "form"]


class ConsultationFilter(PublicConsultationFilter):
    state = _choice("状态", ConsultationState.choices)

    class Meta:
        model = Consultation
        fields = ["q", "state", "form", "year"]


class OutcomeFilter(filters.FilterSet):
    q = SearchFilter()
    state = _choice("状态", OutcomeState.choices)
    outcome_class = _choice("类别", OutcomeClass.choices)
    route = _choice("去向", OutcomeRoute.choices)

    class Meta:
        model = Outcome
        fields = ["q", "state", "outcome_class", "route"]


class OutcomeTaskFilter(filters.FilterSet):
    state = _choice("状态", TaskState.choices)
    kind = _choice("任务", [choice for choice in OutcomeRoute.choices if choice[0] != OutcomeRoute.HANDLING_UNIT])

    class Meta:
        model = OutcomeTask
        fields = ["state", "kind"]
