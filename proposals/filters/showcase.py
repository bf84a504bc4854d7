import django_filters as filters

from proposals.models import ShowcaseComment
from proposals.states import CommentState


class CommentFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label="状态", choices=CommentState.choices, empty_label="全部")

    class Meta:
        model = ShowcaseComment
        fields = ["state"]
