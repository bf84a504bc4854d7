from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from config.refusals import Incomplete
from config.rest.filters import UpdatedSince
from config.rest.rows import Of, Row, Strict, grouped
from config.rest.views import Resource
from members.filters import OfCommittee
from members.roles import Permission
from proposals import services
from proposals.filters.matters import AssignmentFilter
from proposals.models import Assignment, Contact, Rating, Reply, Round
from proposals.services import contacts, opinions, returns
from proposals.services.draft_text import MOST_POINTS
from proposals.services.replies import LONGEST_ANSWER
from proposals.states import ReplyState, Satisfaction


class AssignmentRow(Row):
    committee = Of("slug", label="政协")
    micro = Of("key", allow_null=True, label="微建议")
    proposal = Of("key", allow_null=True, label="提案")
    unit = Of("name", label="承办单位")

    class Meta:
        model = Assignment
        fields = ["id", "committee", "micro", "proposal", "role", "title", "unit", "due_on", "state", "round",
                  "assigned_at", "closed_at", "updated_at"]  # fmt: skip


class RatingRow(serializers.ModelSerializer):
    class Meta:
        model = Rating
        fields = ["satisfaction", "attitude", "words", "at"]


class ReplyRow(serializers.ModelSerializer):
    ratings = RatingRow(many=True)

    class Meta:
        model = Reply
        fields = ["text", "answers", "number", "grade", "promise", "promised_on", "reason", "publication",
                  "private_reason", "public_text", "state",
                  "sent_at", "ratings"]  # fmt: skip


class RoundRow(serializers.ModelSerializer):
    reply = ReplyRow(allow_null=True, help_text="签发前只有承办单位看得到")

    class Meta:
        model = Round
        fields = ["number", "due_on", "opened_at", "reason", "reply"]


class ContactRow(serializers.ModelSerializer):
    class Meta:
        model = Contact
        fields = ["stage", "way", "on", "with_whom", "words", "at"]


class AssignmentWhole(AssignmentRow):
    added = ("rounds", "contacts")
    handler = Of("name", label="定人员")
    due_why = serializers.JSONField(label="期限说明")
    rounds = RoundRow(many=True)
    contacts = ContactRow(many=True, help_text="与提案者的沟通")

    class Meta(AssignmentRow.Meta):
        fields = [*AssignmentRow.Meta.fields, "text", "leader_name", "leader_post", "handler", "due_why", "duty",
                  "quality", "contact_due_on", "contacted_at", "paused_on", "waived_at", "waive_reason", "accepted_at",
                  "returned_at", "return_reason", "replied_at", "satisfied_at", "implemented_at", "contacts",
                  "rounds"]  # fmt: skip

    @classmethod
    def complete(cls, rows, user):
        """Talks, and rounds with their replies; a draft is shown to those who handle the matter."""
        ids = [row["id"] for row in rows]
        handled = Assignment.objects.filter(pk__in=ids, unit__in=user.organisations_with(Permission.MATTER_HANDLE))
        readable = Q(state=ReplyState.SENT) | Q(round__assignment__in=handled.values("pk"))
        sent = Reply.objects.filter(readable, round__assignment__in=ids).prefetch_related("ratings")
        replies = {reply.round_id: ReplyRow(reply).data for reply in sent}
        rounds = grouped(
            Round.objects.filter(assignment__in=ids)
            .order_by("number")
            .values("assignment", "pk", *RoundRow.Meta.fields[:-1]),
            by="assignment",
        )
        talks = grouped(
            Contact.objects.filter(assignment__in=ids).order_by("pk").values("assignment", *ContactRow.Meta.fields),
            by="assignment",
        )
        for row in rows:
            row["contacts"] = talks[row["id"]]
            row["rounds"] = rounds[row["id"]]
            for one in row["rounds"]:
                one["reply"] = replies.get(one.pop("pk"))


class ReturnInput(Strict, serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class ReturnRequestInput(Strict, serializers.Serializer):
    reason = serializers.CharField(max_length=500)
    suggested = serializers.IntegerField(
        allow_null=True, default=None, min_value=1, max_value=2**62,
        help_text="建议承办单位的编号，由交办部门决定",
    )  # fmt: skip


class ExtensionInput(Strict, serializers.Serializer):
    until = serializers.DateField(label="延至")
    reason = serializers.CharField(max_length=500)


class WaiveInput(Strict, serializers.Serializer):
    reason = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="没有到期的必填；逾期的可以不填"
    )


