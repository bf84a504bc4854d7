"""The only place that counts days. What is a workday stands in rows: weekdays, less days off, plus 调休 workdays."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from django.db.models import Exists, OuterRef
from django.db.models.functions import ExtractYear

from config.workdays.models import CalendarYear, DayException

DAY = timedelta(days=1)
WEEKDAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]


@dataclass(frozen=True)
class Limit:
    """A period that a rule grants: `n` workdays, days or calendar months after the start; `rule` says so in words."""

    n: int
    unit: Literal["workdays", "days", "months"]
    rule: str

    def __post_init__(self):
        if self.n < 1 or self.unit not in ("workdays", "days", "months"):
            raise ValueError(f"not a period: {self.n} {self.unit}")


@dataclass(frozen=True)
class Deadline:
    """A due date that explains itself: the rule, the start, the days skipped, and what may still change."""

    due_on: date
    rule: str
    start: date
    skipped: list[tuple[date, str]] = field(default_factory=list)
    warning: str = ""

    def as_json(self) -> dict:
        """For a JSON column; `from_json` is the way back."""
        return {
            "due_on": self.due_on.isoformat(),
            "rule": self.rule,
            "start": self.start.isoformat(),
            "skipped": [[day.isoformat(), why] for day, why in self.skipped],
            "warning": self.warning,
        }

    @classmethod
    def from_json(cls, data: dict) -> "Deadline":
        return cls(
            due_on=date.fromisoformat(data["due_on"]),
            rule=data["rule"],
            start=date.fromisoformat(data["start"]),
            skipped=[(date.fromisoformat(day), why) for day, why in data["skipped"]],
            warning=data["warning"],
        )


def is_workday(day: date) -> bool:
    return _Calendar(day, day).is_workday(day)


def add(start: date, n: int) -> date:
    """The `n`-th workday after `start` (before it, if `n` is negative); the start itself is not counted."""
    return _Calendar.around(start, n).add(start, n)


def between(a: date, b: date) -> int:
    """How many workdays `b` lies after `a`, so that `between(a, add(a, n)) == n`; negative if it lies before."""
    if b < a:
        calendar = _Calendar(b, a)
        return -sum(calendar.is_workday(day) for day in _days(b, a))
    calendar = _Calendar(a, b)
    return sum(calendar.is_workday(day) for day in _days(a + DAY, b + DAY))


def counting_from(today: date) -> Callable[[date], int]:
    """`between(today, …)` for a page full of coming due dates: one query for this year and the next."""
    calendar = _Calendar(today, date(today.year + 1, 12, 31))
    return lambda day: sum(calendar.is_workday(each) for each in _days(today + DAY, day + DAY))


def adding_from(first: date) -> Callable[[date, int], date]:
    """`add` for a page full of starts, none before `first`: one query, and one for each year after the next."""
    return _Calendar(first, date(first.year + 1, 12, 31)).add


def add_months(day: date, n: int) -> date:
    """The same day `n` months later, or the last of that month if it is shorter: 31 January + 1 = end of February."""
    months = day.year * 12 + day.month - 1 + n
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def deadline(start: date, *limits: Limit, fixed: date | None = None) -> Deadline:
    """The earliest of all limits and the fixed date, with its reasons, for one query.

    A date found by months or days stays where it falls, be it a rest day: rules that count so mean the calendar.
    """
    if not limits and fixed is None:
        raise ValueError("a deadline needs a limit or a fixed date")
    longest = max((limit.n for limit in limits if limit.unit == "workdays"), default=0)
    calendar = _Calendar.around(start, longest)
    candidates = [(_due(start, limit, calendar), limit.rule, limit.unit) for limit in limits]
    if fixed:
        candidates.append((fixed, "已定截止日期", "fixed"))
    candidates.sort(key=lambda candidate: candidate[0])
    (due_on, rule, unit), *later = candidates
    counted = any(limit.unit == "workdays" for limit in limits)
    return Deadline(
        due_on=due_on,
        rule=rule + _beaten(later),
        start=start,
        skipped=calendar.rest_days(start + DAY, due_on) if unit == "workdays" else [],
        warning=calendar.warning(start, due_on) if counted else "",
    )


class _Calendar:
    """The exceptions of the years from `first` to `last`, read once; a longer walk reads on."""

    def __init__(self, first: date, last: date):
        self._days: dict[date, tuple[bool, str]] = {}
        self._years: set[int] = set()
        self._complete: set[int] = set()
        self._read(range(first.year, last.year + 1))

    @classmethod
    def around(cls, start: date, n: int):
        """Enough of the calendar for `n` workdays: twice as many days and a month."""
        reach = start + timedelta(days=2 * n + (30 if n > 0 else -30))
        return cls(min(start, reach), max(start, reach))

    def _read(self, years):
        complete = CalendarYear.objects.filter(year=ExtractYear(OuterRef("day")), is_complete=True)
        rows = (
            DayException.objects.filter(day__range=(date(years[0], 1, 1), date(years[-1], 12, 31)))
            .annotate(complete=Exists(complete))
            .values_list("day", "is_workday", "name", "complete")
        )
        for day, works, name, is_complete in rows:
            self._days[day] = works, name
            if is_complete:
                self._complete.add(day.year)
        self._years.update(years)

    def is_workday(self, day):
        if day.year not in self._years:
            self._read(range(day.year, day.year + 1))
        exception = self._days.get(day)
        return exception[0] if exception else day.weekday() < 5

    def add(self, start, n):
        step = DAY if n > 0 else -DAY
        day = start
        for _ in range(abs(n)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def rest_days(self, first, last):
        """(day, why) for every day from `first` to `last` on which nobody works."""
        return [(day, self._why(day)) for day in _days(first, last + DAY) if not self.is_workday(day)]

    def _why(self, day):
        exception = self._days.get(day)
        return exception[1] if exception else WEEKDAYS[day.weekday()]

    def warning(self, first, last):
        unknown = [str(year) for year in range(first.year, last.year + 1) if year not in self._complete]
        if not unknown:
            return ""
        return f"{'、'.join(unknown)}年的放假调休安排尚未公布，先按周末和法定节日推算，公布后可能有变化。"


def _days(first: date, end: date) -> Iterator[date]:
    """Every day from `first` up to, not including, `end`."""
    return (first + timedelta(days=n) for n in range((end - first).days))


def _due(start, limit, calendar):
    if limit.unit == "workdays":
        return calendar.add(start, limit.n)
    if limit.unit == "days":
        return start + timedelta(days=limit.n)
    return add_months(start, limit.n)


def _beaten(later):
    """The limits that would have ended later, for the reader who asks why not those."""
    if not later:
        return ""
    named = "，".join(f"{rule}为{day.year}年{day.month}月{day.day}日" for day, rule, _ in later)
    return f"（另：{named}；以先到者为准）"
