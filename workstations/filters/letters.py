import django_filters as filters
from django.utils import timezone

from config.filters import SearchFilter
from members.models import Organisation
from workstations.models import Letter, LetterKind
from workstations.states import LetterState

STANDS = [*LetterState.choices, ("open", "等待回复"), ("late", "逾期未回复")]


class LetterFilter(filters.FilterSet):
    """The inbox by words, direction, how it stands, kind, and for the office by unit."""

    q = SearchFilter()
    way = filters.ChoiceFilter(
        label="方向", field_name="outgoing", choices=[("1", "政协发出"), ("0", "乡镇、村发来")], empty_label="两个方向",
        method="by_way",
    )  # fmt: skip
    stands = filters.ChoiceFilter(label="状态", choices=STANDS, empty_label="全部状态", method="by_standing")
    kind = filters.ChoiceFilter(label="类别", choices=LetterKind.choices, empty_label="全部类别")
    organisation = filters.ModelChoiceFilter(
        label="单位", queryset=Organisation.objects.none(), empty_label="全部单位"
    )  # fmt: skip

    class Meta:
        model = Letter
        fields = ["q", "way", "stands", "kind", "organisation"]

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["organisation"].queryset = offered
        self.filters["organisation"].field.queryset = offered

    def by_way(self, queryset, name, value):
        return queryset.filter(outgoing=value == "1")

    def by_standing(self, queryset, name, value):
        if value == "open":
            return queryset.unanswered()
        if value == "late":
            return queryset.unanswered().filter(due_on__lt=timezone.localdate())
        return queryset.filter(state=value)
