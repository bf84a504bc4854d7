"""月反馈的时间: until when a month may be logged and corrected, and the moment that reminds of it (row 38)."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from config.milestones import clock
from config.workdays import count
from config.workdays.count import add_months
from members.models import Committee

KIND = "grid-log"
TOLD_AT = time(9)


def first_of(day: date) -> date:
    """The month of a day, as its first day."""
    return day.replace(day=1)


def told_until(month: date, committee: Committee) -> date:
    """The last day on which a month may be told anew: a workday of the next month (parameter)."""
    return count.add(add_months(month, 1) - timedelta(days=1), committee.parameter("grid.log_workdays"))


def corrected_until(month: date) -> date:
    """The last day on which what was told may be corrected: the end of the next month."""
    return add_months(month, 2) - timedelta(days=1)


def months_open(committee: Committee, today: date) -> list[date]:
    """The months that may be told today, the one to ask for first: the last one as long as it may be made up."""
    this = first_of(today)
    last = add_months(this, -1)
    return [this, last] if today <= told_until(last, committee) else [this]


def plan(committee: Committee, *, at: datetime, after: date | None = None) -> None:
    """The next reminder of this committee: of the running month, or of a later one when it has passed or is `after`."""
    month = max(first_of(timezone.localdate(at)), add_months(after, 1) if after else date.min)
    if _moment(month, committee) <= at:
        month = add_months(month, 1)
    clock.once(committee, kind=KIND, code=f"{month:%Y-%m}", due_at=_moment(month, committee), scope=committee.pk)


def month_of(code: str) -> date:
    """The month that a milestone of this kind is about."""
    return date.fromisoformat(f"{code}-01")


def _moment(month, committee) -> datetime:
    day = month.replace(day=committee.parameter("grid.remind_day"))
    return timezone.make_aware(datetime.combine(day, TOLD_AT))
