from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.models import DutyRecord, ScoreScheme
from members.roles import Permission


@admin.register(ScoreScheme)
class ScoreSchemeAdmin(ScopedAdmin):
    """Read only: a scheme is edited on its pages, where the ledger follows."""

    group = Group.PEOPLE
    view_permission = Permission.DUTY_MANAGE
    list_display = ["name", "year", "committee", "state", "source"]
    list_filter = ["state", "year"]
    search_fields = ["name", "source"]
    fields = ["committee", "year", "name", "source", "note", "cap", "floor", "state", "updated_at"]


@admin.register(DutyRecord)
class DutyRecordAdmin(ScopedAdmin):
    """Read only: what was told stays; it is taken back by a counter-entry."""

    group = Group.PEOPLE
    view_permission = Permission.DUTY_MANAGE
    list_display = ["title", "member", "fact", "mark", "on", "reverses"]
    list_select_related = ["member__user", "reverses"]
    list_filter = ["year", "fact", "mark"]
    search_fields = ["title", "member__user__name"]
    fields = ["committee", "member", "on", "fact", "detail", "mark", "share", "sharers", "quantity", "title", "url",
              "version", "reverses", "reason", "by", "at"]  # fmt: skip
