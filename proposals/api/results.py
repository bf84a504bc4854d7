import django_filters as filters
from rest_framework import serializers

from config.rest.filters import Asked
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee, Within
from proposals.models import MicroResult, ResultTag


class MicroResultRow(Row):
    committee = serializers.CharField(source="micro.committee.slug", label="政协")
    micro = Of("key", label="微建议")
    suggestion = serializers.CharField(source="micro.title", label="微建议标题")
    category = serializers.CharField(source="micro.category.name", allow_null=True, label="类别名称")
    place = serializers.CharField(source="micro.region.name", allow_null=True, label="地点名称")

    class Meta:
        model = MicroResult
        fields = ["id", "committee", "micro", "suggestion", "category", "place", "tag", "title", "before", "now", "on",
                  "at"]  # fmt: skip


class ResultFilter(Asked):
    committee = OfCommittee(field_name="micro__committee")
    tag = filters.ChoiceFilter(label="类型", choices=ResultTag.choices)
    within = Within(field_name="micro__region")


class MicroResults(Resource):
    model = MicroResult
    noun = "微建设、微服务"
    about = "因微建议建成的设施、开通的服务：原来怎样，现在怎样。"
    permission_classes = [ReadPublic]
    row = MicroResultRow
    filterset_class = ResultFilter
