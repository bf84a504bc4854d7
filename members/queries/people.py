"""What the people pages count: who serves, and what each one did this year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from members.facts import THERE, Mark
from members.models import DutyRecord, ScoreTotal
from members.states import SchemeState


@dataclass(frozen=True)
class Serving:
    """在任: how many members serve on a day, how many of them in the standing committee, how many have left."""

    now: int
    standing: int
    left: int


@dataclass(frozen=True)
class DutyFigures:
    """出席: times present of times called up in a year (official missions count against nobody), and the score."""

    there: int = 0
    called: int = 0
    score: Decimal | None = None


def serving(members: QuerySet, on: date) -> Serving:
    """Of `members`, one query."""
    now = Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))
    counted = members.order_by().aggregate(
        now=Count("pk", filter=now),
        standing=Count("pk", filter=now & Q(is_standing=True)),
        left=Count("pk", filter=Q(until__lt=on)),
    )
    return Serving(**counted)


def duty_of(members: Iterable[int], year: int) -> dict[int, DutyFigures]:
    """Member → figures of that year, two queries whatever the number of members (row 178)."""
    members = list(members)
    marked = DutyRecord.objects.standing().filter(member__in=members, year=year).exclude(mark__in=["", Mark.EXCUSED])
    there, called = {}, {}
    for member, mark, times in marked.order_by().values_list("member", "mark").annotate(Count("pk")):
        called[member] = called.get(member, 0) + times
        there[member] = there.get(member, 0) + (times if mark in THERE else 0)
    scores = ScoreTotal.objects.filter(
        member__in=members, scheme__year=year, scheme__state__in=[SchemeState.IN_FORCE, SchemeState.FROZEN]
    )
    scores = dict(scores.order_by().values_list("member", "points"))
    return {pk: DutyFigures(there.get(pk, 0), called.get(pk, 0), scores.get(pk)) for pk in members}


def person_times(members: QuerySet, year: int) -> int:
    """人次: how often these members were present in a year."""
    records = DutyRecord.objects.standing().filter(member__in=members.order_by().values("pk"), year=year)
    return records.filter(mark__in=THERE).count()
