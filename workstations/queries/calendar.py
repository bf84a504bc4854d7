"""A month of public activities, its theme and its empty days; and what a person's own calendar holds."""

import re
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from config.documents import ical
from members.models import Committee
from workstations.models import Activity, CalendarTheme, DutyTask, ReceptionShift, Seat, Workstation
from workstations.services.moments import when_and_where
from workstations.states import ActivityState, SeatState

MONTH = re.compile(r"^20[0-9]{2}-(0[1-9]|1[0-2])$")
PAST = timedelta(days=180)  # how far back a feed reaches


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar; `Month.of("2026-11")`."""

    year: int
    month: int

    @classmethod
    def of(cls, words: str, today: date) -> "Month":
        """The month that an address asks for; this one where it says nothing that makes sense."""
        if MONTH.match(words):
            return cls(*map(int, words.split("-")))
        return cls(today.year, today.month)

    def __str__(self):
        return f"{self.year}年{self.month}月"

    @property
    def word(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def days(self) -> list[date]:
        return [date(self.year, self.month, n + 1) for n in range(monthrange(self.year, self.month)[1])]

    @property
    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Its first moment and the first of the next month, in the site's time zone."""
        return _midnight(self.first), _midnight(self.next.first)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


@dataclass(frozen=True)
class MonthView:
    month: Month
    by_day: dict[date, list[Activity]]
    theme: CalendarTheme | None

    @property
    def weeks(self) -> list[list[tuple[date | None, list[Activity]]]]:
        """Rows of seven days from Monday on; None outside the month."""
        days = [None] * self.month.first.weekday() + self.month.days
        days += [None] * (-len(days) % 7)
        cells = [(day, self.by_day.get(day, [])) for day in days]
        return [cells[start : start + 7] for start in range(0, len(cells), 7)]

    @property
    def busy(self) -> list[tuple[date, list[Activity]]]:
        return sorted(self.by_day.items())

    @property
    def empty_days(self) -> list[date]:
        """天天有事干: the days on which nothing takes place (row 43)."""
        return [day for day in self.month.days if day not in self.by_day]


def month_view(committee: Committee, station: Workstation | None, month: Month) -> MonthView:
    """Public activities of `committee`, or of one of its stations; one that lasts some days stands on each."""
    begins, ends = month.span
    found = Activity.objects.public().filter(committee=committee, starts_at__lt=ends, ends_at__gt=begins)
    if station is not None:
        found = found.filter(station=station)
    by_day = defaultdict(list)
    for activity in found.select_related("body", "station", "committee").order_by("starts_at", "pk"):
        first, last = timezone.localdate(activity.starts_at), timezone.localdate(activity.ends_at)
        for day in month.days:
            if first <= day <= last:
                by_day[day].append(activity)
    themes = CalendarTheme.objects.filter(committee=committee, year=month.year, month=month.month, station=station)
    return MonthView(month, dict(by_day), themes.first())


# --- feeds -------------------------------------------------------------------------------------------------------

STATUS = {
    ActivityState.DRAFT: "TENTATIVE",
    ActivityState.OPEN: "CONFIRMED",
    ActivityState.HELD: "CONFIRMED",
    ActivityState.CALLED_OFF: "CANCELLED",
}


def feed(user, *, site: str, at: datetime) -> bytes:
    """What `user` is called to, signed up for or organises, the tasks that are due and the shifts at a station.

    `site` begins each address.
    """
    host = site.partition("://")[2].partition(":")[0]
    seats = Seat.objects.filter(member__user=user).exclude(state=SeatState.CANCELLED).values("activity")
    led = Activity.objects.led_by(user).values("pk")
    own = Q(pk__in=seats) | Q(created_by=user) | Q(pk__in=led)
    recent = Activity.objects.visible_to(user).filter(own, ends_at__gte=at - PAST)
    events = [_event(activity, site, host) for activity in recent.order_by("starts_at", "pk")]
    tasks = DutyTask.objects.of(user).open().filter(due_on__gte=timezone.localdate(at - PAST))
    events += [_task(task, site, host) for task in tasks]
    shifts = ReceptionShift.objects.filter(
        member__in=user.member_ids.values(), on__gte=timezone.localdate(at - PAST)
    ).select_related("station")
    events += [_shift(shift, site, host) for shift in shifts]
    return ical.calendar("履职日历", events, product="duty")


def _event(activity, site, host):
    lines = [activity.get_kind_display(), activity.called_off_because, when_and_where(activity)]
    return ical.Event(
        uid=f"activity-{activity.key}@{host}", summary=activity.title, begins=activity.starts_at,
        ends=activity.ends_at, stamp=activity.updated_at, changed=activity.updated_at, sequence=activity.revision,
        description="\n".join(filter(None, lines)), location=activity.place,
        url=f"{site}{activity.get_absolute_url()}", status=STATUS[activity.state],
    )  # fmt: skip


def _task(task, site, host):
    return ical.Event(
        uid=f"duty-task-{task.pk}@{host}", summary=f"到期：{task.title}（{task.period_label}）", begins=task.due_on,
        ends=task.due_on + timedelta(days=1), stamp=task.updated_at, changed=task.updated_at,
        url=f"{site}{task.get_absolute_url()}",
    )  # fmt: skip


def _shift(shift, site, host):
    """One shift belongs to who holds it now: after a swap it leaves one calendar and stands in the other."""
    begins, ends = (
        timezone.make_aware(datetime.combine(shift.on, moment)) for moment in (shift.starts, shift.ends)
    )  # fmt: skip
    return ical.Event(
        uid=f"shift-{shift.pk}@{host}", summary=f"接待群众：{shift.station}", begins=begins, ends=ends,
        stamp=shift.updated_at, changed=shift.updated_at, sequence=int(shift.cancelled_at is not None),
        description=shift.why_cancelled, location=shift.station.address, url=f"{site}/my/shifts/",
        status="CANCELLED" if shift.cancelled_at else "CONFIRMED",
    )  # fmt: skip
