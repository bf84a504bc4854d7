"""The first rows of the calendar, from the `holidays` library; what staff entered is left alone."""

import holidays
from django.db import transaction

from config.workdays.models import CalendarYear, DayException, Source

YEARS = range(2015, 2029)


@transaction.atomic
def load(years: range = YEARS) -> int:
    """Bring the rows of the library up to date; return how many changed. A second call changes nothing.

    The yearly notice of the State Council arranges weekend workdays without exception; a year for which the library
    knows none has not been announced, and its rows are only the statutory days.
    """
    theirs = set(CalendarYear.objects.filter(source=Source.STAFF).values_list("year", flat=True))
    return sum(_load_year(year) for year in years if year not in theirs)


def _load_year(year):
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    wanted = {day: (False, name) for day, name in china.items() if day.year == year}
    worked = {day: (True, "调休上班") for day in china.weekend_workdays if day.year == year}
    changed = _load_days(year, wanted | worked)
    CalendarYear.objects.bulk_create(
        [CalendarYear(year=year, is_complete=bool(worked), source=Source.LIBRARY)],
        update_conflicts=True,
        unique_fields=["year"],
        update_fields=["is_complete"],
    )
    return changed


def _load_days(year, wanted):
    rows = DayException.objects.filter(day__year=year)
    staff = set(rows.filter(source=Source.STAFF).values_list("day", flat=True))
    ours = {row.day: (row.is_workday, row.name) for row in rows.filter(source=Source.LIBRARY)}
    wanted = {day: what for day, what in wanted.items() if day not in staff}
    stale = [day for day in ours if ours[day] != wanted.get(day)]
    rows.filter(source=Source.LIBRARY, day__in=stale).delete()
    fresh = [
        DayException(day=day, is_workday=works, name=name, source=Source.LIBRARY)
        for day, (works, name) in sorted(wanted.items())
        if ours.get(day) != (works, name)
    ]
    DayException.objects.bulk_create(fresh)
    return len(set(stale) | {row.day for row in fresh})
