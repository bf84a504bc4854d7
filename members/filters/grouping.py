import django_filters as filters

from members.models import Body, Grouping, GroupingSeat


class SeatFilter(filters.FilterSet):
    """The seats of one plan by name, committee and group."""

    q = filters.CharFilter(label="姓名", field_name="member__user__name", lookup_expr="contains")
    body = filters.ModelChoiceFilter(label="专委会", queryset=Body.objects.none(), empty_label="全部专委会")
    group = filters.NumberFilter(label="第几组")
    is_fixed = filters.ChoiceFilter(
        label="由谁指定", choices=[("True", "手工指定"), ("False", "系统编排")], empty_label="全部"
    )

    class Meta:
        model = GroupingSeat
        fields = ["q", "body", "group", "is_fixed"]

    def __init__(self, *args, grouping: Grouping, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["body"].queryset = grouping.bodies.order_by("position", "pk")
