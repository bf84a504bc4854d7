from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from config.rest.filters import UpdatedSince
from config.rest.rows import Of, Row, Strict, grouped
from config.rest.views import Resource
from members.filters import OfCommittee
from members.roles import Permission
from proposals import services
from proposals.filters import AssignmentFilter
from proposals.models import Assignment, Rating, Reply, Round
from proposals.states import ReplyState, Satisfaction


class AssignmentRow(Row):
    committee = Of("slug", label="政协")
    micro = Of("key", allow_null=True, label="微建议")
    unit = Of("name", label="承办单位")

    class Meta:
        model = Assignment
        fields = ["id", "committee", "micro", "title", "unit", "due_on", "state", "round", "assigned_at", "closed_at",
                  "updated_at"]  # fmt: skip


class RatingRow(serializers.ModelSerializer):
    class Meta:
        model = Rating
        fields = ["satisfaction", "words", "at"]


class ReplyRow(serializers.ModelSerializer):
    rating = RatingRow(allow_null=True)

    class Meta:
        model = Reply
        fields = ["text", "grade", "promise", "promised_on", "reason", "publication", "private_reason", "state",
                  "sent_at", "rating"]  # fmt: skip


class RoundRow(serializers.ModelSerializer):
    reply = ReplyRow(allow_null=True, help_text="签发前只有承办单位看得到")

    class Meta:
        model = Round
        fields = ["number", "due_on", "opened_at", "reason", "reply"]


class AssignmentWhole(AssignmentRow):
    added = ("rounds",)
    handler = Of("name", label="定人员")
    due_why = serializers.JSONField(label="期限说明")
    rounds = RoundRow(many=True)

    class Meta(AssignmentRow.Meta):
        fields = [*AssignmentRow.Meta.fields, "text", "leader_name", "leader_post", "handler", "due_why", "duty",
                  "quality", "accepted_at", "returned_at", "return_reason", "replied_at", "satisfied_at",
                  "implemented_at", "rounds"]  # fmt: skip

    @classmethod
    def complete(cls, rows, user):
        """Rounds with their replies; a draft is shown to those who handle the matter."""
        ids = [row["id"] for row in rows]
        handled = Assignment.objects.filter(pk__in=ids, unit__in=user.organisations_with(Permission.MATTER_HANDLE))
        readable = Q(state=ReplyState.SENT) | Q(round__assignment__in=handled.values("pk"))
        sent = Reply.objects.filter(readable, round__assignment__in=ids).select_related("rating")
        replies = {reply.round_id: ReplyRow(reply).data for reply in sent}
        rounds = grouped(
            Round.objects.filter(assignment__in=ids)
            .order_by("number")
            .values("assignment", "pk", *RoundRow.Meta.fields[:-1]),
            by="assignment",
        )
        for row in rows:
            row["rounds"] = rounds[row["id"]]
            for one in row["rounds"]:
                one["reply"] = replies.get(one.pop("pk"))


class ReturnInput(Strict, serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class ReplyInput(Strict, serializers.ModelSerializer):
    class Meta:
        model = Reply
        fields = ["text", "grade", "promise", "promised_on", "reason", "publication", "private_reason"]
        extra_kwargs = {"text": {"allow_blank": True}}


class RatingInput(Strict, serializers.Serializer):
    satisfaction = serializers.ChoiceField(Satisfaction.choices)
    words = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="不满意时必填")


class AssignmentApiFilter(AssignmentFilter):
    committee = OfCommittee()
    updated_since = UpdatedSince()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, today=timezone.localdate(), **kwargs)


def _with_reply(verb):
    """`verb` on the reply of the assignment's present round."""

    def act(assignment, **said):
        present = assignment.rounds.select_related("reply").get(number=assignment.round)
        if not hasattr(present, "reply"):
            raise Http404
        return verb(present.reply, **said)

    return act


class Assignments(Resource):
    model = Assignment
    noun = "交办件"
    about = "本单位承办的、本会的、由您评价的交办件。单独一项里还有五定、三包和各轮答复。"
    row, whole = AssignmentRow, AssignmentWhole
    filterset_class = AssignmentApiFilter

    @extend_schema(summary="签收", request=None, responses=AssignmentWhole)
    @action(detail=True, methods=["post"])
    def accept(self, request, pk):
        return self.do(services.accept)

    @extend_schema(summary="退回改办", request=ReturnInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request, pk):
        return self.do(services.return_, ReturnInput)

    @extend_schema(summary="起草或修改本轮答复", request=ReplyInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="reply")
    def draft(self, request, pk):
        return self.do(services.draft_reply, ReplyInput)

    @extend_schema(summary="答复送签", request=None, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="reply/forward")
    def forward(self, request, pk):
        return self.do(_with_reply(services.put_forward))

    @extend_schema(summary="签发答复", request=None, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="reply/send")
    def send(self, request, pk):
        return self.do(_with_reply(services.send))

    @extend_schema(summary="评价", request=RatingInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"])
    def rate(self, request, pk):
        return self.do(services.rate, RatingInput)
