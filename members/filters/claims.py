import django_filters as filters

from members.facts import Fact
from members.models import DutyClaim, Member
from members.states import ClaimState


class ClaimFilter(filters.FilterSet):
    """Claims by name, state and fact."""

    q = filters.CharFilter(label="委员姓名或内容", method="named", max_length=50)
    state = filters.ChoiceFilter(label="状态", choices=ClaimState.choices, empty_label="全部状态")
    fact = filters.ChoiceFilter(label="事项", choices=Fact.choices, empty_label="全部事项")

    class Meta:
        model = DutyClaim
        fields = ["q", "state", "fact"]

    def named(self, queryset, name, words):
        words = words.replace("\0", "")
        members = Member.objects.filter(user__name__contains=words).values("pk")
        return queryset.filter(title__contains=words) | queryset.filter(member__in=members)
