from django.contrib import admin

from config.admin import Group, ScopedAdmin, ScopedInline
from members.roles import Permission
from workstations.models import Quota, QuotaLine


class QuotaLineInline(ScopedInline):
    """Which facts count is chosen in words on the quota's own page."""

    model = QuotaLine
    fields = ["position", "name", "at_least", "span"]
    can_add = False


@admin.register(Quota)
class QuotaAdmin(ScopedAdmin):
    group = Group.STATIONS
    view_permission = change_permission = Permission.DUTY_MANAGE
    list_display = ["name", "subject", "is_active"]
    list_filter = ["is_active", "subject"]
    search_fields = ["name"]
    fields = ["committee", "name", "subject", "body_kind", "station_kind", "is_active"]
    inlines = [QuotaLineInline]

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None
