import django_filters as filters

from workstations.models import Activity, FundKind, FundLine, Workstation


class FundFilter(filters.FilterSet):
    """Lines of money by kind, station, year; a struck one stays in the list."""

    kind = filters.ChoiceFilter(label="类别", choices=FundKind.choices, empty_label="全部类别")
    station = filters.ModelChoiceFilter(label="站点", queryset=Workstation.objects.none(), empty_label="全部站点")
    activity = filters.ModelChoiceFilter(label="活动", queryset=Activity.objects.none(), empty_label="全部活动")
    year = filters.ChoiceFilter(label="年度", empty_label="全部年度", method="in_year")

    class Meta:
        model = FundLine
        fields = ["kind", "station", "activity", "year"]

    def __init__(self, *args, committee, years, **kwargs):
        super().__init__(*args, **kwargs)
        lines = FundLine.objects.filter(committee=committee)
        self.filters["station"].queryset = Workstation.objects.filter(
            pk__in=lines.filter(station__isnull=False).values("station")
        ).order_by("name")
        self.filters["activity"].queryset = Activity.objects.filter(
            pk__in=lines.filter(activity__isnull=False).values("activity")
        )
        self.filters["year"].extra["choices"] = [(year, f"{year}年") for year in years]

    def in_year(self, queryset, name, year):
        return queryset.of_year(int(year))