class WordsInput(Strict, serializers.Serializer):
    words = serializers.CharField(max_length=500)


class ReplyInput(Strict, serializers.ModelSerializer):
    answers = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_ANSWER, allow_blank=True), max_length=MOST_POINTS,
        required=False, label="逐条答复",
    )  # fmt: skip

    class Meta:
        model = Reply
        fields = ["text", "answers", "grade", "promise", "promised_on", "reason", "publication", "private_reason",
                  "public_text"]  # fmt: skip
        extra_kwargs = {"text": {"allow_blank": True}}


class RatingInput(Strict, serializers.Serializer):
    satisfaction = serializers.ChoiceField(Satisfaction.choices)
    attitude = serializers.ChoiceField(Satisfaction.choices, default="", help_text="对办理态度的评价，提案用")
    words = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="不满意时必填")


class ContactInput(Strict, serializers.ModelSerializer):
    class Meta:
        model = Contact
        fields = ["stage", "way", "on", "with_whom", "words"]


class SignInput(Strict, serializers.Serializer):
    number = serializers.CharField(max_length=40, allow_blank=True, default="", help_text="文号，提案的答复必填")


def _ask_return(assignment, *, suggested, **said):
    """The unit of the same committee; one of another is as unknown as none."""
    unit = suggested and assignment.committee.organisations.that_handle().filter(pk=suggested).first()
    if suggested and unit is None:
        raise Incomplete("请选择本会的单位。", {"suggested": "请选择本会的单位。"})
    return returns.ask_return(assignment, suggested=unit, **said)


def _hand_in(reply, **said):
    """Of a proposal to who checks it, else straight to the leader."""
    return (services.hand_in if reply.round.assignment.proposal_id else services.put_forward)(reply, **said)


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

    @extend_schema(summary="退回（提案请申请退回）", request=ReturnInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request, pk):
        return self.do(services.return_, ReturnInput)

    @extend_schema(summary="申请退回提案", request=ReturnRequestInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="return-request")
    def ask_return(self, request, pk):
        return self.do(_ask_return, ReturnRequestInput)

    @extend_schema(summary="申请延期", request=ExtensionInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="extension")
    def ask_extension(self, request, pk):
        return self.do(services.ask_extension, ExtensionInput)

    @extend_schema(summary="免报会办意见", request=WaiveInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="opinion/waive")
    def waive(self, request, pk):
        return self.do(opinions.waive, WaiveInput)

    @extend_schema(summary="起草或修改本轮答复", request=ReplyInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="reply")
    def draft(self, request, pk):
        return self.do(services.draft_reply, ReplyInput)

    @extend_schema(summary="答复送签（提案的送核稿）", request=None, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="reply/forward")
    def forward(self, request, pk):
        return self.do(_with_reply(_hand_in))

    @extend_schema(summary="核稿通过", request=None, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="reply/check")
    def check_reply(self, request, pk):
        return self.do(_with_reply(services.check))

    @extend_schema(summary="把答复退回修改", request=WordsInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="reply/back")
    def send_back(self, request, pk):
        return self.do(_with_reply(services.send_back), WordsInput)

    @extend_schema(summary="签发提案的答复", request=SignInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="reply/sign")
    def sign(self, request, pk):
        return self.do(_with_reply(services.sign), SignInput)

    @extend_schema(summary="登记沟通", request=ContactInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"])
    def contact(self, request, pk):
        return self.do(contacts.add, ContactInput)

    @extend_schema(summary="签发并送达答复", request=None, responses=AssignmentWhole)
    @action(detail=True, methods=["post"], url_path="reply/send")
    def send(self, request, pk):
        return self.do(_with_reply(services.send))

    @extend_schema(summary="评价", request=RatingInput, responses=AssignmentWhole)
    @action(detail=True, methods=["post"])
    def rate(self, request, pk):
        return self.do(services.rate, RatingInput)
