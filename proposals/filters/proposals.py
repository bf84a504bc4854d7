import django_filters as filters
from django import forms

from config.filters import SearchFilter
from members.models import Organisation
from proposals.models import Category, Plenary, Proposal
from proposals.states import ProposalState, ProposerKind, Timing


class ProposalFilter(filters.FilterSet):
    q = SearchFilter()
    state = filters.ChoiceFilter(label="状态", choices=ProposalState.choices, empty_label="全部状态")
    kind = filters.ChoiceFilter(label="提案者", choices=ProposerKind.choices, empty_label="全部提案者")
    plenary = filters.ModelChoiceFilter(label="届次", queryset=Plenary.objects.none(), empty_label="全部届次")
    timing = filters.ChoiceFilter(label="提出时间", choices=Timing.choices, empty_label="大会和平时")
    sphere = filters.ModelChoiceFilter(label="分类", queryset=Category.objects.none(), empty_label="全部分类")
    field = filters.ModelChoiceFilter(
        label="民生领域", field_name="fields", queryset=Category.objects.none(), empty_label="全部领域"
    )
    unit = filters.ModelChoiceFilter(label="主办单位", queryset=Organisation.objects.none(), empty_label="全部单位")
    is_key = filters.BooleanFilter(label="只看重点提案", method="only_key", widget=forms.CheckboxInput)

    class Meta:
        model = Proposal
        fields = ["q", "state", "kind", "plenary", "timing", "sphere", "field", "unit", "is_key"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        user = self.request.user
        categories = Category.objects.visible_to(user)
        self.filters["plenary"].queryset = Plenary.objects.visible_to(user)
        self.filters["sphere"].queryset = categories.spheres()
        self.filters["field"].queryset = categories.fields()
        self.filters["unit"].queryset = Organisation.objects.visible_to(user).that_handle()

    def only_key(self, queryset, name, value):
        return queryset.filter(is_key=True) if value else queryset
