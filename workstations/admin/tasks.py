from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.roles import Permission
from workstations.models import DutyRule, DutyTask


@admin.register(DutyRule)
class DutyRuleAdmin(ScopedAdmin):
    """For looking; setting, changing and ending have consequences and are done on the site's pages."""

    group = Group.STATIONS
    view_permission = Permission.DUTY_MANAGE
    list_display = ["name", "cycle", "owed_by", "since", "until", "is_active"]
    list_filter = ["is_active", "cycle"]
    search_fields = ["name"]

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None


@admin.register(DutyTask)
class DutyTaskAdmin(ScopedAdmin):
    """Everybody's tasks; the words stay on the site's pages, where it is known who may read them."""

    group = Group.STATIONS
    view_permission = Permission.DUTY_MANAGE
    list_display = ["title", "period_label", "assignee", "due_on", "state", "grade"]
    list_filter = ["state"]
    list_select_related = ["assignee"]
    search_fields = ["title"]
    fields = ["committee", "rule", "period_label", "title", "assignee", "due_on", "state", "number", "grade", "remark"]

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None
