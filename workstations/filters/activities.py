import django_filters as filters
from django.core.validators import RegexValidator
from django.forms import TextInput

from config.filters import SearchFilter
from members.models import Body, BodyKind
from workstations.models import Activity, ActivityKind, Workstation
from workstations.queries.calendar import MONTH, Month

IS_MONTH = RegexValidator(MONTH, "请填年月，如 2026-11。")


class MonthFilter(filters.CharFilter):
    """`month=2026-11`: what begins in that month, in the site's time zone."""

    def __init__(self, **options):
        usual = {"label": "月份", "validators": [IS_MONTH], "widget": TextInput(attrs={"type": "month"})}
        super().__init__(**{**usual, **options})

    def filter(self, queryset, value):
        if not value:
            return queryset
        begins, ends = Month(*map(int, value.split("-"))).span
        return queryset.filter(starts_at__gte=begins, starts_at__lt=ends)


class ActivityFilter(filters.FilterSet):
    """Activities by words, kind, host and month."""

    q = SearchFilter()
    kind = filters.ChoiceFilter(label="类别", choices=ActivityKind.choices, empty_label="全部类别")
    body = filters.ModelChoiceFilter(label="主办机构", queryset=Body.objects.none(), empty_label="全部机构")
    station = filters.ModelChoiceFilter(label="站点", queryset=Workstation.objects.none(), empty_label="全部站点")
    month = MonthFilter()

    class Meta:
        model = Activity
        fields = ["q", "kind", "body", "station", "month"]

    def __init__(self, *args, committees, user=None, **kwargs):
        """Only hosts of activities that `user` may read are offered; no user is a visitor."""
        super().__init__(*args, **kwargs)
        seen = Activity.objects.visible_to(user) if user else Activity.objects.public()
        hosts = seen.filter(committee__in=committees, is_sensitive=False)
        bodies = Body.objects.filter(is_sensitive=False, pk__in=hosts.exclude(body=None).values("body"))
        if user is None:
            bodies = bodies.exclude(kind=BodyKind.PARTY_ORGANISATION)
        self.filters["body"].queryset = bodies.order_by("kind", "position", "pk")
        stations = Workstation.objects.filter(pk__in=hosts.exclude(station=None).values("station"))
        self.filters["station"].queryset = stations.order_by("name")
