import django_filters as filters
from django.utils import timezone

from config.filters import SearchFilter
from members.models import Body, BodyKind, Member, Membership, Region, RegionLevel
from members.roles import Permission

GROUPS = [
    BodyKind.SPECIAL_COMMITTEE, BodyKind.DUTY_GROUP, BodyKind.LIAISON_GROUP, BodyKind.ACTIVITY_GROUP,
]  # fmt: skip
STATES = [("standing", "在任常委"), ("left", "已离任"), ("all", "全部")]


class PeopleFilter(filters.FilterSet):
    """Members by words, sector, body, region and standing; those who serve unless others are asked for."""

    q = SearchFilter(label="姓名、单位、专长")
    sector = filters.ModelChoiceFilter(label="界别", queryset=Body.objects.none(), empty_label="全部界别")
    body = filters.ModelChoiceFilter(
        label="专委会或小组", queryset=Body.objects.none(), empty_label="全部", method="sitting_in"
    )
    region = filters.ModelChoiceFilter(label="所在乡镇", queryset=Region.objects.none(), empty_label="全部乡镇")
    state = filters.ChoiceFilter(label="任职", choices=STATES, empty_label="在任", method="serving")

    class Meta:
        model = Member
        fields = ["q", "sector", "body", "region", "state"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        whole = user.committees_with(Permission.PEOPLE_MANAGE) | user.committees_with(Permission.DUTY_MANAGE)
        part = user.committees_reached_with(Permission.DUTY_LOOK_AFTER)
        bodies = Body.objects.visible_to(user).filter(is_active=True)
        self.filters["sector"].queryset = bodies.filter(committee__in=whole | part, kind=BodyKind.SECTOR)
        groups = bodies.filter(committee__in=whole, kind__in=GROUPS)
        own = bodies.filter(pk__in=user.bodies_with(Permission.DUTY_LOOK_AFTER))
        self.filters["body"].queryset = (groups | own).order_by("kind", "position", "pk")
        lived = Member.objects.filter(committee__in=whole | part).order_by().values("region")
        self.filters["region"].queryset = Region.objects.filter(code__in=lived, level__lte=RegionLevel.TOWN)

    @property
    def group(self) -> Body | None:
        """The special committee or group that was chosen."""
        return self.form.cleaned_data.get("body") if self.form.is_valid() else None

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.in_force()

    def sitting_in(self, queryset, name, body):
        held = Membership.objects.in_force().filter(body=body, member__isnull=False).values("member")
        return queryset.filter(pk__in=held)

    def serving(self, queryset, name, value):
        if value == "standing":
            return queryset.in_force().filter(is_standing=True)
        return queryset.filter(until__lt=timezone.localdate()) if value == "left" else queryset
