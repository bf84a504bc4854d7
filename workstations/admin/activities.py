from django.contrib import admin

from config.admin import Group, ScopedAdmin, ScopedInline, Waiting
from members.roles import Permission
from workstations.models import Activity, CalendarTheme, Seat, Story
from workstations.states import ActivityState


class SeatInline(ScopedInline):
    """Who was called and who was there; the roll is taken on the activity's own page, by its services."""

    model = Seat
    fields = ["member", "state", "is_called", "half_days", "speech"]
    readonly_fields = ["member", "state", "is_called", "half_days", "speech"]
    can_add = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("member__user")


@admin.register(Activity)
class ActivityAdmin(ScopedAdmin):
    """For reading: what is said about an activity is changed on its page, which tells those who come."""

    group = Group.STATIONS
    view_permission = Permission.DUTY_MANAGE
    can_add = False
    list_display = ["title", "kind", "body", "station", "starts_at", "state"]
    list_select_related = ["body", "station"]
    list_filter = ["state", "kind"]
    search_fields = ["title"]
    fields = [
        "committee", "kind", "title", "body", "station", "starts_at", "ends_at", "place", "half_days",
        "state", "effect",
    ]  # fmt: skip
    inlines = [SeatInline]
    waiting = {"drafts": Waiting("筹备中的活动", lambda rows: rows.filter(state=ActivityState.DRAFT), "info")}


@admin.register(Story)
class StoryAdmin(ScopedAdmin):
    """For reading: a story is written on its page, so that the duty record follows."""

    group = Group.STATIONS
    view_permission = Permission.DUTY_MANAGE
    can_add = False
    list_display = ["title", "kind", "on", "media", "is_published"]
    list_filter = ["kind", "is_published"]
    search_fields = ["title"]
    fields = ["committee", "kind", "title", "on", "text", "effect", "media", "level", "link", "is_published"]


@admin.register(CalendarTheme)
class CalendarThemeAdmin(ScopedAdmin):
    group = Group.STATIONS
    view_permission = change_permission = Permission.DUTY_MANAGE
    list_display = ["year", "month", "station", "theme"]
    list_select_related = ["station"]
    list_filter = ["year"]
    fields = ["committee", "station", "year", "month", "theme"]
