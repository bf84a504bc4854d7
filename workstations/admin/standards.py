from django.contrib import admin

from config.admin import Group, ScopedAdmin, ScopedInline
from members.roles import Permission
from workstations.models import Finding, Inspection, Standard, StandardItem


class StandardItemInline(ScopedInline):
    """For reading: a new wording may be a new version, so it is written on the standard's own page."""

    model = StandardItem
    fields = ["position", "name", "help", "needs_photo"]
    readonly_fields = ["position", "name", "help", "needs_photo"]
    can_add = False


@admin.register(Standard)
class StandardAdmin(ScopedAdmin):
    group = Group.STATIONS
    view_permission = Permission.STATION_MANAGE
    can_add = False
    list_display = ["name", "version", "station_kind", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    fields = ["committee", "name", "version", "source", "station_kind", "is_active"]
    inlines = [StandardItemInline]

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None


class FindingInline(ScopedInline):
    model = Finding
    fields = ["position", "name", "passed", "words"]
    readonly_fields = ["position", "name", "passed", "words"]
    can_add = False


@admin.register(Inspection)
class InspectionAdmin(ScopedAdmin):
    """For reading: an inspection is filled in on its page, and does not change when it is finished."""

    group = Group.STATIONS
    owned_by = "station__committee"
    view_permission = Permission.STATION_MANAGE
    can_add = False
    list_display = ["station", "standard", "kind", "on", "state", "stars"]
    list_select_related = ["station", "standard"]
    list_filter = ["state", "kind"]
    fields = ["station", "standard", "kind", "on", "state", "stars", "words", "by", "done_at"]
    inlines = [FindingInline]

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None
