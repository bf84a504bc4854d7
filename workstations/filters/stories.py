import django_filters as filters

from config.filters import SearchFilter
from workstations.models import Story, StoryKind


class StoryFilter(filters.FilterSet):
    """Stories by words and kind."""

    q = SearchFilter()
    kind = filters.ChoiceFilter(label="类别", choices=StoryKind.choices, empty_label="全部类别")

    class Meta:
        model = Story
        fields = ["q", "kind"]
