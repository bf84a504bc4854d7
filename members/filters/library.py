import django_filters as filters

from config.filters import SearchFilter
from members.models import Committee, Practice, PracticeKind, Regulation, RegulationState


class RegulationFilter(filters.FilterSet):
    """Regulations by words (traditional characters too), tag and state; the tags are those in use."""

    q = SearchFilter()
    tag = filters.ChoiceFilter(label="标签", empty_label="全部标签", method="tagged")
    state = filters.ChoiceFilter(label="效力", choices=RegulationState.choices, empty_label="全部")

    class Meta:
        model = Regulation
        fields = ["q", "tag", "state"]

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        used = self.queryset.exclude(tags="").order_by().values_list("tags", flat=True).distinct()
        tags = sorted({tag for tags in used for tag in Regulation(tags=tags).tag_list})
        self.filters["tag"].extra["choices"] = [(tag, tag) for tag in tags]

    def tagged(self, queryset, name, tag):
        written = queryset.filter(tags__contains=tag).values_list("pk", "tags")
        return queryset.filter(pk__in=[pk for pk, tags in written if tag in Regulation(tags=tags).tag_list])


class PracticeFilter(filters.FilterSet):
    q = SearchFilter()
    kind = filters.ChoiceFilter(label="类别", choices=PracticeKind.choices, empty_label="全部类别")
    committee = filters.ModelChoiceFilter(label="政协", queryset=Committee.objects.all(), empty_label="全部政协")

    class Meta:
        model = Practice
        fields = ["q", "kind", "committee"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sharing = self.queryset.order_by().values("committee")
        self.filters["committee"].queryset = Committee.objects.filter(pk__in=sharing)
