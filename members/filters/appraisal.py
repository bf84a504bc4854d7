import django_filters as filters

from config.filters import SearchFilter
from members.models import AppraisalResult, Body, BodyKind, Measure, MeasureKind, Member
from members.states import MeasureState

EXCUSED = "-"


class ResultFilter(filters.FilterSet):
    """The results of one year by words, grade and sector."""

    q = SearchFilter(label="姓名、单位或专长", method="named")
    grade = filters.ChoiceFilter(label="等次", empty_label="全部等次", method="graded")
    sector = filters.ModelChoiceFilter(
        label="界别", queryset=Body.objects.none(), empty_label="全部界别", field_name="member__sector"
    )

    class Meta:
        model = AppraisalResult
        fields = ["q", "grade", "sector"]

    def __init__(self, *args, appraisal, grades, **kwargs):
        super().__init__(*args, **kwargs)
        self.appraisal = appraisal
        self.filters["grade"].extra["choices"] = [*((name, name) for name in grades), (EXCUSED, "不参评")]
        sectors = Body.objects.filter(committee=appraisal.committee_id, kind=BodyKind.SECTOR)
        self.filters["sector"].queryset = sectors.order_by("position", "pk")

    def named(self, queryset, name, words):
        found = Member.objects.filter(committee=self.appraisal.committee_id).matching(words)
        return queryset.filter(member__in=found.values("pk"))

    def graded(self, queryset, name, grade):
        return queryset.exclude(excused="") if grade == EXCUSED else queryset.graded().filter(grade=grade)


class MeasureFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label="状态", choices=MeasureState.choices, empty_label="全部状态")
    kind = filters.ChoiceFilter(label="措施", choices=MeasureKind.choices, empty_label="全部措施")

    class Meta:
        model = Measure
        fields = ["state", "kind"]
