import django_filters as filters

from config.rest.filters import Asked, UpdatedSince
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import Within
from members.models import Committee, Region, RegionLevel


class CommitteeRow(Row):
    upper = Of("slug", allow_null=True, label="上级政协")

    class Meta:
        model = Committee
        fields = ["slug", "name", "short_name", "brand", "region", "term", "upper", "updated_at"]


class CommitteeFilter(Asked):
    q = filters.CharFilter(label="全称中的字", field_name="name", lookup_expr="contains", max_length=64)
    within = Within(field_name="region")
    updated_since = UpdatedSince()


class Committees(Resource):
    model = Committee
    noun = "政协委员会"
    about = "平台上的各级政协委员会。slug 是它在各个地址和 committee 参数里的名字。"
    permission_classes = [ReadPublic]
    row = CommitteeRow
    filterset_class = CommitteeFilter
    lookup_field = "slug"
    ordering = "region_id"


class RegionRow(Row):
    class Meta:
        model = Region
        fields = ["code", "name", "level", "parent", "valid_from", "valid_to"]


class RegionFilter(Asked):
    q = filters.CharFilter(label="名称中的字", field_name="name", lookup_expr="contains", max_length=64)
    level = filters.ChoiceFilter(label="级别", choices=RegionLevel.choices)
    parent = filters.CharFilter(label="上级的区划代码", field_name="parent_id")
    within = Within(field_name="code")
    in_force = filters.ChoiceFilter(label="是否在用", choices=[("true", "在用"), ("false", "已停用")], method="only")

    def only(self, queryset, name, value):
        return queryset.filter(valid_to__isnull=value == "true")


class Regions(Resource):
    model = Region
    noun = "行政区划"
    about = "省、市、县、乡、村五级行政区划，按 12 位统计用区划代码排列。"
    permission_classes = [ReadPublic]
    row = RegionRow
    filterset_class = RegionFilter
    lookup_field = "code"
    ordering = "code"
