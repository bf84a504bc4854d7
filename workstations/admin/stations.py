from django.contrib import admin
from django.urls import reverse

from config.admin import Group, ScopedAdmin, ScopedInline, Waiting
from members.roles import Permission
from workstations.models import StationPost, Workstation


class StationPostInline(ScopedInline):
    """Who serves here; posting and ending are done on the station's own page, by their services."""

    model = StationPost
    fields = ["person", "post", "since", "until"]
    readonly_fields = ["post", "since", "until"]
    can_add = False

    @admin.display(description="姓名")
    def person(self, row):
        return row.person

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("member__user", "user")


def _unstaffed(rows):
    served = StationPost.objects.in_force().values("station")
    return rows.open().exclude(pk__in=served)


@admin.register(Workstation)
class WorkstationAdmin(ScopedAdmin):
    group = Group.STATIONS
    view_permission = change_permission = Permission.STATION_MANAGE
    list_display = ["name", "kind", "region", "host", "is_open", "plaque_on"]
    list_filter = ["is_open", "kind"]
    search_fields = ["name"]
    fields = [
        "committee", "kind", "name", "region", "host", "sector", "member", "address", "opening_hours", "serves",
        "feature", "introduction", "plaque_on", "is_open", "closed_on",
    ]  # fmt: skip
    inlines = [StationPostInline]
    waiting = {"unstaffed": Waiting("还没有人的站点", _unstaffed)}

    def get_view_on_site_url(self, obj=None):
        return reverse("station-office", args=[obj.pk]) if obj else None
