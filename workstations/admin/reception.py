from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.roles import Permission
from workstations.models import ReceptionShift, Visit


@admin.register(ReceptionShift)
class ReceptionShiftAdmin(ScopedAdmin):
    """For looking; planning, swapping and marking tell people and are done on the site's pages."""

    group = Group.STATIONS
    owned_by = "station__committee"
    view_permission = Permission.STATION_MANAGE
    list_display = ["station", "on", "starts", "ends", "member", "kept", "cancelled_at"]
    list_filter = ["kept"]
    list_select_related = ["station", "member__user"]
    search_fields = ["station__name", "member__user__name"]


@admin.register(Visit)
class VisitAdmin(ScopedAdmin):
    """For looking; what was said is a word of its own."""

    group = Group.STATIONS
    owned_by = "station__committee"
    view_permission = Permission.STATION_MANAGE
    list_display = ["station", "on", "people", "matter", "by"]
    list_select_related = ["station", "by"]
    search_fields = ["matter", "station__name"]
