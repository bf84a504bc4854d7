import django_filters as filters
from django.db.models.functions import Coalesce
from rest_framework import serializers

from config.filters import SearchFilter
from config.rest.filters import Asked, UpdatedSince
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row, grouped
from config.rest.views import Resource
from members.filters import OfCommittee, Within
from workstations.models import StationKind, StationPost, Workstation


class StationRow(Row):
    committee = Of("slug", label="政协")
    place = serializers.CharField(source="region.name", label="所在地名称")
    host = Of("name", allow_null=True, label="依托单位")
    sector = Of("name", allow_null=True, label="界别")

    class Meta:
        model = Workstation
        fields = ["id", "committee", "kind", "name", "region", "place", "host", "sector", "address", "opening_hours",
                  "serves", "feature", "plaque_on", "updated_at"]  # fmt: skip


class PostRow(serializers.ModelSerializer):
    person = serializers.CharField(label="姓名")

    class Meta:
        model = StationPost
        fields = ["post", "person", "since"]


class StationWhole(StationRow):
    added = ("posts",)
    posts = PostRow(many=True, label="在任人员")

    class Meta(StationRow.Meta):
        fields = [*StationRow.Meta.fields, "introduction", "posts"]

    @classmethod
    def complete(cls, rows, user):
        held = StationPost.objects.visible_to(user).in_force().filter(station__in=[row["id"] for row in rows])
        named = held.by_rank().annotate(person=Coalesce("member__user__name", "user__name"))
        posts = grouped(named.values("station", *PostRow.Meta.fields), by="station")
        for row in rows:
            row["posts"] = posts[row["id"]]


class StationFilter(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    kind = filters.ChoiceFilter(label="类别", choices=StationKind.choices)
    within = Within(field_name="region")
    updated_since = UpdatedSince()


class Workstations(Resource):
    model = Workstation
    noun = "委员工作室"
    about = "开放的委员工作室、工作站、联络站等。单独一项里还有简介和在任人员。"
    permission_classes = [ReadPublic]
    row, whole = StationRow, StationWhole
    filterset_class = StationFilter

    def get_queryset(self):
        return super().get_queryset().open()
