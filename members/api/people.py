import django_filters as filters
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated

from config.filters import SearchFilter
from config.rest.filters import Asked, IdFilter
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee, Within
from members.models import Member
from members.roles import Permission


def _reached(user) -> set[int]:
    """Committees whose rosters a program of this person's may read."""
    if not user.is_authenticated:
        return set()
    return user.committees_with(Permission.PEOPLE_MANAGE) | user.committees_with(Permission.DUTY_MANAGE)


class ReadsRosters(IsAuthenticated):
    message = "花名册只给管理委员或管理履职的人员。"

    def has_permission(self, request, view):
        return super().has_permission(request, view) and bool(_reached(request.user))


class MemberRow(Row):
    """No phone, no party: those stay on the pages."""

    name = serializers.CharField(source="user.name", label="姓名")
    committee = Of("slug", label="政协")
    sector = Of("name", label="界别")

    class Meta:
        model = Member
        fields = [
            "id", "name", "committee", "term", "sector", "is_standing", "region", "work_post", "specialties", "since",
            "until",
        ]  # fmt: skip


class MemberApiFilter(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    term = filters.NumberFilter(label="届次", min_value=1, max_value=99, decimal_places=0)
    sector = IdFilter(label="界别的编号", field_name="sector_id")
    within = Within(field_name="region")
    in_force = filters.ChoiceFilter(label="是否在任", choices=[("true", "在任"), ("false", "已离任")], method="serving")

    def serving(self, queryset, name, value):
        serving = queryset.in_force()
        return serving if value == "true" else queryset.exclude(pk__in=serving.values("pk"))


class Members(Resource):
    model = Member
    noun = "政协委员"
    about = "本会各届的委员名单，不含联系方式和党派。只给管理委员或管理履职的人员。"
    permission_classes = [ReadsRosters]
    row = MemberRow
    filterset_class = MemberApiFilter

    def get_queryset(self):
        return super().get_queryset().filter(committee__in=_reached(self.request.user))
