from django.contrib import admin
from django.utils import timezone

from config.admin import Group, ScopedAdmin, Waiting
from members.roles import Permission
from proposals.models import LookBack, LookBackItem, Supervision
from proposals.states import LookBackItemState, SupervisionState


def _unanswered(rows):
    return rows.filter(state=SupervisionState.OPEN, answer_due_on__lt=timezone.localdate())


@admin.register(Supervision)
class SupervisionAdmin(ScopedAdmin):
    """For looking through; actions are begun and answered on the site's pages."""

    group = Group.MATTERS
    owned_by = "assignment__committee"
    view_permission = Permission.MATTER_VIEW
    list_display = ["assignment", "unit", "kind", "serial", "on", "answer_due_on", "state"]
    list_select_related = ["assignment__unit"]
    list_filter = ["state", "kind", "on"]
    search_fields = ["assignment__title"]
    fields = [
        "assignment", "unit", "kind", "serial", "on", "led_by", "participants", "words", "satisfied", "basic",
        "unsatisfied", "answer_due_on", "state", "by", "at", "answer", "answered_by", "answered_at",
    ]  # fmt: skip
    waiting = {"late": Waiting("逾期没有反馈的督办", _unanswered, "late")}

    @admin.display(description="承办单位")
    def unit(self, row):
        return row.assignment.unit

    @admin.display(description="文号")
    def serial(self, row):
        return row.serial or "–"


@admin.register(LookBack)
class LookBackAdmin(ScopedAdmin):
    group = Group.MATTERS
    view_permission = Permission.MATTER_VIEW
    list_display = ["name", "plenary", "check_due_on", "state", "opened_at", "closed_at"]
    list_select_related = ["plenary"]
    list_filter = ["state"]
    search_fields = ["name"]
    fields = ["name", "plenary", "check_due_on", "state", "by", "opened_at", "closed_at"]


@admin.register(LookBackItem)
class LookBackItemAdmin(ScopedAdmin):
    group = Group.MATTERS
    owned_by = "campaign__committee"
    view_permission = Permission.MATTER_VIEW
    list_display = ["assignment", "unit", "campaign", "found", "state", "settled_at"]
    list_select_related = ["assignment__unit", "campaign"]
    list_filter = ["state", "found", "cause"]
    search_fields = ["assignment__title"]
    fields = [
        "campaign", "assignment", "unit", "state", "found", "check_words", "checked_by", "checked_at", "has_leader",
        "has_person", "in_order", "spot_words", "spotted_by", "spotted_at", "cause", "words", "promised_on",
        "settled_at",
    ]  # fmt: skip
    waiting = {
        "checked": Waiting("单位已自查、待作结论", lambda rows: rows.filter(state=LookBackItemState.CHECKED)),
    }

    @admin.display(description="承办单位")
    def unit(self, row):
        return row.assignment.unit
