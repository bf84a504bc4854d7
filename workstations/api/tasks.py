import django_filters as filters
from rest_framework import serializers

from config.rest.filters import Asked, UpdatedSince
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee
from workstations.models import DutyTask
from workstations.states import TaskState


class DutyTaskRow(Row):
    """What is owed, by whom, how it stands; what was written stays on the page of the task."""

    committee = Of("slug", label="政协")
    member = serializers.CharField(source="member.user.name", allow_null=True, label="委员")
    body = Of("name", allow_null=True, label="机构")
    station = Of("name", allow_null=True, label="站点")

    class Meta:
        model = DutyTask
        fields = ["id", "committee", "rule", "title", "period", "period_label", "member", "body", "station", "due_on",
                  "state", "done_at", "number", "grade", "updated_at"]  # fmt: skip


class DutyTaskWhole(DutyTaskRow):
    """With the words, unless the rule is restricted: those are read on the site only."""

    added = ("words",)
    words = serializers.CharField(label="内容", allow_null=True)

    class Meta(DutyTaskRow.Meta):
        fields = [*DutyTaskRow.Meta.fields, "words"]

    @classmethod
    def complete(cls, rows, user):
        open_ones = DutyTask.objects.visible_to(user).filter(pk__in=[row["id"] for row in rows])
        words = dict(open_ones.filter(rule__is_restricted=False).values_list("pk", "words"))
        for row in rows:
            row["words"] = words.get(row["id"])


class TaskFilter(Asked):
    committee = OfCommittee()
    rule = filters.NumberFilter(label="规则的编号", min_value=1, max_value=2**63 - 1)
    state = filters.ChoiceFilter(label="状态", choices=TaskState.choices)
    due_before = filters.DateFilter(label="期限在这一天之前", field_name="due_on", lookup_expr="lt")
    updated_since = UpdatedSince()


class DutyTasks(Resource):
    model = DutyTask
    noun = "周期任务"
    about = "自己的任务，和自己负责查阅的委员、机构、站点的任务。仅限办公室查阅的，不给出内容。"
    row, whole = DutyTaskRow, DutyTaskWhole
    filterset_class = TaskFilter
