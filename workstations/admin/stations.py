from django.contrib import admin
from django.urls import reverse

from config.admin import Group, ScopedAdmin, ScopedInline, Waiting
from members.roles import Permission
from workstations.models import Room, RoomBooking, StationPost, StationTie, Workstation


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


class StationTieInline(ScopedInline):
    """For reading: a tie is made and ended on the station's own page."""

    model = StationTie
    fields = readonly_fields = ["role", "other_end", "words", "since", "until"]
    can_add = False

    @admin.display(description="对方")
    def other_end(self, row):
        return row.end

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("member__user", "body", "organisation")


class RoomInline(ScopedInline):
    """For reading: a room is set up on the station's own page."""

    model = Room
    fields = readonly_fields = ["name", "uses", "seats", "is_open"]
    can_add = False


def _unstaffed(rows):
    served = StationPost.objects.in_force().values("station")
    return rows.open().exclude(pk__in=served)


@admin.register(Workstation)
class WorkstationAdmin(ScopedAdmin):
    """What is written about a station; posts, ties, rooms, photos and 示范站 are done on its own pages."""

    group = Group.STATIONS
    view_permission = change_permission = Permission.STATION_MANAGE
    list_display = ["name", "kind", "region", "host", "is_open", "plaque_on", "demonstration_since"]
    list_filter = ["is_open", "kind", ("demonstration_since", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    fields = [
        "committee", "kind", "name", "region", "host", "sector", "member", "address", "opening_hours", "serves",
        "telephone", "feature", "introduction", "duties", "walls", "area", "cost", "plaque_on", "plaque_by",
        "demonstration_since", "is_open", "closed_on",
    ]  # fmt: skip
    readonly_fields = ["demonstration_since"]
    inlines = [StationPostInline, StationTieInline, RoomInline]
    waiting = {"unstaffed": Waiting("还没有人的站点", _unstaffed)}

    def get_view_on_site_url(self, obj=None):
        return reverse("station-office", args=[obj.pk]) if obj else None


@admin.register(StationTie)
class StationTieAdmin(ScopedAdmin):
    """For reading: who leads, guides, joins or is served by which station."""

    group = Group.STATIONS
    owned_by = "station__committee"
    view_permission = Permission.STATION_MANAGE
    can_add = False
    list_display = ["station", "role", "other_end", "words", "since", "until"]
    list_select_related = ["station", "member__user", "body", "organisation"]
    list_filter = ["role"]
    search_fields = ["station__name", "words"]
    fields = ["station", "role", "member", "body", "organisation", "words", "since", "until"]

    @admin.display(description="对方")
    def other_end(self, row):
        return row.end


@admin.register(Room)
class RoomAdmin(ScopedAdmin):
    """For reading: a room is set up and closed on its page, which tells those who have booked it."""

    group = Group.STATIONS
    owned_by = "station__committee"
    view_permission = Permission.STATION_MANAGE
    can_add = False
    list_display = ["name", "station", "uses", "seats", "is_open"]
    list_select_related = ["station"]
    list_filter = ["is_open"]
    search_fields = ["name", "station__name", "uses"]
    fields = ["station", "name", "uses", "seats", "is_open"]


@admin.register(RoomBooking)
class RoomBookingAdmin(ScopedAdmin):
    """For reading: booked and cancelled on the page of the room."""

    group = Group.STATIONS
    owned_by = "room__station__committee"
    view_permission = Permission.STATION_MANAGE
    can_add = False
    list_display = ["room", "starts_at", "ends_at", "purpose", "by", "cancelled_at"]
    list_select_related = ["room__station", "by"]
    search_fields = ["purpose", "room__name"]
    fields = ["room", "starts_at", "ends_at", "purpose", "by", "at", "cancelled_at"]
