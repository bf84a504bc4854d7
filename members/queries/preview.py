"""What a year would be under a draft, beside what it is: nothing is written."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from members import scoring
from members.models import Member, ScoreScheme
from members.queries.scoring import graded, ranks, scheme_of
from members.scoring.rules import NOTHING

SHOWN = 20  # members with the biggest changes


class Change(NamedTuple):
    """A member's points before (None where the year had no scheme) and under the draft."""

    member: Member
    before: Decimal | None
    after: Decimal
    grade: str

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None else self.after - self.before


@dataclass(frozen=True)
class Preview:
    """`grades` are rows for components/bars.html; `changes` the biggest ones, or the best where nothing was before."""

    members: int
    facts: int
    average: Decimal
    before: ScoreScheme | None
    grades: list[dict]
    changes: list[Change]


def of(scheme: ScoreScheme, year: int) -> Preview:
    """The facts of `year` under the rules of `scheme`, for everybody who was a member then."""
    rules = scoring.load(scheme)
    members = {member.pk: member for member in _members(scheme, year)}
    scores, done, number = {}, {}, 0
    for member, facts in scoring.told(scheme.committee_id, year):
        number += len(facts)
        if member in members:
            scores[member] = _points(rules, facts, members[member])
            done[member] = tuple(scoring.done(asked, facts) for asked in rules.requirements)
    for member in members.keys() - scores.keys():
        scores[member] = _points(rules, [], members[member])
    bands = graded(rules, scores, done)
    there = scheme_of(scheme.committee_id, year)
    before = {row.member: row.points for row in ranks(there)} if there else {}
    changes = [
        Change(members[pk], before.get(pk, NOTHING) if there else None, points, bands[pk].name if pk in bands else "")
        for pk, points in scores.items()
    ]
    changes.sort(key=lambda change: (-abs(change.difference or 0), -change.after, change.member.pk))
    counted = [(band, sum(one is band for one in bands.values())) for band in rules.bands]
    average = sum(scores.values(), NOTHING) / len(scores) if scores else NOTHING
    return Preview(
        members=len(scores),
        facts=number,
        average=average.quantize(Decimal("0.1")),
        before=there,
        grades=[{"label": band.name, "value": count} for band, count in counted],
        changes=changes[:SHOWN],
    )


def _members(scheme, year):
    in_year = Q(until__isnull=True) | Q(until__year__gte=year)
    found = Member.objects.filter(in_year, committee=scheme.committee_id, since__year__lte=year)
    return found.select_related("user")


def _points(rules, facts, member) -> Decimal:
    return scoring.summed(scoring.score(rules, facts, is_standing=member.is_standing)).points
