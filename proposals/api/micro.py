from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError

from config.privacy import masked
from config.refusals import WrongState
from config.rest.filters import UpdatedSince
from config.rest.problems import Problem
from config.rest.rows import Of, Row, Strict, given
from config.rest.views import Resource
from members.filters import OfCommittee, Within
from members.models import Committee, Region
from proposals import services
from proposals.filters.matters import MicroFilter
from proposals.models import Assignment, Category, MicroProposal
from proposals.states import MicroState, PublicationLevel, Verdict

SUMMARY = 80  # characters of a micro-proposal that is published in summary


class CategoryRow(Row):
    committee = Of("slug", allow_null=True, label="哪个政协自设的；空：通用")

    class Meta:
        model = Category
        fields = ["id", "committee", "name"]


class Categories(Resource):
    model = Category
    noun = "微建议类别"
    about = "提交微建议时可选的类别。"
    row = CategoryRow

    def get_queryset(self):
        return super().get_queryset().fields().filter(is_active=True)


class MicroRow(Row):
    committee = Of("slug", label="政协")
    author = serializers.CharField(source="author.user.name", label="提交人")
    category_name = serializers.CharField(source="category.name", allow_null=True, label="类别名称")
    place = serializers.CharField(source="region.name", allow_null=True, label="地点名称")

    class Meta:
        model = MicroProposal
        fields = ["key", "committee", "number", "year", "kind", "title", "author", "category", "category_name",
                  "region", "place", "state", "publication", "submitted_at", "closed_at", "updated_at"]  # fmt: skip


class MicroWhole(MicroRow):
    added = ("assignment",)
    assignment = serializers.IntegerField(allow_null=True, label="交办件编号（您能查看时）")

    class Meta(MicroRow.Meta):
        fields = [*MicroRow.Meta.fields, "body", "assignment"]

    @classmethod
    def complete(cls, rows, user):
        keys = [row["key"] for row in rows]
        followed = set(MicroProposal.objects.followed_by(user).filter(key__in=keys).values_list("key", flat=True))
        lead = Assignment.objects.visible_to(user).filter(micro__key__in=keys)
        assignments = dict(lead.order_by("pk").values_list("micro__key", "pk"))
        for row in rows:
            row["assignment"] = assignments.get(row["key"])
            if row["key"] in followed:
                continue
            row["body"] = masked(row["body"])
            if row["publication"] == PublicationLevel.SUMMARY:
                row["body"] = Truncator(row["body"]).chars(SUMMARY)


class MicroInput(Strict, serializers.ModelSerializer):
    committee = serializers.SlugRelatedField(
        slug_field="slug", queryset=Committee.objects.all(), required=False, help_text="不填：您任委员的政协"
    )
    category = serializers.PrimaryKeyRelatedField(
        queryset=Category.objects.fields().filter(is_active=True), required=False
    )
    region = serializers.PrimaryKeyRelatedField(queryset=Region.objects.in_force(), required=False)
    submit = serializers.BooleanField(default=True, help_text="否：只存草稿")

    class Meta:
        model = MicroProposal
        fields = ["committee", "kind", "title", "body", "category", "region", "submit"]
        extra_kwargs = {name: {"required": False, "allow_blank": True} for name in ("title", "body")}

    def validate(self, data):
        """The author writes for an own committee; place and category are of it."""
        mine = self.context["request"].user.member_ids
        committee = data.get("committee") or Committee.objects.filter(pk=next(iter(mine), None)).first()
        if committee is None or committee.pk not in mine:
            raise Problem(403, "只有在任委员可以提交微建议。")
        region, category = data.get("region"), data.get("category")
        if region and not committee.region.contains(region.pk):
            raise ValidationError({"region": "地点不在本会辖区内。"})
        if category and category.committee_id not in (None, committee.pk):
            missing = self.fields["category"].error_messages["does_not_exist"]
            raise ValidationError({"category": missing.format(pk_value=category.pk)})
        return {**data, "committee": committee}


class VerdictInput(Strict, serializers.Serializer):
    verdict = serializers.ChoiceField(Verdict.choices)
    words = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="不同意或需补正时必填")


class MicroApiFilter(MicroFilter):
    committee = OfCommittee()
    within = Within(field_name="region")
    updated_since = UpdatedSince()


class Micros(Resource):
    model = MicroProposal
    noun = "微建议"
    about = "委员本人的，以及联审、交办、承办所及和已公开的微建议。"
    row, whole = MicroRow, MicroWhole
    filterset_class = MicroApiFilter
    lookup_field = "key"

    @extend_schema(
        summary="写微建议并提交",
        description="同一个 Idempotency-Key 只会有一件微建议：网络中断后用同一个值重发，得到的是第一次的结果。",
        request=MicroInput,
        responses={201: MicroWhole},
        parameters=[
            OpenApiParameter(
                "Idempotency-Key", str, "header", required=True, description="8 到 128 个字符，每件微建议新写一个"
            )
        ],
    )
    def create(self, request):
        key = _key(request)
        micro = _once(key, request.user, **given(MicroInput, request))
        place = {"Location": request.build_absolute_uri(f"{micro.key}/")}
        return self.answer(micro.key, status=status.HTTP_201_CREATED, headers=place)

    @extend_schema(summary="提交", request=None, responses=MicroWhole)
    @action(detail=True, methods=["post"])
    def submit(self, request, key):
        return self.do(services.submit)

    @extend_schema(summary="撤回", request=None, responses=MicroWhole)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, key):
        return self.do(services.withdraw)

    @extend_schema(summary="出具联审意见", request=VerdictInput, responses=MicroWhole)
    @action(detail=True, methods=["post"])
    def verdict(self, request, key):
        return self.do(services.give_verdict, VerdictInput)


def _key(request):
    """The key of the one micro-proposal that this person writes under this Idempotency-Key."""
    said = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(said) <= 128:
        raise ValidationError({"Idempotency-Key": "请在请求头里给出 8 到 128 个字符，每件微建议一个新的。"})
    return uuid5(NAMESPACE_URL, f"{request.user.pk}:{said}")


def _once(key, by, *, committee, submit, **fields) -> MicroProposal:
    """Write it, or find it written; WrongState from the write means that a twin of this request was faster."""
    written = MicroProposal.objects.by(by).filter(key=key)
    if not written.exists():
        try:
            with transaction.atomic():
                micro = services.keep_draft(key, committee=committee, by=by, **fields)
                return services.submit(micro, by=by, at=timezone.now()) if submit else micro
        except WrongState:
            if not written.exists():
                raise
    micro = written.select_related("committee", "category", "region").get()
    as_said = all(getattr(micro, name) == value for name, value in {"committee": committee, **fields}.items())
    if not as_said or (submit and micro.state == MicroState.DRAFT):
        raise Problem(422, "这个 Idempotency-Key 已用于另一件内容不同的微建议，请换一个新的。")
    return micro
