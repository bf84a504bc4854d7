import django_filters as filters
from django import forms

from config.filters import SearchFilter
from members.models import Organisation
from proposals.models import Assignment, Category, MicroProposal
from proposals.states import AssignmentState, MicroKind, MicroState


class MicroFilter(filters.FilterSet):
    q = SearchFilter()
    state = filters.ChoiceFilter(label="状态", choices=MicroState.choices, empty_label="全部状态")
    kind = filters.ChoiceFilter(label="希望怎样办", choices=MicroKind.choices, empty_label="全部")
    category = filters.ModelChoiceFilter(label="类别", queryset=Category.objects.none(), empty_label="全部类别")

    class Meta:
        model = MicroProposal
        fields = ["q", "state", "kind", "category"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["category"].queryset = Category.objects.visible_to(self.request.user)


class AssignmentFilter(filters.FilterSet):
    q = SearchFilter()
    state = filters.ChoiceFilter(label="状态", choices=AssignmentState.choices, empty_label="全部状态")
    unit = filters.ModelChoiceFilter(label="承办单位", queryset=Organisation.objects.none(), empty_label="全部单位")
    overdue = filters.BooleanFilter(label="只看逾期", method="only_overdue", widget=forms.CheckboxInput)

    class Meta:
        model = Assignment
        fields = ["q", "state", "unit", "overdue"]

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.filters["unit"].queryset = Organisation.objects.visible_to(self.request.user).that_handle()

    def only_overdue(self, queryset, name, value):
        return queryset.overdue(self.today) if value else queryset
