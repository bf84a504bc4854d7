from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.roles import Permission
from workstations.models import Word


@admin.register(Word)
class WordAdmin(ScopedAdmin):
    """For looking; who spoke and how to reach them stay on the site's pages, where it is known who may read them."""

    group = Group.STATIONS
    view_permission = Permission.STATION_MANAGE
    list_display = ["__str__", "channel", "station", "received_on", "due_on", "state", "is_published"]
    list_filter = ["state", "channel", "is_published"]
    list_select_related = ["station"]
    search_fields = ["body"]
    fields = [
        "committee", "station", "channel", "received_on", "body", "place", "state", "member", "due_on", "answer",
        "is_published", "settled_on",
    ]  # fmt: skip

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None
