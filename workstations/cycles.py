"""Periods of recurring duty: which one a day lies in, what it is called, when its work is due (domain 7.3).

Pure functions: what is a rest day comes in as a function of a day (`config.workdays.count.is_workday`).
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import models

DAY = timedelta(days=1)
QUARTERS = "一二三四"
WEEKDAYS = "一二三四五六日"


class Cycle(models.TextChoices):
    ONCE = "once", "一次"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    ODD_MONTHS = "odd_months", "单月"
    EVEN_MONTHS = "even_months", "双月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half_yearly", "每半年"
    YEARLY = "yearly", "每年"


class Shift(models.TextChoices):
    KEEP = "keep", "照常"
    NEXT = "next", "顺延到下一个工作日"
    PREVIOUS = "previous", "提前到上一个工作日"


@dataclass(frozen=True)
class Period:
    """One turn of a cycle; `number` counts the turns, so that the parts of a rotation take turns."""

    key: str
    label: str
    first: date
    last: date
    number: int


@dataclass(frozen=True)
class Due:
    """When the work of a period is due: the day, the day before any shift, the rest days passed over."""

    on: date
    meant: date
    skipped: list[date] = field(default_factory=list)


def once(first: date, last: date) -> Period:
    """The one period of what is done once."""
    return Period("once", f"{last.year}年{last.month}月{last.day}日前", min(first, last), last, 0)


def period_of(cycle: str, day: date) -> Period | None:
    """The period that `day` lies in; None in an even month of a cycle of odd ones, and the other way round."""
    match cycle:
        case Cycle.WEEKLY:
            return _week(day)
        case Cycle.MONTHLY:
            return _month(day, number=day.year * 12 + day.month - 1)
        case Cycle.ODD_MONTHS | Cycle.EVEN_MONTHS:
            fits = day.month % 2 == (cycle == Cycle.ODD_MONTHS)
            return _month(day, number=day.year * 6 + (day.month - 1) // 2) if fits else None
        case Cycle.QUARTERLY:
            quarter = (day.month - 1) // 3
            return _months(day.year, quarter, 3, f"Q{quarter + 1}", f"第{QUARTERS[quarter]}季度")
        case Cycle.HALF_YEARLY:
            half = (day.month - 1) // 6
            return _months(day.year, half, 6, f"H{half + 1}", "下半年" if half else "上半年")
        case Cycle.YEARLY:
            first, last = date(day.year, 1, 1), date(day.year, 12, 31)
            return Period(f"{day.year}", f"{day.year}年", first, last, day.year)
    raise ValueError(f"{cycle} has no periods of the calendar")


def next_period(cycle: str, day: date) -> Period:
    """The first period that begins after `day`."""
    running = period_of(cycle, day)
    if running:
        day = running.last
    day += DAY
    while (found := period_of(cycle, day)) is None:
        day = _last_of_month(day) + DAY
    return found


def due(cycle: str, period: Period, day: int | None, shift: str, is_workday: Callable[[date], bool]) -> Due:
    """The due day: weekday `day` (1–7) of a week, else the `day`-th of the period's last month; None is the last day.

    A month without that day ends on its last one. A rest day is kept or shifted; a shift backwards that would lead
    out of the period goes forward instead, so that nothing is due before it began.
    """
    meant = _meant(cycle, period, day)
    if shift == Shift.KEEP or is_workday(meant):
        return Due(meant, meant)
    if shift == Shift.PREVIOUS:
        found, skipped = _walk(meant, -DAY, is_workday)
        if found >= period.first:
            return Due(found, meant, skipped)
    found, skipped = _walk(meant, DAY, is_workday)
    return Due(found, meant, skipped)


def words(cycle: str, day: int | None) -> str:
    """When it is due, said of every period: 每月15日, 每周五, 每季度最后一天."""
    label = Cycle(cycle).label
    if day is None:
        return f"{label}最后一天"
    if cycle == Cycle.WEEKLY:
        return f"每周{WEEKDAYS[min(day, 7) - 1]}"
    return f"{label}{day}日" if cycle in _SINGLE_MONTHS else f"{label}末月{day}日"


_SINGLE_MONTHS = (Cycle.MONTHLY, Cycle.ODD_MONTHS, Cycle.EVEN_MONTHS)


def _meant(cycle, period, day):
    if day is None or cycle == Cycle.ONCE:
        return period.last
    if cycle == Cycle.WEEKLY:
        return period.first + DAY * (min(day, 7) - 1)
    return period.last.replace(day=min(day, period.last.day))


def _walk(day, step, is_workday):
    skipped = []
    while not is_workday(day):
        skipped.append(day)
        day += step
    return day, skipped


def _week(day):
    first = day - DAY * day.weekday()
    year, week, _ = day.isocalendar()
    return Period(f"{year}-W{week:02}", f"{year}年第{week}周", first, first + DAY * 6, first.toordinal() // 7)


def _month(day, number):
    return Period(f"{day:%Y-%m}", f"{day.year}年{day.month}月", day.replace(day=1), _last_of_month(day), number)


def _months(year, part, length, code, label):
    """The `part`-th (from 0) stretch of `length` months of a year."""
    first = date(year, part * length + 1, 1)
    last = _last_of_month(date(year, part * length + length, 1))
    return Period(f"{year}-{code}", f"{year}年{label}", first, last, year * (12 // length) + part)


def _last_of_month(day):
    return day.replace(day=monthrange(day.year, day.month)[1])
