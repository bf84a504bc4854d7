import django_filters as filters

from config.filters import SearchFilter
from members.forms import RegionField
from members.models import Committee, Region, RegionLevel
from workstations.filters.activities import IS_MONTH, MonthFilter
from workstations.models import Grid, GridKind, GridLog, GridPosting
from workstations.queries import grids as queries

SERVED = [("yes", "有委员联系"), ("no", "还没有委员联系")]


class PlaceFilter(filters.Filter):
    """A county, town or village; `root` is given when the filter set is made."""

    field_class = RegionField

    def __init__(self, **options):
        super().__init__(**{"label": "所在地", "method": "inside", **options})


class _OfPlace(filters.FilterSet):
    """What has a place inside a committee's region."""

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.committee = committee
        self.filters["place"].extra["root"] = committee.region

    def inside(self, queryset, name, region):
        return queryset.within(region) if region else queryset

    @property
    def place(self) -> Region:
        """The place that is asked for; the whole region when none is, or none that can be understood."""
        asked = self.form.cleaned_data.get("place") if self.form.is_valid() else None
        return asked or self.committee.region


class GridFilter(_OfPlace):
    """Grids by name, place (county, town or village), kind, field, and whether somebody serves them."""

    q = SearchFilter(label="网格名称", method="named")
    place = PlaceFilter()
    served = filters.ChoiceFilter(label="委员联系", choices=SERVED, empty_label="不限", method="that_are_served")
    kind = filters.ChoiceFilter(label="类别", choices=GridKind.choices, empty_label="全部类别")
    field = filters.ChoiceFilter(label="领域", choices=[], empty_label="全部领域")
    retired = filters.ChoiceFilter(label="状态", choices=[("yes", "已停用")], empty_label="在用", method="as_is")

    class Meta:
        model = Grid
        fields = ["q", "place", "served", "kind", "field", "retired"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields = Grid.objects.filter(committee=self.committee, kind=GridKind.DEDICATED).exclude(field="")
        names = fields.order_by("field").values_list("field", flat=True).distinct()
        self.filters["field"].extra["choices"] = [(name, name) for name in names]

    @property
    def qs(self):
        """Those in use, unless the retired ones are asked for."""
        retired = self.is_bound and self.form.is_valid() and self.form.cleaned_data["retired"]
        return super().qs.filter(region__valid_to__isnull=False) if retired else super().qs.in_force()

    def named(self, queryset, name, words):
        found = Region.objects.filter(level=RegionLevel.GRID).matching(words)
        return queryset.filter(region__in=found.values("pk"))

    def that_are_served(self, queryset, name, value):
        return queries.covered(queryset) if value == "yes" else queries.uncovered(queryset)

    def as_is(self, queryset, name, value):
        return queryset


class PostingFilter(_OfPlace):
    """Postings by member's name, place, and whether they stand."""

    q = filters.CharFilter(label="委员姓名", max_length=32, method="of_name")
    place = PlaceFilter()
    ended = filters.ChoiceFilter(label="状态", choices=[("yes", "已结束")], empty_label="在任", method="as_is")

    class Meta:
        model = GridPosting
        fields = ["q", "place", "ended"]

    @property
    def qs(self):
        """Those that stand, unless the ended ones are asked for."""
        ended = self.is_bound and self.form.is_valid() and self.form.cleaned_data["ended"]
        return super().qs.filter(until__isnull=False) if ended else super().qs.in_force()

    def of_name(self, queryset, name, words):
        return queryset.filter(member__user__name__contains=words.replace("\0", ""))

    def as_is(self, queryset, name, value):
        return queryset


class LogFilter(_OfPlace):
    """Monthly logs by place and month."""

    place = PlaceFilter()
    month = MonthFilter(validators=[IS_MONTH], method="of_month")

    class Meta:
        model = GridLog
        fields = ["place", "month"]

    def inside(self, queryset, name, region):
        if not region or region == self.committee.region:
            return queryset
        low, high = region.span
        there = GridLog.regions.through.objects.filter(region__gte=low, region__lt=high).values("gridlog")
        return queryset.filter(pk__in=there)

    def of_month(self, queryset, name, value):
        return queryset.filter(month=f"{value}-01") if value else queryset
