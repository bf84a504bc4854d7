from django.contrib import admin
from django.urls import reverse

from config.admin import Group, ScopedAdmin, Waiting
from members.roles import Permission
from proposals.models import Assignment, Coordination, HandingMeeting, Pause, ReturnRequest
from proposals.states import RequestState


@admin.register(HandingMeeting)
class HandingMeetingAdmin(ScopedAdmin):
    """For looking through; its own page plans and hands over."""

    group = Group.MATTERS
    view_permission = Permission.PROPOSAL_VIEW
    list_display = ["name", "held_on", "due_on", "opinion_due_on", "done_at"]
    list_filter = ["held_on"]
    search_fields = ["name"]
    fields = [
        "committee", "plenary", "name", "held_on", "place", "due_on", "opinion_due_on", "duty", "quality", "by",
        "done_at",
    ]  # fmt: skip


class OfAssignmentAdmin(ScopedAdmin):
    """What belongs to an assignment, for those who may read that."""

    group = Group.MATTERS
    owned_by = "assignment__committee"
    view_permission = Permission.MATTER_VIEW
    list_select_related = ["assignment__unit"]
    search_fields = ["assignment__title"]

    def visible(self, request):
        return self.model.objects.filter(assignment__in=Assignment.objects.visible_to(request.user).values("pk"))

    @admin.display(description="承办单位")
    def unit(self, row):
        return row.assignment.unit


@admin.register(ReturnRequest)
class ReturnRequestAdmin(OfAssignmentAdmin):
    list_display = ["assignment", "unit", "reason", "asked_at", "state"]
    list_filter = ["state"]
    fields = [
        "assignment", "unit", "reason", "suggested", "asked_by", "asked_at", "state", "words", "decided_by",
        "decided_at",
    ]  # fmt: skip
    waiting = {"asked": Waiting("待审批的退回", lambda rows: rows.filter(state=RequestState.ASKED))}

    def get_view_on_site_url(self, obj=None):
        return reverse("return-decide", args=[obj.assignment_id, obj.pk]) if obj else None


@admin.register(Pause)
class PauseAdmin(OfAssignmentAdmin):
    list_display = ["assignment", "unit", "since", "until", "reason"]
    fields = ["assignment", "unit", "since", "until", "reason", "by"]


@admin.register(Coordination)
class CoordinationAdmin(OfAssignmentAdmin):
    list_display = ["assignment", "unit", "about", "held_on", "chaired_by"]
    list_filter = ["about"]
    fields = ["assignment", "unit", "about", "held_on", "place", "chaired_by", "attended", "decision", "by", "at"]
