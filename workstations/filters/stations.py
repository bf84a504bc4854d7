import django_filters as filters

from config.filters import SearchFilter
from members.models import Committee, Region
from workstations.models import StationKind, Workstation


class StationFilter(filters.FilterSet):
    """Stations by words, kind and place; the places are the divisions just below the committee's own region."""

    q = SearchFilter()
    kind = filters.ChoiceFilter(label="类别", choices=StationKind.choices, empty_label="全部类别")
    place = filters.ModelChoiceFilter(
        label="所在地", queryset=Region.objects.none(), empty_label="全部地方", method="inside"
    )

    class Meta:
        model = Workstation
        fields = ["q", "kind", "place"]

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        below = Region.objects.within(committee.region).filter(level=committee.region.level + 1)
        self.filters["place"].queryset = below.in_force()

    def inside(self, queryset, name, region):
        return queryset.within(region)
