import django_filters as filters
from django.db.models import F
from django.db.models.functions import Coalesce
from rest_framework import serializers

from config.filters import SearchFilter
from config.rest.filters import Asked, UpdatedSince
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row, grouped
from config.rest.views import Resource
from members.filters import OfCommittee, Within
from workstations.models import StationKind, StationPost, StationTie, Workstation


class StationRow(Row):
    committee = Of("slug", label="政协")
    place = serializers.CharField(source="region.name", label="所在地名称")
    host = Of("name", allow_null=True, label="依托单位")
    sector = Of("name", allow_null=True, label="界别")

    class Meta:
        model = Workstation
        fields = ["id", "committee", "kind", "name", "region", "place", "host", "sector", "address", "opening_hours",
                  "telephone", "serves", "feature", "plaque_on", "plaque_by", "demonstration_since", "area", "cost",
                  "updated_at"]  # fmt: skip


class PostRow(serializers.ModelSerializer):
    person = serializers.CharField(label="姓名")

    class Meta:
        model = StationPost
        fields = ["post", "person", "since"]


class TieRow(serializers.ModelSerializer):
    tied_to = serializers.CharField(label="对方")

    class Meta:
        model = StationTie
        fields = ["role", "tied_to", "words", "since"]


class StationWhole(StationRow):
    added = ("posts", "ties")
    posts = PostRow(many=True, label="在任人员")
    ties = TieRow(many=True, label="联系和指导")

    class Meta(StationRow.Meta):
        fields = [*StationRow.Meta.fields, "introduction", "duties", "walls", "posts", "ties"]

    @classmethod
    def complete(cls, rows, user):
        held = StationPost.objects.visible_to(user).in_force().filter(station__in=[row["id"] for row in rows])
        named = held.by_rank().annotate(person=Coalesce("member__user__name", "user__name", "person_name"))
        posts = grouped(named.values("station", *PostRow.Meta.fields), by="station")
        tied = StationTie.objects.visible_to(user).in_force().filter(station__in=[row["id"] for row in rows]).in_order()
        ends = tied.annotate(end=Coalesce("member__user__name", "body__name", "organisation__name", "words"))
        ties = grouped(ends.values("station", "role", "words", "since", tied_to=F("end")), by="station")
        for row in rows:
            row["posts"], row["ties"] = posts[row["id"]], ties[row["id"]]


class StationFilter(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    kind = filters.ChoiceFilter(label="类别", choices=StationKind.choices)
    within = Within(field_name="region")
    demonstration = filters.BooleanFilter(
        label="示范站", field_name="demonstration_since", lookup_expr="isnull", exclude=True
    )
    updated_since = UpdatedSince()


class Workstations(Resource):
    model = Workstation
    noun = "委员工作室"
    about = "开放的委员工作室、工作站、联络站等。单独一项里还有简介、职责、上墙内容、在任人员、联系和指导。"
    permission_classes = [ReadPublic]
    row, whole = StationRow, StationWhole
    filterset_class = StationFilter

    def get_queryset(self):
        return super().get_queryset().open()
