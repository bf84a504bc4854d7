import django_filters as filters
from django.db.models import Q

from members.models import Committee, Organisation
from proposals.models import Category, Plenary, Proposal
from proposals.states import ProposalState, PublicationLevel, ReplyGrade

SHOWN = [(state.value, state.label) for state in (ProposalState.FILED, ProposalState.ASSIGNED, ProposalState.CLOSED)]


def said(queryset, value: str):
    """Of a summary only the title and the summary are public, so only they are searched."""
    plain = value.replace("\0", "")
    told = Q(title__icontains=plain) | Q(public_summary__icontains=plain)
    summary = Q(publication=PublicationLevel.SUMMARY) & told
    return queryset.matching_within(Q(publication=PublicationLevel.FULL), value, others=summary)


class PublicProposalFilter(filters.FilterSet):
    """Public proposals of one committee, as everybody looks for them."""

    q = filters.CharFilter(label="搜索", method="words", max_length=50)
    plenary = filters.ModelChoiceFilter(label="届次", queryset=Plenary.objects.none(), empty_label="全部届次")
    sphere = filters.ModelChoiceFilter(label="分类", queryset=Category.objects.none(), empty_label="全部分类")
    field = filters.ModelChoiceFilter(
        field_name="fields", label="民生领域", queryset=Category.objects.none(), empty_label="全部领域"
    )
    unit = filters.ModelChoiceFilter(label="主办单位", queryset=Organisation.objects.none(), empty_label="全部单位")
    grade = filters.ChoiceFilter(label="办理结果", choices=ReplyGrade.choices, empty_label="全部")
    state = filters.ChoiceFilter(label="进展", choices=SHOWN, empty_label="全部")
    key = filters.ChoiceFilter(label="重点提案", choices=[("1", "只看重点提案")], empty_label="全部", method="only_key")

    class Meta:
        model = Proposal
        fields = ["q", "plenary", "sphere", "unit", "grade", "state"]

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["plenary"].queryset = Plenary.objects.filter(committee=committee).order_by("-term", "-number")
        offered = Category.objects.offered_by(committee)
        self.filters["sphere"].queryset = offered.spheres()
        self.filters["field"].queryset = offered.fields()
        self.filters["unit"].queryset = Organisation.objects.of(committee).that_handle()

    def words(self, queryset, name, value):
        return said(queryset, value)

    def only_key(self, queryset, name, value):
        return queryset.filter(is_key=True)
