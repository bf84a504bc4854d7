"""What happens to the rooms of a station and to their hours; no two bookings that stand overlap (row 160)."""

from datetime import datetime, timedelta

from django.db import transaction

from config.audit import log
from config.notices import outbox
from config.privacy import require_plain
from config.refusals import Incomplete, WrongState
from config.saving import save
from members.models import User
from workstations.models import Room, RoomBooking, Workstation
from workstations.rules import stations as rules

LONGEST = timedelta(hours=24)
AHEAD = timedelta(days=366)


@transaction.atomic
def add_room(room: Room, *, by: User | None, at: datetime) -> Room:
    """登记功能室: a room, not saved yet, of an open station."""
    rules.require("rooms", by, room.station)
    if not Workstation.objects.filter(pk=room.station_id, is_open=True).update(updated_at=at):
        raise WrongState(f"“{room.station}”已关闭，不能再登记功能室。")
    _keep(room)
    log.record("room.add", room.station, by=by, at=at, scope=room.scope, room=room.name, uses=room.uses)
    return room


@transaction.atomic
def edit_room(room: Room, *, changed: list[str], by: User | None, at: datetime) -> None:
    """修改功能室: write what a form has put on `room`."""
    rules.require("rooms", by, room.station)
    if changed:
        _keep(room, update_fields=changed)
        labels = [str(Room._meta.get_field(name).verbose_name) for name in changed]
        log.record("room.edit", room.station, by=by, at=at, scope=room.scope, room=room.name, fields=labels)


@transaction.atomic
def open_or_close(room: Room, *, is_open: bool, by: User | None, at: datetime) -> None:
    """启用, or 停用: what is booked for later is cancelled with it."""
    rules.require("rooms", by, room.station)
    if not Room.objects.filter(pk=room.pk, is_open=not is_open).update(is_open=is_open):
        raise WrongState(f"“{room.name}”已经{'启用' if is_open else '停用'}。")
    room.is_open = is_open
    cancelled = 0
    if not is_open:
        cancelled = cancel_to_come(room.bookings.all(), reason="功能室已停用", by=by, at=at)
    verb = "room.open" if is_open else "room.close"
    log.record(verb, room.station, by=by, at=at, scope=room.scope, room=room.name, bookings_cancelled=cancelled)


@transaction.atomic
def book(room: Room, *, starts_at: datetime, ends_at: datetime, purpose: str, by: User, at: datetime) -> RoomBooking:
    """预约: for hours to come, of an open room of an open station, that nobody else has booked."""
    rules.require("book", by, room.station)
    # Writing the row holds it until the end: who comes second sees the booking of who came first, on any database.
    if not Room.objects.filter(pk=room.pk, is_open=True).update(is_open=True):
        raise WrongState(f"“{room.name}”已停用，不能预约。请换一间，或联系站长。")
    if not Workstation.objects.select_for_update().filter(pk=room.station_id, is_open=True).exists():
        raise WrongState(f"“{room.station}”已关闭，不能预约。请换一个站点的功能室。")
    if ends_at <= starts_at:
        raise Incomplete("结束时间须晚于开始时间。", {"ends_at": "结束时间须晚于开始时间。"})
    if starts_at < at:
        raise Incomplete("开始时间已经过去，请选以后的时间。", {"starts_at": "开始时间已经过去，请选以后的时间。"})
    if starts_at > at + AHEAD:
        raise Incomplete("最多提前一年预约。", {"starts_at": "最多提前一年预约。"})
    if ends_at - starts_at > LONGEST:
        words = "一次最多预约 24 小时；连续几天的，请一天一天预约。"
        raise Incomplete(words, {"ends_at": words})
    taken = room.bookings.standing().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    if first := taken.order_by("starts_at").first():
        words = f"这个时段已有预约：{first.when}，{first.purpose}。请换一个时段，或换一间功能室。"
        raise Incomplete(words, {"starts_at": words})
    booking = RoomBooking(room=room, starts_at=starts_at, ends_at=ends_at, purpose=purpose.strip(), by=by, at=at)
    require_plain(purpose=booking.purpose)
    save(booking)
    told = {"room": room.name, "purpose": booking.purpose, "starts_at": starts_at, "ends_at": ends_at}
    log.record("room.book", room.station, by=by, at=at, scope=room.scope, **told)
    return booking


@transaction.atomic
def cancel(booking: RoomBooking, *, by: User | None, at: datetime) -> None:
    """取消预约: who booked, or who runs the station; what is over stays."""
    station = booking.room.station
    if by is None or booking.by_id != by.pk:
        rules.require("rooms", by, station)
    if booking.ends_at <= at:
        raise WrongState("预约的时间已经过去，不用取消。")
    if not RoomBooking.objects.filter(pk=booking.pk, cancelled_at__isnull=True).update(cancelled_at=at):
        raise WrongState("这个预约已经取消。")
    booking.cancelled_at = at
    if by is None or booking.by_id != by.pk:
        outbox.send_many([_letter(booking, "站点取消了这个预约")], at=at)
    told = {"room": booking.room.name, "purpose": booking.purpose, "starts_at": booking.starts_at}
    log.record("room.cancel", station, by=by, at=at, scope=booking.scope, **told)


def cancel_to_come(bookings, *, reason: str, by: User | None, at: datetime) -> int:
    """Those of `bookings` that have not begun stand no longer, and who booked is told why; returns how many."""
    found = list(bookings.standing().filter(starts_at__gt=at).select_related("room__station"))
    RoomBooking.objects.filter(pk__in=[booking.pk for booking in found]).update(cancelled_at=at)
    outbox.send_many([_letter(one, reason) for one in found if by is None or one.by_id != by.pk], at=at)
    return len(found)


def _letter(booking, reason) -> outbox.Letter:
    room = booking.room
    return outbox.Letter(
        (booking.by_id,), "room.cancel", f"预约已取消：{room}", f"room-booking:{booking.pk}:cancel",
        body=f"{booking.when}，{booking.purpose}。原因：{reason}。", url=room.get_absolute_url(), scope=booking.scope,
    )  # fmt: skip


def _keep(room, **kwargs):
    require_plain(name=room.name, uses=room.uses)
    save(room, **kwargs)
