from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.roles import Permission
from workstations.models import Letter


@admin.register(Letter)
class LetterAdmin(ScopedAdmin):
    """For looking; letters are written, answered and closed on the site's pages."""

    group = Group.STATIONS
    view_permission = Permission.STATION_MANAGE
    list_display = ["subject", "organisation", "outgoing", "kind", "state", "sent_at", "due_on", "answered_at"]
    list_filter = ["state", "kind", "outgoing"]
    list_select_related = ["organisation"]
    search_fields = ["subject"]
    fields = [
        "committee", "organisation", "outgoing", "kind", "subject", "body", "wants_answer", "state", "sent_by",
        "sent_at", "due_on", "read_at", "answered_at", "answered_after",
    ]  # fmt: skip

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None
