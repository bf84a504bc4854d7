import django_filters as filters

from config.filters import SearchFilter
from config.rest.filters import Asked, UpdatedSince
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee
from members.models import Regulation, RegulationState


class RegulationRow(Row):
    committee = Of("slug", label="政协")

    class Meta:
        model = Regulation
        fields = ["id", "committee", "title", "issuer", "number", "issued_on", "state", "repealed_on", "tags",
                  "updated_at"]  # fmt: skip


class RegulationWhole(RegulationRow):
    class Meta(RegulationRow.Meta):
        fields = [*RegulationRow.Meta.fields, "text"]


class RegulationQuery(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    state = filters.ChoiceFilter(label="效力", choices=RegulationState.choices)
    tag = filters.CharFilter(label="标签里的字", field_name="tags", lookup_expr="contains", max_length=32)
    updated_since = UpdatedSince()


class Regulations(Resource):
    model = Regulation
    noun = "制度"
    about = "向社会公开的制度，已废止的也在内。单独一项里还有正文。"
    permission_classes = [ReadPublic]
    row, whole = RegulationRow, RegulationWhole
    filterset_class = RegulationQuery
