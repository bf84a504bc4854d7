import django_filters as filters
from django import forms

from config.filters import SearchFilter
from members.models import Body, BodyKind, Committee, Region
from workstations.models import StationKind, Workstation
from workstations.queries import station_matrix


class StationFilter(filters.FilterSet):
    """Stations by words, kind, place, level, sector, feature, and whether they are an example for the others; the
    places are the divisions just below the committee's own region."""

    q = SearchFilter()
    kind = filters.ChoiceFilter(label="类别", choices=StationKind.choices, empty_label="全部类别")
    place = filters.ModelChoiceFilter(
        label="所在地", queryset=Region.objects.none(), empty_label="全部地方", method="inside"
    )
    level = filters.ChoiceFilter(
        label="层级",
        choices=[(code, station_matrix.label_of(code)) for code in (*station_matrix.LEVELS, station_matrix.AWAY)],
        empty_label="全部层级",
        method="on_level",
    )
    sector = filters.ModelChoiceFilter(label="界别", queryset=Body.objects.none(), empty_label="全部界别")
    feature = filters.CharFilter(label="特色", lookup_expr="contains", max_length=32)
    demonstration = filters.BooleanFilter(label="只看示范站", method="demonstrating", widget=forms.CheckboxInput)

    class Meta:
        model = Workstation
        fields = ["q", "kind", "place", "level", "sector", "feature", "demonstration"]

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.region = committee.region
        below = Region.objects.within(committee.region).filter(level=committee.region.level + 1)
        self.filters["place"].queryset = below.in_force()
        sectors = Body.objects.filter(committee=committee, kind=BodyKind.SECTOR, is_active=True, is_sensitive=False)
        self.filters["sector"].queryset = sectors.order_by("position", "pk")

    def inside(self, queryset, name, region):
        return queryset.within(region)

    def on_level(self, queryset, name, level):
        return station_matrix.of_level(queryset, level, self.region)

    def demonstrating(self, queryset, name, wanted):
        return queryset.demonstrating() if wanted else queryset
