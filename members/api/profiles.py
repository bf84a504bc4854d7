import django_filters as filters
from rest_framework import serializers

from config.filters import SearchFilter
from config.privacy import masked
from config.rest.filters import Asked
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee, Within
from members.models import Member
from members.queries.profiles import TEXTS, shown


class PublicMemberRow(Row):
    committee = Of("slug", label="政协")
    name = serializers.CharField(source="user.name", label="姓名")
    sector = serializers.CharField(source="shown_sector", allow_null=True, label="界别")
    place = serializers.CharField(source="region.name", allow_null=True, label="所在地名称")

    class Meta:
        model = Member
        fields = ["id", "committee", "name", "term", "is_standing", "sector", "region", "place", "work_post",
                  "specialties"]  # fmt: skip

    @classmethod
    def complete(cls, rows, user):
        for row in rows:
            row.update({name: masked(row[name]) for name in TEXTS if name in row})


class PublicMemberWhole(PublicMemberRow):
    class Meta(PublicMemberRow.Meta):
        fields = [*PublicMemberRow.Meta.fields, "introduction"]


class PublicMemberFilter(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    within = Within(field_name="region")
    is_standing = filters.ChoiceFilter(label="常务委员", choices=[("true", "是"), ("false", "否")], method="standing")

    def standing(self, queryset, name, value):
        return queryset.filter(is_standing=value == "true")


class PublicMembers(Resource):
    model = Member
    noun = "公开展示的委员"
    about = "同意公开展示的在任委员。没有联系方式和党派；会显示个人信仰的界别为空。"
    permission_classes = [ReadPublic]
    row, whole = PublicMemberRow, PublicMemberWhole
    filterset_class = PublicMemberFilter

    def get_queryset(self):
        return shown(Member.objects.public())
