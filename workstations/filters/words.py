import django_filters as filters
from django.utils import timezone

from config.filters import SearchFilter
from workstations.models import Channel, Word, Workstation
from workstations.states import WordState

OPEN = (WordState.NEW, WordState.HANDED)


class WordFilter(filters.FilterSet):
    """Words at a desk, by state, channel and words; the office also by station, and what is late."""

    state = filters.ChoiceFilter(label="状态", choices=WordState.choices, empty_label="全部")
    channel = filters.ChoiceFilter(label="渠道", choices=Channel.choices, empty_label="全部")
    station = filters.ModelChoiceFilter(label="站点", queryset=Workstation.objects.none(), empty_label="全部站点")
    late = filters.ChoiceFilter(label="期限", choices=[("1", "已逾期")], empty_label="全部", method="overdue")
    q = SearchFilter()

    class Meta:
        model = Word
        fields = ["state", "channel", "station", "late", "q"]

    def __init__(self, *args, stations=None, **kwargs):
        super().__init__(*args, **kwargs)
        if stations is None:
            del self.filters["station"]
        else:
            self.filters["station"].queryset = stations

    def overdue(self, queryset, name, value):
        return queryset.filter(state__in=OPEN, due_on__lt=timezone.localdate())
