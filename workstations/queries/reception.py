"""Who receives the public next, and what a station's log adds up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.utils import timezone

from workstations.models import ReceptionShift, Visit, Word, Workstation
from workstations.queries.words import Punctual, of_year, punctual
from workstations.rules import reception as rules
from workstations.rules import words as word_rules

SHOWN = 3  # coming shifts on the page of a station


def coming(stations, today: date):
    """Standing shifts from `today` on, the next first; with the member's name and sector."""
    rows = ReceptionShift.objects.standing().filter(station__in=stations, on__gte=today)
    return rows.select_related("member__user", "member__sector").order_by("on", "starts", "pk")


def next_of_each(stations: Iterable[Workstation]) -> list[ReceptionShift | None]:
    """The next shift of each station, in their order; one statement."""
    stations = list(stations)
    first = {}
    for shift in coming(stations, timezone.localdate()):
        first.setdefault(shift.station_id, shift)
    return [first.get(station.pk) for station in stations]


def block(station: Workstation, user) -> dict:
    """What the page of a station says of reception, and where its people go on from there."""
    plans = rules.can_plan(user, station)
    return {
        "shifts": list(coming([station], timezone.localdate())[:SHOWN]),
        "plans": plans,
        "receives": plans or word_rules.is_on_duty(user, station),
    }


@dataclass(frozen=True)
class Figures:
    """One station's year: visits and people logged, words received, answered in time of those that were due."""

    year: int
    visits: int
    people: int
    words: int
    punctual: Punctual


def figures(station: Workstation, year: int, today: date) -> Figures:
    log = Visit.objects.filter(station=station, on__range=(date(year, 1, 1), date(year, 12, 31)))
    total = log.order_by().aggregate(visits=Count("pk"), people=Sum("people"))
    words = of_year(Word.objects.filter(station=station), year)
    return Figures(year, total["visits"], total["people"] or 0, words.count(), punctual(words, today))


def sums(station: Workstation, days: Iterable[date]) -> dict[date, dict]:
    """Day → how many visits, people and words, over the whole day and not only what one page shows of it."""
    rows = Visit.objects.filter(station=station, on__in=set(days)).order_by().values("on")
    return {row["on"]: row for row in rows.annotate(visits=Count("pk"), people=Sum("people"), words=Count("word"))}
