import django_filters as filters
from django.forms import HiddenInput

from config.filters import SearchFilter
from members.models import Body, BodyKind, Committee, Member, Membership

GROUPS = (BodyKind.SPECIAL_COMMITTEE, BodyKind.DUTY_GROUP, BodyKind.ACTIVITY_GROUP, BodyKind.LIAISON_GROUP)


class RankFilter(filters.FilterSet):
    """Members of the ranks by words, sector and the body they sit in."""

    q = SearchFilter()
    sector = filters.ModelChoiceFilter(label="界别", queryset=Body.objects.none(), empty_label="全部界别")
    body = filters.ModelChoiceFilter(
        label="专委会和小组", queryset=Body.objects.none(), empty_label="全部机构", method="sits_in"
    )
    year = filters.NumberFilter(widget=HiddenInput, method="of_year")

    class Meta:
        model = Member
        fields = ["q", "sector", "body", "year"]

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        bodies = Body.objects.filter(committee=committee, is_active=True).order_by("kind", "position", "pk")
        self.filters["sector"].queryset = bodies.filter(kind=BodyKind.SECTOR)
        self.filters["body"].queryset = bodies.filter(kind__in=GROUPS)

    def sits_in(self, queryset, name, body):
        held = Membership.objects.in_force().filter(body=body, member__isnull=False)
        return queryset.filter(pk__in=held.values("member"))

    def of_year(self, queryset, name, value):
        """The year picks the scheme, not the members; it stays in the address."""
        return queryset
