import django_filters as filters

from config.filters import SearchFilter
from members.models import Committee, Region
from workstations.models import Demand, DemandKind, Project, Resource
from workstations.models.lists import FIELDS, ON_SHOW
from workstations.states import DemandState, ProjectState

CHOICES = [(field, field) for field in FIELDS]
SHOWN = [(state.value, state.label) for state in ON_SHOW]
STARTED = [(state.value, state.label) for state in (ProjectState.RUNNING, ProjectState.DONE)]


class ResourceFilter(filters.FilterSet):
    q = SearchFilter()
    field = filters.ChoiceFilter(label="领域", choices=CHOICES, empty_label="全部领域")

    class Meta:
        model = Resource
        fields = ["q", "field"]


class DemandFilter(filters.FilterSet):
    """Needs by words, kind, state, field and place; visitors choose among the states that they see."""

    q = SearchFilter()
    kind = filters.ChoiceFilter(label="类别", choices=DemandKind.choices, empty_label="全部类别")
    state = filters.ChoiceFilter(label="状态", choices=SHOWN, empty_label="全部状态")
    field = filters.ChoiceFilter(label="领域", choices=CHOICES, empty_label="全部领域")
    place = filters.ModelChoiceFilter(
        label="在哪里", queryset=Region.objects.none(), empty_label="全部地方", method="inside"
    )

    class Meta:
        model = Demand
        fields = ["q", "kind", "state", "field", "place"]

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        below = Region.objects.within(committee.region).filter(level=committee.region.level + 1)
        self.filters["place"].queryset = below.in_force()

    def inside(self, queryset, name, region):
        low, high = region.span
        return queryset.filter(region__gte=low, region__lt=high)


class WorkDemandFilter(DemandFilter):
    """The same for those who look after needs, with every state."""

    state = filters.ChoiceFilter(label="状态", choices=DemandState.choices, empty_label="全部状态")


class ProjectFilter(filters.FilterSet):
    q = SearchFilter()
    state = filters.ChoiceFilter(label="状态", choices=STARTED, empty_label="全部状态")
    kind = filters.ChoiceFilter(
        label="类别", field_name="demand__kind", choices=DemandKind.choices, empty_label="全部类别"
    )

    class Meta:
        model = Project
        fields = ["q", "state", "kind"]


class WorkProjectFilter(ProjectFilter):
    state = filters.ChoiceFilter(label="状态", choices=ProjectState.choices, empty_label="全部状态")
