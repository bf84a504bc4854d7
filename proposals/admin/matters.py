from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from config.admin import Group, ScopedAdmin, Waiting, transition
from members.roles import Permission
from proposals import services
from proposals.models import Assignment, Category, Extension, MicroProposal
from proposals.states import AssignmentState, MicroState, RequestState


@admin.register(MicroProposal)
class MicroProposalAdmin(ScopedAdmin):
    """For looking through; what is to be done with one, its own page offers."""

    group = Group.MATTERS
    view_permission = Permission.MICRO_VIEW
    list_display = ["serial", "title", "author", "category", "region", "state", "submitted_at"]
    list_display_links = ["serial", "title"]
    list_select_related = ["author__user"]
    list_filter = ["state", "category", "submitted_at"]
    search_fields = ["title"]
    fields = [
        "serial", "title", "body", "author", "category", "region", "state", "publication", "submitted_at", "closed_at",
    ]  # fmt: skip
    waiting = {
        "assign": Waiting("待交办的微建议", lambda rows: rows.filter(state=MicroState.AGREED)),
        "review": Waiting("三办联审中的微建议", lambda rows: rows.filter(state=MicroState.REVIEWING), "info"),
    }

    @admin.display(description="编号")
    def serial(self, row):
        return row.serial or "草稿"


def _overdue(rows):
    return rows.overdue(timezone.localdate())


def _promised(rows):
    """B replies whose promised day has come: somebody has to look whether it was kept."""
    due = Assignment.objects.filter(
        state=AssignmentState.FOLLOWING, rounds__reply__promised_on__lte=timezone.localdate()
    )
    return rows.filter(pk__in=due.values("pk"))


@admin.register(Assignment)
class AssignmentAdmin(ScopedAdmin):
    group = Group.MATTERS
    view_permission = Permission.MATTER_VIEW
    list_display = ["title", "unit", "handler", "due_on", "state", "round"]
    list_filter = ["state", "unit", "due_on"]
    search_fields = ["title"]
    fields = [
        "title", "text", "unit", "leader_name", "leader_post", "handler", "due_on", "duty", "quality", "state",
        "round", "assigned_at", "accepted_at", "replied_at", "satisfied_at", "implemented_at", "closed_at",
    ]  # fmt: skip
    waiting = {
        "overdue": Waiting("逾期的交办件", _overdue, "late"),
        "promised": Waiting("承诺到期待核实", _promised),
        "pending": Waiting("待签收的交办件", lambda rows: rows.filter(state=AssignmentState.PENDING), "info"),
    }


@admin.register(Extension)
class ExtensionAdmin(ScopedAdmin):
    group = Group.MATTERS
    owned_by = "assignment__committee"
    view_permission = Permission.MATTER_VIEW
    list_display = ["assignment", "unit", "previously", "until", "reason", "state"]
    list_select_related = ["assignment__unit"]
    list_filter = ["state"]
    search_fields = ["assignment__title"]
    fields = [
        "assignment", "unit", "previously", "until", "reason", "asked_by", "asked_at", "state", "words",
        "decided_by", "decided_at",
    ]  # fmt: skip
    actions = ["grant"]
    waiting = {"asked": Waiting("待审批的延期", lambda rows: rows.filter(state=RequestState.ASKED))}

    def visible(self, request):
        return Extension.objects.filter(assignment__in=Assignment.objects.visible_to(request.user).values("pk"))

    @admin.display(description="承办单位")
    def unit(self, row):
        return row.assignment.unit

    def get_view_on_site_url(self, obj=None):
        return reverse("extension-decide", args=[obj.assignment_id, obj.pk]) if obj else None

    @transition("同意延期", permission=Permission.MATTER_SUPERVISE, when=lambda row: row.state == RequestState.ASKED)
    def grant(self, row, *, by, at):
        services.grant_extension(row, by=by, at=at)


@admin.register(Category)
class CategoryAdmin(ScopedAdmin):
    change_permission = Permission.REFERENCE_MANAGE
    list_display = ["name", "scheme", "committee", "position", "is_active"]
    list_filter = ["scheme", "is_active"]
    search_fields = ["name"]
    searched_when_chosen = False
    fields = ["committee", "scheme", "name", "position", "is_active"]
    ordering = ["position", "pk"]
