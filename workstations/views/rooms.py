"""Rooms of a station: who has booked which, for everybody; booking for who serves there; setting up for its keepers."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from workstations.forms.rooms import BookingForm, RoomForm
from workstations.models import Room, RoomBooking, Workstation
from workstations.queries import rooms as queries
from workstations.queries.calendar import Month
from workstations.rules import stations as rules
from workstations.services import rooms as services

SOME = 10  # bookings to come that stand beside the form


def _station(request, pk):
    return get_object_or_404(Workstation.objects.visible_to(request.user).select_related("committee__region"), pk=pk)


def _room(request, pk):
    rooms = Room.objects.visible_to(request.user).select_related("station__committee__region")
    return get_object_or_404(rooms, pk=pk)


@login_not_required
@require_safe
def station_rooms(request, pk):
    """All rooms of the station and their bookings."""
    return _calendar(request, _station(request, pk), None)


@login_not_required
@require_safe
def room(request, pk):
    found = _room(request, pk)
    return _calendar(request, found.station, found)


def _calendar(request, station, room):
    today = timezone.localdate()
    by_week = request.GET.get("by") == "week"
    month = Month.of(request.GET.get("month", ""), today)
    if by_week:
        day = _day(request.GET.get("day", "")) or today
        view = queries.week_of(station, day, request.user, room)
        before, after = _week(view, -7), _week(view, 7)
    else:
        view = queries.month_of(station, month, request.user, room)
        before, after = f"month={month.previous.word}", f"month={month.next.word}"
    user = request.user
    rooms = list(Room.objects.visible_to(user).filter(station=station))
    context = {
        "committee": station.committee, "station": station, "room": room, "view": view, "month": month,
        "by_week": by_week, "before": before, "after": after, "today": today, "now": timezone.now(),
        "rooms": [room] if room else rooms,
        "may_book": station.is_open and rules.can_book(user, station),
        "may_edit": rules.can_edit(user, station),
    }  # fmt: skip
    return render(request, "workstations/rooms.html", context)


def _day(words) -> date | None:
    """A day of this century that an address asks for."""
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None


def _week(view, days):
    day = date.fromordinal(view.first.toordinal() + days)
    return f"by=week&day={day.isoformat()}"


# --- booking -----------------------------------------------------------------------------------------------------


def room_book(request, pk):
    found = _room(request, pk)
    if not rules.can_book(request.user, found.station):
        raise PermissionDenied
    form = BookingForm(request.POST or None)
    if form.is_valid():
        booking = attempt(
            request,
            lambda: services.book(found, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="已预约。",
            form=form,
        )
        if booking:
            begins = timezone.localtime(booking.starts_at)
            return redirect(f"{found.get_absolute_url()}?month={begins:%Y-%m}")
    taken = RoomBooking.objects.standing().filter(room=found, ends_at__gt=timezone.now()).order_by("starts_at", "pk")
    context = _form_context(found.station, found, form) | {"taken": taken[:SOME]}
    return render(request, "workstations/room_book.html", context)


def booking_cancel(request, pk):
    bookings = RoomBooking.objects.visible_to(request.user).select_related("room__station__committee")
    booking = get_object_or_404(bookings, pk=pk)
    room = booking.room
    if booking.by_id != request.user.pk and not rules.can_edit(request.user, room.station):
        raise PermissionDenied
    if request.method == "POST":
        attempt(request, lambda: services.cancel(booking, by=request.user, at=timezone.now()), success="预约已取消。")
        begins = timezone.localtime(booking.starts_at)
        return redirect(f"{room.get_absolute_url()}?month={begins:%Y-%m}")
    context = {"committee": room.station.committee, "station": room.station, "room": room, "booking": booking}
    return render(request, "workstations/room_cancel.html", context)


# --- setting up --------------------------------------------------------------------------------------------------


def room_new(request, pk):
    station = _station(request, pk)
    if not rules.can_edit(request.user, station):
        raise PermissionDenied
    form = RoomForm(request.POST or None, instance=Room(station=station))
    if form.is_valid():
        made = attempt(
            request,
            lambda: services.add_room(form.instance, by=request.user, at=timezone.now()),
            success=f"“{form.instance.name}”已登记，可以预约了。",
            form=form,
        )
        if made:
            return redirect("station-rooms", pk)
    return render(request, "workstations/room_form.html", _form_context(station, None, form))


def room_edit(request, pk):
    found = _room(request, pk)
    if not rules.can_edit(request.user, found.station):
        raise PermissionDenied
    form = RoomForm(request.POST or None, instance=found)
    if form.is_valid():
        saved = attempt(
            request,
            lambda: services.edit_room(form.instance, changed=form.changed_fields, by=request.user, at=timezone.now()),
            success="已保存。",
            form=form,
        )
        if saved:
            return redirect(found)
    return render(request, "workstations/room_form.html", _form_context(found.station, found, form))


@require_POST
def room_switch(request, pk):
    """启用, or 停用."""
    found = _room(request, pk)
    if not rules.can_edit(request.user, found.station):
        raise PermissionDenied
    is_open = request.POST.get("open") == "1"
    attempt(
        request,
        lambda: services.open_or_close(found, is_open=is_open, by=request.user, at=timezone.now()),
        success=f"“{found.name}”已启用。" if is_open else f"“{found.name}”已停用，以后的预约已取消并告知预约人。",
    )
    return redirect(found)


def _form_context(station, room, form):
    return {"committee": station.committee, "station": station, "room": room, "form": form}
