import django_filters as filters
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Substr
from rest_framework import serializers

from config.rest.filters import Asked
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee, Within
from members.models import Region
from members.models.regions import CODE_LENGTH
from workstations.models import Grid, GridKind, GridPosting


class GridRow(Row):
    """A grid without its warden, whose name is for the office."""

    code = serializers.CharField(source="region_id", label="网格代码")
    name = serializers.CharField(source="region.name", label="名称")
    committee = Of("slug", label="政协")
    above = serializers.CharField(source="region.parent_id", label="所属村（社区）代码")
    place = serializers.CharField(label="所属村（社区）")
    valid_to = serializers.DateField(source="region.valid_to", allow_null=True, label="停用日期")

    class Meta:
        model = Grid
        fields = ["code", "name", "committee", "kind", "field", "above", "place", "households", "residents", "valid_to"]


class GridFilter(Asked):
    committee = OfCommittee()
    kind = filters.ChoiceFilter(label="类别", choices=GridKind.choices)
    within = Within(field_name="region")


class Grids(Resource):
    model = Grid
    noun = "网格"
    about = "基础网格和专属网格：代码、名称、所属村（社区）、户数、人数。不含网格员。"
    permission_classes = [ReadPublic]
    row = GridRow
    filterset_class = GridFilter
    ordering = "region_id"
    lookup_field = "region"
    lookup_value_regex = "[0-9]{15}"

    def get_queryset(self):
        village = Region.objects.filter(pk=Substr(OuterRef("region"), 1, CODE_LENGTH)).values("name")
        return super().get_queryset().annotate(place=Subquery(village))


class PostingRow(Row):
    committee = Of("slug", label="派驻的政协")
    member = serializers.CharField(source="member.user.name", label="委员")
    region_name = serializers.CharField(source="region.name", label="网格或村名称")

    class Meta:
        model = GridPosting
        fields = ["id", "committee", "member", "region", "region_name", "since"]


class PostingFilter(Asked):
    committee = OfCommittee()
    within = Within(field_name="region")


class GridPostings(Resource):
    model = GridPosting
    noun = "委员进网格"
    about = "现在哪位委员联系哪个网格或村。只有公开展示的委员，没有联系方式。"
    permission_classes = [ReadPublic]
    row = PostingRow
    filterset_class = PostingFilter

    def get_queryset(self):
        return super().get_queryset().in_force().filter(member__is_public=True)
