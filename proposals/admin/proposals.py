from functools import wraps

from django.contrib import admin

from config.admin import Group, ScopedAdmin, Waiting, transition
from members.roles import Permission
from proposals.models import GradeWording, Plenary, Proposal, RejectionGround
from proposals.services import reviewing
from proposals.states import ProposalState


def _is_waiting(row):
    return row.state == ProposalState.SUBMITTED


def _to_hand(rows):
    return rows.filter(state=ProposalState.FILED, is_imported=False)


def _first_come(run):
    """Numbers are given in the order in which they were submitted, whatever the order of the list."""

    @wraps(run)
    def in_order(self, request, queryset):
        return run(self, request, queryset.order_by("submitted_at", "pk"))

    return in_order


@admin.register(Proposal)
class ProposalAdmin(ScopedAdmin):
    """For looking through and filing many at once; everything else its own page offers."""

    group = Group.MATTERS
    view_permission = Permission.PROPOSAL_VIEW
    list_display = ["serial", "title", "kind", "sphere", "state", "unit", "grade", "submitted_at"]
    list_display_links = ["serial", "title"]
    list_select_related = ["plenary"]
    list_filter = ["state", "kind", "timing", "plenary", "sphere", "grade", "is_key", "is_excellent"]
    search_fields = ["title"]
    fields = [
        "serial", "title", "kind", "organisation", "body", "drafter", "situation", "analysis", "suggestions", "sphere",
        "timing", "state", "lead", "publication", "private_reason", "public_summary", "is_key", "is_excellent",
        "unit", "grade", "satisfaction", "submitted_at", "filed_at", "closed_at",
    ]  # fmt: skip
    actions = ["file"]
    waiting = {
        "review": Waiting("待审查的提案", lambda rows: rows.filter(state=ProposalState.SUBMITTED)),
        "hand": Waiting("待交办的提案", _to_hand, "info"),
    }

    def visible(self, request):
        """Those that one follows as the office; what is only public is read on the site."""
        return Proposal.objects.followed_by(request.user)

    @admin.display(description="编号")
    def serial(self, row):
        return row.serial or "未编号"

    @admin.display(description="建议")
    def suggestions(self, row):
        return "\n".join(f"{number}. {point}" for number, point in enumerate(row.points, start=1))

    @_first_come
    @transition("立案", permission=Permission.PROPOSAL_REVIEW, when=_is_waiting)
    def file(self, row, *, by, at):
        reviewing.file(row, by=by, at=at)


@admin.register(Plenary)
class PlenaryAdmin(ScopedAdmin):
    """Proposals are numbered by it, so its number stands as soon as there is one."""

    group = Group.MATTERS
    view_permission = Permission.PROPOSAL_VIEW
    change_permission = Permission.PROPOSAL_REVIEW
    list_display = ["__str__", "committee", "opens_on", "closes_on", "collects_from", "collects_until"]
    search_fields = []
    searched_when_chosen = False
    fields = ["committee", "term", "number", "opens_on", "closes_on", "collects_from", "collects_until"]

    def get_readonly_fields(self, request, obj=None):
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "term", "number"] if obj and obj.proposals.exists() else fixed


@admin.register(RejectionGround)
class RejectionGroundAdmin(ScopedAdmin):
    change_permission = Permission.PROPOSAL_REVIEW
    list_display = ["words", "committee", "position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["words"]
    searched_when_chosen = False
    fields = ["committee", "words", "position", "is_active"]
    ordering = ["position", "pk"]


@admin.register(GradeWording)
class GradeWordingAdmin(ScopedAdmin):
    """A reply keeps the wording that was in force when it was sent; a new wording is a new row from a day on."""

    change_permission = Permission.REFERENCE_MANAGE
    list_display = ["grade", "words", "committee", "since"]
    list_filter = ["grade"]
    search_fields = ["words"]
    searched_when_chosen = False
    fields = ["committee", "grade", "words", "since"]
    ordering = ["grade", "-since", "pk"]
