from django.contrib import admin
from django.urls import reverse

from config.admin import Group, ScopedAdmin
from members.roles import Permission
from workstations.models import OpinionBox


@admin.register(OpinionBox)
class OpinionBoxAdmin(ScopedAdmin):
    """For reading: boxes are set up and closed on their own pages. What lies in them is in no list."""

    group = Group.STATIONS
    view_permission = Permission.STATION_MANAGE
    list_display = ["name", "place", "station", "is_open"]
    list_filter = ["is_open"]
    list_select_related = ["station"]
    fields = ["committee", "name", "place", "station", "welcome", "is_open", "closed_on"]
    can_add = False

    def get_view_on_site_url(self, obj=None):
        return reverse("box-office", args=[obj.pk]) if obj else None
