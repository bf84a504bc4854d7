import django_filters as filters

from config.filters import SearchFilter
from members.models import Body, BodyKind, Committee, Member, MemberQuestion, Region
from members.queries.profiles import TOLD
from members.states import QuestionState


class FindFilter(filters.FilterSet):
    """Members whom the public finds: by words, place and sector; what tells a belief or a party is not offered."""

    q = SearchFilter(label="姓名、单位或专长")
    place = filters.ModelChoiceFilter(
        label="所在地", queryset=Region.objects.none(), empty_label="全部地方", method="inside"
    )
    sector = filters.ModelChoiceFilter(label="界别", queryset=Body.objects.none(), empty_label="全部界别")

    class Meta:
        model = Member
        fields = ["q", "place", "sector"]

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        below = Region.objects.within(committee.region).filter(level=committee.region.level + 1)
        self.filters["place"].queryset = below.in_force()
        self.filters["sector"].queryset = Body.objects.filter(
            TOLD, committee=committee, kind=BodyKind.SECTOR, is_active=True
        )

    def inside(self, queryset, name, region):
        low, high = region.span
        return queryset.filter(region__gte=low, region__lt=high)


class QuestionFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label="状态", choices=QuestionState.choices, empty_label="全部")

    class Meta:
        model = MemberQuestion
        fields = ["state"]
