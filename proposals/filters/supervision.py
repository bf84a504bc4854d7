import django_filters as filters
from django.db.models import Q

from members.models import Organisation
from members.roles import Permission
from proposals.models import Assignment, LookBackItem, Supervision
from proposals.states import AssignmentState, LookBackItemState, SupervisionKind, SupervisionState

STANDS = [
    (AssignmentState.FOLLOWING, "跟踪落实"), (AssignmentState.REPLIED, "待评价"),
    (AssignmentState.MEETING, "待面商"), (AssignmentState.HANDLING, "重新办理中"), (AssignmentState.CLOSED, "已办结"),
]  # fmt: skip


def _units(user):
    looked_over = Q(committee__in=user.committees_with(Permission.MATTER_VIEW))
    mine = Q(pk__in=user.organisations_with(Permission.MATTER_HANDLE))
    return Organisation.objects.filter(looked_over | mine).that_handle()


class OfUnitFilter(filters.FilterSet):
    """Filters that begin with the unit."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["unit"].queryset = _units(self.request.user)


class SupervisionFilter(OfUnitFilter):
    unit = filters.ModelChoiceFilter(
        label="承办单位", field_name="assignment__unit", queryset=Organisation.objects.none(), empty_label="全部单位"
    )
    kind = filters.ChoiceFilter(label="督办方式", choices=SupervisionKind.choices, empty_label="全部方式")

    class Meta:
        model = Supervision
        fields = ["unit", "kind"]


class SupervisionListFilter(SupervisionFilter):
    state = filters.ChoiceFilter(label="状态", choices=SupervisionState.choices, empty_label="全部状态")

    class Meta:
        model = Supervision
        fields = ["unit", "kind", "state"]


class LookBackItemFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label="状态", choices=LookBackItemState.choices, empty_label="全部状态")
    unit = filters.ModelChoiceFilter(
        label="承办单位", field_name="assignment__unit", queryset=Organisation.objects.none(), empty_label="全部单位"
    )

    class Meta:
        model = LookBackItem
        fields = ["state", "unit"]

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        mine = LookBackItem.objects.visible_to(self.request.user).filter(campaign=campaign)
        self.filters["unit"].queryset = Organisation.objects.filter(pk__in=mine.values("assignment__unit"))


class FollowedFilter(OfUnitFilter):
    unit = filters.ModelChoiceFilter(label="承办单位", queryset=Organisation.objects.none(), empty_label="全部单位")
    state = filters.ChoiceFilter(label="状态", choices=STANDS, empty_label="全部状态")

    class Meta:
        model = Assignment
        fields = ["unit", "state"]
