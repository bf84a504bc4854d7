import django_filters as filters
from django.db.models import Q

from members.models import Committee, Region, RegionLevel
from proposals.models import Category, MicroLead, MicroProposal, ResultTag
from proposals.states import PublicationLevel, Satisfaction

STANDING = {
    "open": ("领办中", Q(finished_at__isnull=True, ended_at__isnull=True)),
    "rating": ("待评价", Q(finished_at__isnull=False, rated_at__isnull=True, ended_at__isnull=True)),
    "unhappy": ("不满意", Q(satisfaction=Satisfaction.UNSATISFIED, ended_at__isnull=True)),
    "done": ("已办结", Q(satisfaction__in=[Satisfaction.SATISFIED, Satisfaction.BASIC])),
    "back": ("已收回", Q(ended_at__isnull=False)),
}


class LeadFilter(filters.FilterSet):
    standing = filters.ChoiceFilter(
        label="进展", choices=[(code, label) for code, (label, _) in STANDING.items()], empty_label="全部",
        method="stands",
    )  # fmt: skip

    class Meta:
        model = MicroLead
        fields = ["standing"]

    def stands(self, queryset, name, value):
        return queryset.filter(STANDING[value][1])


class SolvedFilter(filters.FilterSet):
    """Closed and published micro-proposals, as everybody looks for them: words, category, town, what was built."""

    q = filters.CharFilter(label="搜索", method="said", max_length=50)
    category = filters.ModelChoiceFilter(label="类别", queryset=Category.objects.none(), empty_label="全部类别")
    town = filters.ModelChoiceFilter(
        label="乡镇街道", queryset=Region.objects.none(), empty_label="全部地方", method="inside"
    )
    tag = filters.ChoiceFilter(label="微建设、微服务", choices=ResultTag.choices, empty_label="不限", method="brought")

    class Meta:
        model = MicroProposal
        fields = ["q", "category", "town", "tag"]

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["category"].queryset = Category.objects.offered_by(committee).fields()
        towns = Region.objects.within(committee.region).filter(level=RegionLevel.TOWN)
        self.filters["town"].queryset = towns.in_force()

    def said(self, queryset, name, value):
        """Of a summary only the title is public, so only the title is searched."""
        titled = Q(publication=PublicationLevel.SUMMARY, title__icontains=value.replace("\0", ""))
        return queryset.matching_within(Q(publication=PublicationLevel.FULL), value, others=titled)

    def inside(self, queryset, name, region):
        low, high = region.span
        return queryset.filter(region__gte=low, region__lt=high)

    def brought(self, queryset, name, value):
        return queryset.filter(results__tag=value).distinct()
