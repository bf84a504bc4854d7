"""The statistics of coverage for other programs (rows 103, 113)."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from config.rest.permissions import ReadPublic
from config.rest.views import Door
from members.models import Committee, Region, RegionLevel
from workstations.documents.coverage import as_data, of_all
from workstations.models import StationKind
from workstations.queries import grid_coverage as queries


class OfAllShape(serializers.Serializer):
    label = serializers.CharField(label="口径")
    done = serializers.IntegerField(label="分子")
    total = serializers.IntegerField(label="分母")


class KindShape(serializers.Serializer):
    kind = serializers.ChoiceField(choices=StationKind.choices, label="站点类别")
    number = serializers.IntegerField(label="个数")


class TallyShape(serializers.Serializer):
    targets = serializers.IntegerField(label="网格（村）：在用的网格，和没有网格的村")
    covered = serializers.IntegerField(label="其中有在任委员的")
    silent = serializers.IntegerField(label="其中很久没有反馈的")
    told_this_month = serializers.IntegerField(label="有委员的里面，本月有反馈的")
    villages = serializers.IntegerField(label="村（社区）")
    villages_covered = serializers.IntegerField(label="其中本村或村内网格有委员的")
    members = serializers.IntegerField(label="在这里服务的委员")
    stations = KindShape(many=True, label="开放的站点")


class DivisionShape(TallyShape):
    code = serializers.CharField(label="区划代码")
    name = serializers.CharField(label="名称")
    level = serializers.ChoiceField(choices=RegionLevel.choices, label="级别")


class CoverageShape(serializers.Serializer):
    committee = serializers.CharField(label="政协")
    at = serializers.CharField(label="区划代码")
    name = serializers.CharField(label="名称")
    month = serializers.DateField(label="反馈所看的月份")
    silent_days = serializers.IntegerField(label="多少天没有反馈算沉默")
    whole = TallyShape(label="合计")
    by_level = OfAllShape(many=True, label="各级委员进网格")
    layers = OfAllShape(many=True, label="界别、层级的站点")
    rows = DivisionShape(many=True, label="下一级，没有委员的多的在前")


class Coverage(Door):
    """委员在身边 as data: the same numbers as the page."""

    noun = "覆盖情况"
    about = "一个政协辖区里每一级有多少网格和村有委员、多少很久没有反馈、有哪些站点。与“委员在身边”一页是同样的数。"
    permission_classes = [ReadPublic]

    def parameters(self):
        return {"committee", "at"}

    @extend_schema(
        summary="覆盖情况",
        description=about,
        parameters=[
            OpenApiParameter("committee", str, required=True, description="政协的网址名，如 jiahe"),
            OpenApiParameter("at", str, description="本辖区内的区划代码（县、乡镇或村），不填为整个辖区"),
        ],
        responses=CoverageShape,
    )
    def get(self, request):
        slug, code = (request.query_params.get(name, "") for name in ("committee", "at"))
        if not slug:
            raise ValidationError({"committee": ["请填政协的网址名，如 jiahe。"]})
        committees = Committee.objects.visible_to(request.user).select_related("region")
        committee = committees.filter(slug=slug.replace("\0", "")).first()
        if committee is None:
            raise ValidationError({"committee": ["没有这个政协。"]})
        return Response(_answer(committee, queries.matrix(committee, _division(committee, code), timezone.localdate())))


def _division(committee, code):
    at = queries.division(committee, code)
    if at is None:
        raise NotFound("本辖区里没有这个区划，或者它在村以下。")
    return at


def _answer(committee, matrix: queries.Matrix) -> dict:
    return {
        "committee": committee.slug,
        "at": matrix.region.code,
        "name": matrix.region.name,
        "month": matrix.month,
        "silent_days": matrix.silent_days,
        "whole": as_data(matrix.whole),
        "by_level": [of_all(one) for one in matrix.by_level],
        "layers": [of_all(one) for one in matrix.layers],
        "rows": [_row(row.region, row) for row in matrix.rows],
    }


def _row(region: Region, row) -> dict:
    return {"code": region.code, "name": region.name, "level": region.level, **as_data(row.tally)}
