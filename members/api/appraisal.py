import django_filters as filters
from rest_framework import serializers

from config.rest.filters import Asked
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee
from members.models import AppraisalResult


class ResultRow(Row):
    committee = Of("slug", source="appraisal.committee", label="政协")
    year = serializers.IntegerField(source="appraisal.year", label="年度")
    member = serializers.CharField(source="member.user.name", label="委员")
    sector = serializers.CharField(source="member.sector.name", label="界别")

    class Meta:
        model = AppraisalResult
        fields = ["id", "committee", "year", "member", "sector", "points", "counted", "quality", "rank", "of", "grade",
                  "excused"]  # fmt: skip


class ResultWhole(ResultRow):
    class Meta(ResultRow.Meta):
        fields = [*ResultRow.Meta.fields, "lacking", "lines", "before"]


class ResultFilter(Asked):
    committee = OfCommittee(field_name="appraisal__committee")
    year = filters.NumberFilter(label="年度", field_name="appraisal__year", min_value=2000, max_value=2100)
    grade = filters.CharFilter(label="等次", max_length=16)


class Appraisals(Resource):
    model = AppraisalResult
    noun = "考评结果"
    about = "定格的年度考评结果：委员读到自己的，考评工作人员读到本会全部的。单独一项里还有得分明细。"
    row, whole = ResultRow, ResultWhole
    filterset_class = ResultFilter
