from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.roles import Permission
from workstations.models import FundLine


@admin.register(FundLine)
class FundLineAdmin(ScopedAdmin):
    """For reading: a line is entered with its documents on the site, and struck there with a reason."""

    group = Group.STATIONS
    view_permission = Permission.STATION_MANAGE
    can_add = False
    list_display = ["kind", "amount", "on", "station", "purpose", "struck_at"]
    list_select_related = ["station"]
    list_filter = ["kind"]
    search_fields = ["purpose", "source"]
    fields = [
        "committee", "kind", "amount", "on", "station", "activity", "source", "purpose", "by", "at", "struck_at",
        "struck_why",
    ]  # fmt: skip

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None
