"""The standing facts of a committee's year, member by member, as the engine takes them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from django.db.models import Q

from members.models import ChangeKind, DutyRecord, MemberChange
from members.scoring.engine import Told, excuse


def told(committee: int, year: int, members: Iterable[int] | None = None) -> Iterator[tuple[int, list[Told]]]:
    """Each member that has standing facts, with them, in the order of the members' ids; two queries, streamed.

    Who is on approved long leave is excused from what was missed then.
    """
    found = DutyRecord.objects.of_year(committee, year).standing()
    away = leaves(committee, year)
    if members is not None:
        found = found.filter(member__in=list(members))
    rows = found.order_by("member", "on", "pk").values_list("member", "pk", *Told._fields[1:])
    for member, facts in groupby(rows.iterator(chunk_size=5000), key=lambda row: row[0]):
        facts = [Told._make(row[1:]) for row in facts]
        yield member, excuse(facts, away[member]) if member in away else facts


def leaves(committee: int, year: int) -> dict[int, list[tuple[date, date | None]]]:
    """Member → approved long leaves that touch the year."""
    found = MemberChange.objects.filter(
        Q(until__isnull=True) | Q(until__year__gte=year),
        member__committee=committee, kind=ChangeKind.ON_LEAVE, since__year__lte=year,
    )  # fmt: skip
    away = defaultdict(list)
    for member, since, until in found.values_list("member", "since", "until"):
        away[member].append((since, until))
    return dict(away)
