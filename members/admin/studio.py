from django.contrib import admin

from config.admin import Group, ScopedAdmin, Waiting
from members.models import Inquiry, InquiryReply, QuestionTurn
from members.roles import Permission
from members.states import InquiryReplyState, QuestionState


class _Reading(ScopedAdmin):
    """For reading and counting; what is done is done on the pages."""

    group = Group.PEOPLE
    view_permission = Permission.DUTY_MANAGE


@admin.register(QuestionTurn)
class QuestionTurnAdmin(_Reading):
    owned_by = "question__committee"
    list_display = ["__str__", "question", "number", "state", "at", "due_on", "answered_at"]
    list_select_related = ["question"]
    list_filter = ["state"]
    fields = [
        "question", "number", "words", "state", "at", "due_on", "answer", "answered_at", "why_refused", "moderated_by",
    ]  # fmt: skip
    waiting = {"asked": Waiting("待审核的追问", lambda rows: rows.filter(state=QuestionState.ASKED))}


@admin.register(Inquiry)
class InquiryAdmin(_Reading):
    list_display = ["title", "member", "state", "at", "until", "summed_at"]
    list_select_related = ["member__user"]
    list_filter = ["state"]
    fields = ["committee", "member", "title", "words", "state", "at", "until", "summary", "summed_at", "why_taken_down"]


@admin.register(InquiryReply)
class InquiryReplyAdmin(_Reading):
    owned_by = "inquiry__committee"
    list_display = ["__str__", "inquiry", "state", "at"]
    list_select_related = ["inquiry"]
    list_filter = ["state"]
    fields = ["inquiry", "place", "words", "state", "at", "why_hidden", "moderated_by"]
    waiting = {"sent": Waiting("待审核的群众回应", lambda rows: rows.filter(state=InquiryReplyState.SENT))}
