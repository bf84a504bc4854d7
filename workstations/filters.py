import django_filters as filters

from members.models import Committee, Region
from workstations.models import StationKind, Workstation


class StationFilter(filters.FilterSet):
    """Stations by words, kind and place; without a committee there is no list of places to choose from."""

    q = filters.CharFilter(label="搜索", method="search")
    kind = filters.ChoiceFilter(label="类别", choices=StationKind.choices, empty_label="全部类别")
    place = filters.ModelChoiceFilter(
        label="所在地", queryset=Region.objects.none(), empty_label="全部地方", method="inside"
    )

    class Meta:
        model = Workstation
        fields = ["q", "kind", "place"]

    def __init__(self, *args, committee: Committee | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if committee is not None:
            below = Region.objects.within(committee.region).filter(level=committee.region.level + 1).in_force()
            self.filters["place"].queryset = below

    def search(self, queryset, name, words):
        return queryset.matching(words)

    def inside(self, queryset, name, region):
        return queryset.within(region)
