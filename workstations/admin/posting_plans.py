from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.roles import Permission
from workstations.models import PostingPlan


@admin.register(PostingPlan)
class PostingPlanAdmin(ScopedAdmin):
    """Looked up here, made and changed on its own pages."""

    group = Group.STATIONS
    view_permission = Permission.STATION_MANAGE
    change_permission = None
    list_display = ["name", "target", "state", "created_by", "created_at"]
    list_filter = ["state", "target"]
    search_fields = ["name"]
    fields = ["committee", "upper", "name", "target", "state", "created_by", "created_at"]

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None
