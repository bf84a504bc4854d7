import django_filters as filters
from django.db.models import Q
from rest_framework import serializers

from config.privacy import masked
from config.rest.filters import Asked, IdFilter, UpdatedSince
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee
from proposals import timeline
from proposals.models import Proposal
from proposals.queries import shown
from proposals.states import AssignmentRole, AssignmentState, ProposalState, ProposerKind, PublicationLevel, ReplyGrade


class ProposalRow(Row):
    added = ("proposer",)
    committee = Of("slug", label="政协")
    plenary = serializers.IntegerField(source="plenary_id", allow_null=True, label="届次编号")
    term = serializers.IntegerField(source="plenary.term", allow_null=True, label="届")
    session = serializers.IntegerField(source="plenary.number", allow_null=True, label="次")
    proposer = serializers.CharField(label="提案者")
    sphere = Of("name", allow_null=True, label="分类")
    unit = Of("name", allow_null=True, label="主办单位")

    class Meta:
        model = Proposal
        fields = ["key", "committee", "plenary", "term", "session", "number", "timing", "kind", "proposer", "title",
                  "sphere", "state", "publication", "is_key", "is_excellent", "unit", "grade", "satisfaction",
                  "submitted_at", "filed_at", "closed_at", "updated_at"]  # fmt: skip

    @classmethod
    def complete(cls, rows, user):
        """In whose name; a body that public pages do not show is told by its kind."""
        loaded = shown.for_api(row["key"] for row in rows)
        followed = shown.followed(user, loaded.values())
        for row in rows:
            proposal = loaded[row["key"]]
            row["proposer"] = shown.proposer(proposal, in_public=proposal.pk not in followed)
            cls.add(row, proposal, in_public=proposal.pk not in followed)

    @classmethod
    def add(cls, row, proposal, *, in_public):
        """What the whole has more."""


class UnitRow(serializers.Serializer):
    unit = serializers.CharField(label="承办单位")
    role = serializers.ChoiceField(AssignmentRole.choices, label="角色")
    state = serializers.ChoiceField(AssignmentState.choices, label="状态")
    assigned_at = serializers.DateTimeField(label="交办时间")
    closed_at = serializers.DateTimeField(allow_null=True, label="办结时间")


class EventRow(serializers.Serializer):
    at = serializers.DateTimeField(label="时间")
    who = serializers.CharField(label="谁")
    what = serializers.CharField(label="做了什么")
    note = serializers.CharField(label="说明")


class ProposalWhole(ProposalRow):
    added = ("proposer", "categories", "situation", "analysis", "points", "summary", "units", "timeline")
    categories = serializers.ListField(child=serializers.CharField(), label="民生领域")
    situation = serializers.CharField(label="情况；只公开摘要时为空")
    analysis = serializers.CharField(label="分析；只公开摘要时为空")
    points = serializers.ListField(child=serializers.CharField(), label="建议；只公开摘要时为空")
    summary = serializers.CharField(label="公开摘要")
    units = UnitRow(many=True, label="承办单位")
    timeline = EventRow(many=True, label="进度，新的在前")

    class Meta(ProposalRow.Meta):
        fields = [*ProposalRow.Meta.fields, "categories", "situation", "analysis", "points", "summary", "units",
                  "timeline"]  # fmt: skip

    @classmethod
    def add(cls, row, proposal, *, in_public):
        """As the page of a proposal: the public reads what was published, with numbers of people covered."""
        cover = masked if in_public else str
        kept = in_public and proposal.publication != PublicationLevel.FULL
        units = list(proposal.assignments.select_related("unit", "committee").order_by("pk"))
        told = [one for one in units if not one.returned_at and not (in_public and one.is_co)]
        proposer = shown.proposer(proposal, in_public=in_public)
        reviews = [] if in_public else list(proposal.reviews.prefetch_related("grounds"))
        events = timeline.of_proposal(proposal, reviews, units, [], proposer=proposer, in_public=in_public)
        row |= {
            "categories": [str(field) for field in proposal.fields.all()],
            "situation": "" if kept else cover(proposal.situation),
            "analysis": "" if kept else cover(proposal.analysis),
            "points": [] if kept else [cover(point) for point in proposal.points],
            "summary": cover(proposal.public_summary),
            "units": [
                {"unit": str(one.unit), "role": one.role, "state": one.state, "assigned_at": one.assigned_at,
                 "closed_at": one.closed_at}
                for one in told
            ],
            "timeline": [{"at": e.at, "who": e.who, "what": e.what, "note": e.note} for e in events],
        }  # fmt: skip


class ProposalApiFilter(Asked):
    q = filters.CharFilter(label="搜索", method="words", max_length=50)
    committee = OfCommittee()
    plenary = IdFilter(field_name="plenary", label="届次编号")
    sphere = IdFilter(field_name="sphere", label="分类编号")
    field = IdFilter(field_name="fields", label="民生领域编号")
    unit = IdFilter(field_name="unit", label="主办单位编号")
    kind = filters.ChoiceFilter(label="提案者", choices=ProposerKind.choices)
    state = filters.ChoiceFilter(label="状态", choices=ProposalState.choices)
    grade = filters.ChoiceFilter(label="办理结果", choices=ReplyGrade.choices)
    is_key = filters.BooleanFilter(label="重点提案")
    is_excellent = filters.BooleanFilter(label="优秀提案")
    updated_since = UpdatedSince()

    def words(self, queryset, name, value):
        """Of what one reads only in summary, only the title and the summary are searched."""
        followed = Proposal.objects.followed_by(self.request.user).values("pk")
        whole = Q(pk__in=followed) | Q(publication=PublicationLevel.FULL)
        plain = value.replace("\0", "")
        told = Q(title__icontains=plain) | Q(publication=PublicationLevel.SUMMARY, public_summary__icontains=plain)
        return queryset.matching_within(whole, value, others=told)


class Proposals(Resource):
    model = Proposal
    noun = "提案"
    about = "已立案并公开的提案；登录的还有本人的、本会的、本单位承办的。单独一项里还有正文、承办单位和进度。"
    permission_classes = [ReadPublic]
    row, whole = ProposalRow, ProposalWhole
    filterset_class = ProposalApiFilter
    lookup_field = "key"
