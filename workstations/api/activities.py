import django_filters as filters
from rest_framework import serializers

from config.filters import SearchFilter
from config.rest.filters import Asked, IdFilter, UpdatedSince
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row, grouped
from config.rest.views import Resource
from members.filters import OfCommittee, Within
from workstations.filters.activities import MonthFilter
from workstations.models import Activity, ActivityKind, Effect, Involvement, Seat
from workstations.states import SeatState


class ActivityRow(Row):
    committee = Of("slug", label="政协")
    station = Of("name", allow_null=True, label="站点")

    class Meta:
        model = Activity
        fields = ["id", "committee", "kind", "title", "station", "starts_at", "ends_at", "region", "place", "topic",
                  "brand", "campaign", "played", "live_link", "state", "updated_at"]  # fmt: skip


class EffectRow(serializers.ModelSerializer):
    class Meta:
        model = Effect
        fields = ["kind", "name", "number"]


class InvolvementRow(serializers.ModelSerializer):
    organisation = serializers.CharField(label="单位")

    class Meta:
        model = Involvement
        fields = ["part", "organisation"]


class ActivityWhole(ActivityRow):
    added = ("effects", "involvements")
    effects = EffectRow(many=True, label="成效数字")
    involvements = InvolvementRow(many=True, label="参与单位")

    class Meta(ActivityRow.Meta):
        fields = [*ActivityRow.Meta.fields, "summary", "effect", "viewers", "effects", "involvements"]

    @classmethod
    def complete(cls, rows, user):
        ids = [row["id"] for row in rows]
        gained = Effect.objects.filter(activity__in=ids).order_by("pk")
        effects = grouped(gained.values("activity", *EffectRow.Meta.fields), by="activity")
        joined = Involvement.objects.filter(activity__in=ids).order_by("pk")
        parts = joined.values("activity", "part", "organisation__name")
        named = ({**row, "organisation": row["organisation__name"]} for row in parts)
        involved = grouped(
            ({k: v for k, v in row.items() if k != "organisation__name"} for row in named), by="activity"
        )
        for row in rows:
            row["effects"], row["involvements"] = effects[row["id"]], involved[row["id"]]


class ActivityFilter(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    kind = filters.ChoiceFilter(label="类别", choices=ActivityKind.choices)
    station = IdFilter(label="站点编号")
    month = MonthFilter(label="月份，如 2026-11")
    within = Within(field_name="region")
    mine = filters.BooleanFilter(label="true：只看自己应到、报名或参加过的", method="of_mine")
    updated_since = UpdatedSince()

    def of_mine(self, queryset, name, value):
        if not value:
            return queryset
        user = self.request.user
        if not user.is_authenticated:
            return queryset.none()
        seats = Seat.objects.filter(member__user=user).exclude(state=SeatState.CANCELLED)
        return queryset.filter(pk__in=seats.values("activity"))


class Activities(Resource):
    model = Activity
    noun = "履职活动"
    about = "公开的履职活动；登录后还有自己看得到的会议和活动。单独一项里有内容安排、成效和参与单位。"
    permission_classes = [ReadPublic]
    row, whole = ActivityRow, ActivityWhole
    filterset_class = ActivityFilter
