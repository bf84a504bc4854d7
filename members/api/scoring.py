import django_filters as filters
from rest_framework import serializers

from config.rest.filters import Asked, IdFilter
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.facts import Fact
from members.filters import OfCommittee
from members.models import DutyRecord, ScoreTotal


class DutyRecordRow(Row):
    committee = Of("slug", label="政协")
    person = serializers.CharField(source="member.user.name", label="姓名")

    class Meta:
        model = DutyRecord
        fields = ["id", "committee", "member", "person", "year", "on", "fact", "detail", "mark", "share", "sharers",
                  "quantity", "title", "url", "reverses", "reason", "at"]  # fmt: skip


class DutyRecordFilter(Asked):
    committee = OfCommittee()
    member = IdFilter(label="委员的编号")
    year = filters.NumberFilter(label="年度", min_value=2000, max_value=2100, decimal_places=0)
    fact = filters.ChoiceFilter(label="事项", choices=Fact.choices)


class DutyRecords(Resource):
    model = DutyRecord
    noun = "履职记录"
    about = "本人的，以及由自己管理履职的委员的履职记录。冲销的记录另有一条，reverses 是被冲销的那一条。"
    row = DutyRecordRow
    filterset_class = DutyRecordFilter


class ScoreRow(Row):
    committee = Of("slug", source="scheme.committee", label="政协")
    year = serializers.IntegerField(source="scheme.year", label="年度")
    scheme = Of("name", label="考评方案")
    person = serializers.CharField(source="member.user.name", label="姓名")

    class Meta:
        model = ScoreTotal
        fields = ["id", "committee", "year", "scheme", "member", "person", "points", "counted", "quality", "at"]


class ScoreFilter(Asked):
    committee = OfCommittee(field_name="scheme__committee")
    member = IdFilter(label="委员的编号")
    year = filters.NumberFilter(
        label="年度", field_name="scheme__year", min_value=2000, max_value=2100, decimal_places=0
    )


class Scores(Resource):
    model = ScoreTotal
    noun = "履职积分"
    about = "本人的，以及由自己管理履职的委员的积分：得分、做了多少、做得怎么样。"
    row = ScoreRow
    filterset_class = ScoreFilter
