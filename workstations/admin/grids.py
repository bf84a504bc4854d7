from django.contrib import admin
from django.urls import reverse

from config.admin import Group, ScopedAdmin, ScopedInline
from members.roles import Permission
from workstations.models import Grid, GridAct, GridLog, GridPosting


@admin.register(Grid)
class GridAdmin(ScopedAdmin):
    """What is known of grids; adding, retiring and tables are done on the pages, by their services."""

    group = Group.STATIONS
    view_permission = change_permission = Permission.STATION_MANAGE
    can_add = False
    list_display = ["region", "code", "kind", "field", "warden", "households", "residents"]
    list_filter = ["kind"]
    list_select_related = ["region"]
    search_fields = ["region__name", "region__code"]
    fields = ["committee", "region", "kind", "field", "warden", "households", "residents"]
    readonly_fields = ["committee", "region", "kind"]

    @admin.display(description="网格代码")
    def code(self, grid):
        return grid.pk

    def get_view_on_site_url(self, obj=None):
        return reverse("grid-edit", args=[obj.pk]) if obj else None


@admin.register(GridPosting)
class GridPostingAdmin(ScopedAdmin):
    """Who serves where; posting and ending are done on the pages."""

    group = Group.STATIONS
    view_permission = Permission.STATION_MANAGE
    can_add = False
    list_display = ["member", "region", "why", "since", "until"]
    list_select_related = ["member__user", "region"]
    search_fields = ["member__user__name", "region__name"]
    fields = readonly_fields = ["committee", "member", "region", "why", "since", "until"]

    def get_view_on_site_url(self, obj=None):
        return reverse("posting-member", args=[obj.member_id]) if obj else None


class GridActInline(ScopedInline):
    model = GridAct
    fields = readonly_fields = ["played", "times"]
    can_add = False


@admin.register(GridLog)
class GridLogAdmin(ScopedAdmin):
    """What members told of their months; only they correct it."""

    group = Group.STATIONS
    view_permission = Permission.STATION_MANAGE
    can_add = False
    list_display = ["member", "month", "at"]
    list_select_related = ["member__user"]
    search_fields = ["member__user__name"]
    fields = readonly_fields = ["committee", "member", "month", "words", "at", "updated_at", "by"]
    inlines = [GridActInline]

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None
