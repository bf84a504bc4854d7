import django_filters as filters

from config.filters import SearchFilter
from members.models import Committee
from proposals.models import Category, Proposal


class HandingFilter(filters.FilterSet):
    """Filed proposals to choose from, by words and sphere."""

    q = SearchFilter()
    sphere = filters.ModelChoiceFilter(label="分类", queryset=Category.objects.none(), empty_label="全部分类")

    class Meta:
        model = Proposal
        fields = ["q", "sphere"]

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["sphere"].queryset = Category.objects.offered_by(committee).spheres()
