from django.contrib import admin
from django.urls import reverse

from config.admin import Group, ScopedAdmin
from members.models import Grouping
from members.roles import Permission


@admin.register(Grouping)
class GroupingAdmin(ScopedAdmin):
    """Looked up here, made and changed on its own pages."""

    group = Group.PEOPLE
    view_permission = Permission.PEOPLE_MANAGE
    change_permission = None
    list_display = ["name", "by_key", "state", "by", "at"]
    list_filter = ["state", "by_key"]
    search_fields = ["name"]
    fields = ["committee", "name", "by_key", "fewest", "most", "state", "by", "at"]

    def get_view_on_site_url(self, obj=None):
        return reverse("grouping", args=[obj.pk]) if obj else None
