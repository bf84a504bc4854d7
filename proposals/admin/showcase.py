from django.contrib import admin

from config.admin import Group, ScopedAdmin, Waiting
from members.roles import Permission
from proposals.models import Showcase, ShowcaseComment
from proposals.states import CommentState


@admin.register(Showcase)
class ShowcaseAdmin(ScopedAdmin):
    """For looking through; stages are composed and opened on the site's pages, and votes stand nowhere one by one."""

    group = Group.MATTERS
    owned_by = "proposal__committee"
    view_permission = Permission.PROPOSAL_REVIEW
    list_display = ["proposal", "unit", "is_open", "takes_votes", "opened_at"]
    list_select_related = ["proposal__unit"]
    list_filter = ["is_open", "takes_votes"]
    search_fields = ["proposal__title"]
    fields = ["proposal", "is_open", "takes_votes", "opened_at"]

    @admin.display(description="承办单位")
    def unit(self, row):
        return row.proposal.unit or "–"


@admin.register(ShowcaseComment)
class ShowcaseCommentAdmin(ScopedAdmin):
    group = Group.MATTERS
    owned_by = "showcase__proposal__committee"
    view_permission = Permission.PROPOSAL_REVIEW
    list_display = ["words", "proposal", "state", "at", "answered_at"]
    list_select_related = ["showcase__proposal"]
    list_filter = ["state", "at"]
    search_fields = ["words"]
    fields = [
        "showcase", "words", "state", "at", "why_hidden", "moderated_by", "answer", "answered_by", "answered_at",
    ]  # fmt: skip
    waiting = {
        "read": Waiting("待审看的群众留言", lambda rows: rows.filter(state=CommentState.WAITING)),
        "answer": Waiting(
            "已公开、单位还没有回应的留言",
            lambda rows: rows.filter(state=CommentState.SHOWN, answered_at__isnull=True),
        ),
    }

    @admin.display(description="提案")
    def proposal(self, row):
        return row.showcase.proposal
