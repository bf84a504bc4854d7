"""Who has booked which room of a station: by the day for a phone, as a grid of weeks at a desk (row 160)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from workstations.models import RoomBooking, Workstation
from workstations.queries.calendar import Month


@dataclass(frozen=True)
class RoomsView:
    """Standing bookings of the rooms of a station in a week or a month, by the days on which they take place."""

    first: date
    last: date
    by_day: dict[date, list[RoomBooking]]

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]

    @property
    def weeks(self) -> list[list[tuple[date | None, list[RoomBooking]]]]:
        """Rows of seven days from Monday on; None outside the span."""
        days = [None] * self.first.weekday() + self.days
        days += [None] * (-len(days) % 7)
        cells = [(day, self.by_day.get(day, [])) for day in days]
        return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def month_of(station: Workstation, month: Month, user, room=None) -> RoomsView:
    """One statement; of one `room` where it is given."""
    return _view(station, month.first, month.days[-1], user, room)


def week_of(station: Workstation, day: date, user, room=None) -> RoomsView:
    """The week, from Monday on, in which `day` lies."""
    first = day - timedelta(day.weekday())
    return _view(station, first, first + timedelta(6), user, room)


def _view(station, first, last, user, room) -> RoomsView:
    begins, ends = Month(first.year, first.month).span[0], Month(last.year, last.month).span[1]
    found = RoomBooking.objects.visible_to(user).standing().filter(room__station=station)
    found = found.filter(starts_at__lt=ends, ends_at__gt=begins)
    if room is not None:
        found = found.filter(room=room)
    by_day = defaultdict(list)
    for booking in found.select_related("room").order_by("starts_at", "pk"):
        starts, until = timezone.localdate(booking.starts_at), timezone.localdate(booking.ends_at)
        for n in range((until - starts).days + 1):
            day = starts + timedelta(n)
            if first <= day <= last:
                by_day[day].append(booking)
    return RoomsView(first, last, dict(by_day))
