import django_filters as filters
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer

from config.rest.filters import Asked, IdFilter, UpdatedSince
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row, grouped
from config.rest.views import Resource
from consultation import documents, queries
from consultation.filters import ConsultationFilter, OutcomeFilter, PlanItemFilter, TopicFilter
from consultation.models import AnnualPlan, Consultation, Outcome, PlanItem, PlanQuota, PlanSignature, Session, Topic
from consultation.states import PUBLIC_PLANS, PlanState
from members.filters import OfCommittee


class CsvTable(BaseRenderer):
    media_type, format, charset = "text/csv", "csv", "utf-8"


class Calendar(BaseRenderer):
    media_type, format, charset = "text/calendar", "ics", "utf-8"


# --- plans -------------------------------------------------------------------------------------------------------


class PlanRow(Row):
    committee = Of("slug", label="政协")

    class Meta:
        model = AnnualPlan
        fields = ["id", "committee", "year", "version", "title", "number", "issued_on", "state", "updated_at"]


class PlanItemRow(Row):
    added = ("units",)
    committee = serializers.CharField(source="plan.committee.slug", label="政协")
    year = serializers.IntegerField(source="plan.year", label="年度")
    body = Of("name", allow_null=True, label="承办专委会")
    units = serializers.ListField(child=serializers.CharField(), label="配合单位")

    class Meta:
        model = PlanItem
        fields = ["id", "plan", "committee", "year", "lineage", "position", "title", "topic", "form", "month",
                  "planned_on", "lead", "body", "units", "participants", "result_kind", "updated_at"]  # fmt: skip

    @classmethod
    def complete(cls, rows, user):
        joined = PlanItem.objects.filter(pk__in=[row["id"] for row in rows], units__isnull=False).order_by("units__pk")
        units = grouped(joined.values("pk", "units__name"), by="pk")
        for row in rows:
            row["units"] = [unit["units__name"] for unit in units[row["id"]]]


class QuotaRow(serializers.ModelSerializer):
    done = serializers.IntegerField(label="已开会")
    planned = serializers.IntegerField(label="列入计划")
    total = serializers.IntegerField(allow_null=True, label="定额；不限次的，为列入计划的次数")

    class Meta:
        model = PlanQuota
        fields = ["label", "done", "planned", "total", "open_ended"]


class PlanWhole(PlanRow):
    added = ("issuers", "quotas", "items")
    issuers = serializers.ListField(child=serializers.CharField(), label="联合印发单位")
    quotas = QuotaRow(many=True)
    items = PlanItemRow(many=True)

    class Meta(PlanRow.Meta):
        fields = [*PlanRow.Meta.fields, "foreword", "formula_name", "issuers", "quotas", "items"]

    @classmethod
    def complete(cls, rows, user):
        for row in rows:
            plan = AnnualPlan.objects.get(pk=row["id"])
            signed = PlanSignature.objects.filter(plan=plan, void_at=None).order_by("pk")
            row["issuers"] = list(signed.values_list("office__name", flat=True))
            figures = queries.quota_figures(plan)
            row["quotas"] = [{name: getattr(one, name) for name in QuotaRow.Meta.fields} for one in figures]
            items = plan.items.standing().order_by("position", "pk")
            row["items"] = PlanItemRow.read(items.values(*PlanItemRow.columns().values()), user)


class IssuedPlanFilter(Asked):
    committee = OfCommittee()
    year = filters.NumberFilter(label="年度", min_value=2000, max_value=2100)
    version = filters.NumberFilter(label="版次；不填：现行的一版", min_value=1, max_value=1000)
    updated_since = UpdatedSince()

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("version") else found.current()


class Plans(Resource):
    model = AnnualPlan
    noun = "年度协商计划"
    about = "联合印发的年度协商计划。默认列现行的一版，旧版按 version 查或按编号直接打开；未印发的不在这里。"
    permission_classes = [ReadPublic]
    row, whole = PlanRow, PlanWhole
    filterset_class = IssuedPlanFilter

    def get_queryset(self):
        return super().get_queryset().public()

    @extend_schema(summary="事项表（CSV）", operation_id="plans_table", responses={(200, "text/csv"): str})
    def table(self, request, pk):
        plan = self.get_object()
        return StreamingHttpResponse(documents.plan_table(plan), headers=_file(plan, CsvTable))

    @extend_schema(
        summary="事项日历（iCalendar）", operation_id="plans_calendar", responses={(200, "text/calendar"): str}
    )
    def calendar(self, request, pk):
        plan = self.get_object()
        body = documents.plan_calendar(plan, host=request.get_host().partition(":")[0])
        return HttpResponse(body, headers=_file(plan, Calendar))


