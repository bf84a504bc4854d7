import django_filters as filters
from django.db.models import Count
from rest_framework import serializers

from config.rest.filters import Asked, IdFilter
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee, Within
from members.models import Body, BodyKind, Membership


class BodyRow(Row):
    """How many sit there, never who: who belongs to a party organisation is nobody's to fetch."""

    added = ("seats",)
    committee = Of("slug", label="政协")
    parent_name = serializers.CharField(source="parent.name", allow_null=True, label="上级机构名称")
    seats = serializers.IntegerField(label="在任人数")

    class Meta:
        model = Body
        fields = ["id", "committee", "kind", "name", "parent", "parent_name", "region", "feature", "seats"]

    @classmethod
    def complete(cls, rows, user):
        held = Membership.objects.in_force().filter(body__in=[row["id"] for row in rows]).order_by()
        counted = dict(held.values_list("body").annotate(Count("pk")))
        for row in rows:
            row["seats"] = counted.get(row["id"], 0)


class BodyApiFilter(Asked):
    q = filters.CharFilter(label="名称中的字", field_name="name", lookup_expr="contains", max_length=64)
    committee = OfCommittee()
    kind = filters.ChoiceFilter(label="类别", choices=BodyKind.choices)
    parent = IdFilter(label="上级机构的编号", field_name="parent_id")
    within = Within(field_name="region")


class Bodies(Resource):
    model = Body
    noun = "组织机构"
    about = "本会正在运行的专委会、界别、小组、党组织、议事会等，给本会的人。只有在任人数，没有姓名。"
    row = BodyRow
    filterset_class = BodyApiFilter

    def get_queryset(self):
        return super().get_queryset().active()
