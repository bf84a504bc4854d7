import django_filters as filters
from rest_framework import serializers

from config.rest.filters import Asked, IdFilter, UpdatedSince
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee
from workstations.models import Finding, Inspection, InspectionKind
from workstations.queries import inspections as queries


class InspectionRow(Row):
    """How a station stood; who looked and what the office asks for stay on the site."""

    added = ("items", "missing")
    committee = serializers.CharField(source="station.committee.slug", label="政协")
    station_name = serializers.CharField(source="station.name", label="站点名称")
    standard = Of("name", label="建站标准")
    version = serializers.IntegerField(source="standard.version", label="版次")
    items = serializers.IntegerField(label="条目数")
    missing = serializers.ListField(child=serializers.CharField(), label="还缺的条目")

    class Meta:
        model = Inspection
        fields = ["id", "committee", "station", "station_name", "standard", "version", "kind", "on", "stars", "done_at",
                  "items", "missing"]  # fmt: skip

    @classmethod
    def complete(cls, rows, user):
        ids = [row["id"] for row in rows]
        named = Finding.objects.visible_to(user).filter(inspection__in=ids).order_by("position", "pk")
        items, missing = {}, {}
        for inspection, name, passed in named.values_list("inspection", "name", "passed"):
            items[inspection] = items.get(inspection, 0) + 1
            if not passed:
                missing.setdefault(inspection, []).append(name)
        for row in rows:
            row["items"], row["missing"] = items.get(row["id"], 0), missing.get(row["id"], [])


class InspectionFilter(Asked):
    committee = OfCommittee(field_name="station__committee")
    station = IdFilter(label="站点编号")
    standard = filters.CharFilter(label="建站标准的名称，如：八有", field_name="standard__name")
    kind = filters.ChoiceFilter(label="方式", choices=InspectionKind.choices)
    updated_since = UpdatedSince(field_name="done_at")


class Inspections(Resource):
    model = Inspection
    noun = "建站检查"
    about = "开放站点按每个建站标准最近一次自查或检查的结果：有几项、缺哪几项、星级。"
    permission_classes = [ReadPublic]
    row = InspectionRow
    filterset_class = InspectionFilter

    def get_queryset(self):
        return queries.latest(super().get_queryset().filter(station__is_open=True))
