"""Answer times between a committee and its towns and villages, both ways (row 212)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from statistics import mean, median

from django.utils import timezone

from members.models import Committee, Organisation
from workstations.models import Letter
from workstations.states import LetterState

LEAST = 3
"""Letters that wanted an answer from which on a unit is ranked: of one or two nobody can say how quick it is."""


@dataclass
class Times:
    """How the letters of one direction that wanted an answer were answered, in workdays."""

    asked: int = 0
    open: int = 0
    overdue: int = 0
    late: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return len(self.days)

    @property
    def median(self) -> int | float | None:
        found = median(self.days) if self.days else None
        return int(found) if found is not None and found == int(found) else found

    @property
    def mean(self) -> float | None:
        return round(mean(self.days), 1) if self.days else None

    @property
    def is_ranked(self) -> bool:
        return self.asked >= LEAST

    def count(self, letter: dict, today: date) -> None:
        self.asked += 1
        if letter["answered_after"] is not None:
            self.days.append(letter["answered_after"])
            self.late += timezone.localdate(letter["answered_at"]) > letter["due_on"]
        elif letter["state"] != LetterState.CLOSED:
            self.open += 1
            self.overdue += letter["due_on"] < today


@dataclass(frozen=True)
class Unit:
    """One town or village: `theirs` is how it answers, `ours` how the committee answers it."""

    organisation: Organisation
    theirs: Times
    ours: Times


@dataclass(frozen=True)
class Figures:
    committee: Committee
    year: int
    units: list[Unit]
    theirs: Times
    ours: Times

    @property
    def ranked(self) -> list[Unit]:
        """The worst first: overdue, then slow."""
        rows = [unit for unit in self.units if unit.theirs.is_ranked]
        return sorted(rows, key=lambda unit: (-unit.theirs.overdue, -(unit.theirs.median or 0), unit.organisation.pk))

    @property
    def unranked(self) -> list[Unit]:
        return [unit for unit in self.units if not unit.theirs.is_ranked]


def figures(committee: Committee, year: int, today: date) -> Figures:
    """The letters of `committee` sent in `year` that wanted an answer, as they stand on `today`."""
    letters = Letter.objects.filter(committee=committee, sent_at__year=year, wants_answer=True).order_by()
    theirs, ours = defaultdict(Times), defaultdict(Times)
    all_theirs, all_ours = Times(), Times()
    for letter in letters.values("organisation", "outgoing", "state", "due_on", "answered_at", "answered_after"):
        side, whole = (theirs, all_theirs) if letter["outgoing"] else (ours, all_ours)
        side[letter["organisation"]].count(letter, today)
        whole.count(letter, today)
    organisations = Organisation.objects.filter(pk__in={*theirs, *ours}).order_by("kind", "pk")
    units = [Unit(one, theirs[one.pk], ours[one.pk]) for one in organisations]
    return Figures(committee, year, units, all_theirs, all_ours)


def years(committee: Committee, today: date) -> list[int]:
    """The years that can be asked for, the newest first."""
    first = Letter.objects.filter(committee=committee).order_by("sent_at").values_list("sent_at", flat=True).first()
    return list(range(today.year, (timezone.localdate(first).year if first else today.year) - 1, -1))