def _file(plan, kind):
    return {
        "Content-Type": f"{kind.media_type}; charset={kind.charset}",
        "Content-Disposition": content_disposition_header(True, f"{plan}.{kind.format}"),
    }


class IssuedItemFilter(Asked, PlanItemFilter):
    committee = OfCommittee(field_name="plan__committee")
    plan = IdFilter(label="计划编号；不填：各现行计划")
    year = filters.NumberFilter(label="年度", field_name="plan__year", min_value=2000, max_value=2100)
    topic = IdFilter(label="议题编号")
    updated_since = UpdatedSince()

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("plan") else found.filter(plan__state=PlanState.ISSUED)


class PlanItems(Resource):
    model = PlanItem
    noun = "计划事项"
    about = "已印发计划中的事项。同一事项在各版计划中的 lineage 相同。"
    permission_classes = [ReadPublic]
    row = PlanItemRow
    filterset_class = IssuedItemFilter

    def get_queryset(self):
        return super().get_queryset().standing().filter(plan__state__in=PUBLIC_PLANS)


# --- topics, consultations, outcomes -----------------------------------------------------------------------------


class TopicRow(Row):
    committee = Of("slug", label="政协")

    class Meta:
        model = Topic
        fields = ["id", "committee", "title", "reason", "source", "content_kind", "state", "updated_at"]


class PublicTopicFilter(Asked, TopicFilter):
    committee = OfCommittee()
    updated_since = UpdatedSince()


class Topics(Resource):
    model = Topic
    noun = "议题"
    about = "已印发计划中的议题；登录的工作人员另见本会的全部议题，委员另见自己所荐的议题。"
    permission_classes = [ReadPublic]
    row = TopicRow
    filterset_class = PublicTopicFilter


class ConsultationRow(Row):
    committee = Of("slug", label="政协")

    class Meta:
        model = Consultation
        fields = ["id", "committee", "year", "plan_item", "topic", "title", "form", "channel", "place", "workstation",
                  "conveners", "procedure_name", "state", "held_on", "updated_at"]  # fmt: skip


class SessionRow(serializers.ModelSerializer):
    class Meta:
        model = Session
        fields = ["starts_at", "ends_at", "place", "minutes", "minutes_published_at"]


class ConsultationWhole(ConsultationRow):
    added = ("sessions",)
    sessions = SessionRow(many=True, label="会议")

    class Meta(ConsultationRow.Meta):
        fields = [*ConsultationRow.Meta.fields, "summary", "sessions"]

    @classmethod
    def complete(cls, rows, user):
        """Minutes are read here once they are published, by everybody alike."""
        held = Session.objects.filter(consultation__in=[row["id"] for row in rows]).order_by("starts_at")
        sessions = grouped(held.values("consultation", *SessionRow.Meta.fields), by="consultation")
        for row in rows:
            row["sessions"] = sessions[row["id"]]
            for session in row["sessions"]:
                session["minutes"] = session["minutes"] if session["minutes_published_at"] else ""


class PublicConsultationFilter(Asked, ConsultationFilter):
    committee = OfCommittee()
    updated_since = UpdatedSince()


class Consultations(Resource):
    model = Consultation
    noun = "协商活动"
    about = "进行中和已结束的公开协商活动。单独一项里还有情况介绍、会议和已公开的纪要。"
    permission_classes = [ReadPublic]
    row, whole = ConsultationRow, ConsultationWhole
    filterset_class = PublicConsultationFilter


class OutcomeRow(Row):
    committee = Of("slug", label="政协")
    unit = Of("name", allow_null=True, label="承办单位")
    village = Of("name", allow_null=True, label="村（居）“两委”")

    class Meta:
        model = Outcome
        fields = ["id", "committee", "consultation", "number", "text", "outcome_class", "route", "unit", "village",
                  "due_on", "look_again_on", "state", "routed_at", "done_at", "result", "updated_at"]  # fmt: skip


class PublicOutcomeFilter(Asked, OutcomeFilter):
    committee = OfCommittee()
    consultation = IdFilter(label="协商活动编号")
    updated_since = UpdatedSince()


class Outcomes(Resource):
    model = Outcome
    noun = "协商成果"
    about = "公开协商活动中已转办的成果，A、B、C 三类和各自的去向、落实情况。"
    permission_classes = [ReadPublic]
    row = OutcomeRow
    filterset_class = PublicOutcomeFilter
