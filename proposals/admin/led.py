from django.contrib import admin
from django.utils import timezone

from config.admin import Group, ScopedAdmin, Waiting
from members.roles import Permission
from proposals.models import MicroLead, MicroResult
from proposals.states import MicroState, Satisfaction


def _late(rows):
    return rows.standing().filter(finished_at__isnull=True, due_on__lt=timezone.localdate())


def _unhappy(rows):
    return rows.standing().filter(satisfaction=Satisfaction.UNSATISFIED, micro__state=MicroState.LED)


@admin.register(MicroLead)
class MicroLeadAdmin(ScopedAdmin):
    """For looking through; who leads is decided, and the result written, on the site's pages."""

    group = Group.MATTERS
    owned_by = "micro__committee"
    view_permission = Permission.MICRO_VIEW
    list_display = ["micro", "leader", "due_on", "finished_at", "satisfaction", "ended_at"]
    list_select_related = ["micro", "body", "member__user"]
    list_filter = ["satisfaction", "due_on"]
    search_fields = ["micro__title"]
    fields = [
        "micro", "body", "member", "team", "due_on", "by", "at", "result", "publication", "private_reason",
        "finished_at", "satisfaction", "rating_words", "rated_at", "ended_at", "end_reason",
    ]  # fmt: skip
    waiting = {
        "late": Waiting("逾期没有结果的领办", _late, "late"),
        "unhappy": Waiting("提交人不满意的领办", _unhappy, "late"),
    }

    @admin.display(description="领办人")
    def leader(self, row):
        return row.leader


@admin.register(MicroResult)
class MicroResultAdmin(ScopedAdmin):
    group = Group.MATTERS
    owned_by = "micro__committee"
    view_permission = Permission.MICRO_VIEW
    list_display = ["title", "micro", "tag", "on"]
    list_select_related = ["micro"]
    list_filter = ["tag", "on"]
    search_fields = ["title", "micro__title"]
    fields = ["micro", "tag", "title", "before", "now", "on", "by", "at"]
