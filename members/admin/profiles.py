from django.contrib import admin

from config.admin import Group, ScopedAdmin, Waiting
from members.models import MemberQuestion
from members.roles import Permission
from members.states import QuestionState


@admin.register(MemberQuestion)
class MemberQuestionAdmin(ScopedAdmin):
    """For reading and counting; what is done with a question is done on its page."""

    group = Group.PEOPLE
    view_permission = Permission.DUTY_MANAGE
    list_display = ["__str__", "member", "state", "at", "due_on", "answered_at"]
    list_select_related = ["member__user"]
    list_filter = ["state"]
    fields = [
        "member", "words", "place", "state", "at", "due_on", "answer", "answered_at", "why_refused", "moderated_by",
    ]  # fmt: skip
    waiting = {"asked": Waiting("待审核的群众提问", lambda rows: rows.filter(state=QuestionState.ASKED))}
