"""What the ledger says: a member's card, ranks, grades, and averages of groups."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import floor
from typing import NamedTuple

from django.db.models import Count, Q

from members import scoring
from members.models import Body, BodyKind, Committee, DutyRecord, Member, Membership, ScoreLine, ScoreScheme, ScoreTotal
from members.scoring.rules import NOTHING, Band, Rules
from members.states import SchemeState

FEWEST = 3  # a group of fewer members gets no rank


class CardLine(NamedTuple):
    """What one record, cap or start brings now; `on` and `title` are empty where there is no record."""

    on: date | None
    title: str
    url: str
    points: Decimal
    item: str
    words: str
    dimension: str


@dataclass(frozen=True)
class CardGroup:
    name: str
    points: Decimal
    cap: Decimal | None
    lines: list[CardLine]


class Must(NamedTuple):
    """A requirement and how far it is met."""

    name: str
    done: int
    at_least: int
    holds_below: bool

    @property
    def is_met(self) -> bool:
        return self.done >= self.at_least


@dataclass(frozen=True)
class Card:
    """A member's year: the total, where it comes from, the grade it would be now, and what is missing to the next.

    `missing` is in points and None where points do not help; `rank` is (place, of how many), for staff and oneself.
    """

    scheme: ScoreScheme
    member: Member
    total: Decimal
    counted: Decimal
    quality: Decimal
    groups: list[CardGroup]
    requirements: list[Must]
    rank: tuple[int, int] | None
    band: Band | None
    next_band: Band | None = None
    missing: Decimal | None = None
    advice: list[str] = field(default_factory=list)


class Ranked(NamedTuple):
    member: int
    points: Decimal
    counted: Decimal
    quality: Decimal
    rank: int


def schemes_of(committee: Committee | int) -> dict[int, ScoreScheme]:
    """Year → the scheme under which the committee scores or scored it, the latest first."""
    counted = [SchemeState.IN_FORCE, SchemeState.FROZEN]
    found = ScoreScheme.objects.filter(committee=committee, state__in=counted)
    return {scheme.year: scheme for scheme in found.order_by("-year")}


def scheme_of(committee: Committee | int, year: int) -> ScoreScheme | None:
    """The scheme under which the committee scores or scored the year."""
    return schemes_of(committee).get(year)


def ranks(scheme: ScoreScheme) -> list[Ranked]:
    """Everybody with points kept, the best first; equal points share a place; one query."""
    totals = ScoreTotal.objects.filter(scheme=scheme).order_by("-points", "member")
    ranked = []
    for place, (member, points, *both) in enumerate(totals.values_list("member", "points", "counted", "quality"), 1):
        same = bool(ranked) and ranked[-1].points == points
        ranked.append(Ranked(member, points, *both, ranked[-1].rank if same else place))
    return ranked


def bands_of(
    scheme: ScoreScheme, *, members: Iterable[int] | None = None, ranked: list[Ranked] | None = None
) -> dict[int, Band]:
    """Member → the grade it would be now, of those with points kept (or of `members` among them)."""
    rules, ranked = scoring.load(scheme), ranks(scheme) if ranked is None else ranked
    if not rules.bands:
        return {}
    asked = None if members is None else set(members)
    done = done_of(scheme, rules, asked)
    return {
        row.member: rules.bands[_place(rules, row.points, row.rank, len(ranked), _lacks(rules, done[row.member]))]
        for row in ranked
        if asked is None or row.member in asked
    }


def graded(rules: Rules, scores: dict[int, Decimal], done: dict[int, tuple]) -> dict[int, Band]:
    """The same for scores that are not kept, such as those of a preview or of a snapshot."""
    ranked = places(scores)
    return {
        member: rules.bands[_place(rules, points, ranked[member], len(scores), _lacks(rules, done.get(member, ())))]
        for member, points in scores.items()
        if rules.bands
    }


def places(scores: dict[int, Decimal]) -> dict[int, int]:
    """Member → place; equal points share one, and the next is counted behind all of them."""
    first = {}
    for place, points in enumerate(sorted(scores.values(), reverse=True), 1):
        first.setdefault(points, place)
    return {member: first[points] for member, points in scores.items()}


def done_of(scheme: ScoreScheme, rules: Rules, members: Iterable[int] | None = None) -> dict[int, tuple[int, ...]]:
    """Member → how often each requirement is met; at most four queries, none without requirements."""
    nothing = (0,) * len(rules.requirements)
    done = defaultdict(lambda: nothing)
    if not rules.requirements:
        return done
    found = DutyRecord.objects.of_year(scheme.committee_id, scheme.year).standing().order_by()
    away = scoring.leaves(scheme.committee_id, scheme.year)
    if members is not None:
        found = found.filter(member__in=list(members))
        away = {member: leaves for member, leaves in away.items() if member in set(members)}
    counts = {f"n{n}": Count("pk", filter=asked.as_q()) for n, asked in enumerate(rules.requirements)}
    for member, *numbers in found.values_list("member").annotate(**counts):
        done[member] = tuple(numbers)
    if away:  # what was missed on leave is excused, which the marks in the database do not say
        for member, facts in scoring.told(scheme.committee_id, scheme.year, away):
            done[member] = tuple(scoring.done(asked, facts) for asked in rules.requirements)
    return done


def card(scheme: ScoreScheme, member: Member) -> Card:
    """One member's card from the ledger; the number of queries is fixed, whatever the ledger holds."""
    rules = scoring.load(scheme)
    groups = _groups(rules, _lines(scheme, member))
    kept = ScoreTotal.objects.filter(scheme=scheme, member=member).first()
    total, counted, quality = (kept.points, kept.counted, kept.quality) if kept else (NOTHING, NOTHING, NOTHING)
    totals = ScoreTotal.objects.filter(scheme=scheme)
    place = totals.aggregate(of=Count("pk"), better=Count("pk", filter=Q(points__gt=total)))
    rank, of = place["better"] + 1, place["of"]
    done = done_of(scheme, rules, [member.pk])[member.pk]
    musts = [
        Must(asked.name, number, asked.at_least, asked.holds_below)
        for asked, number in zip(rules.requirements, done, strict=True)
    ]
    whole = {
        "scheme": scheme, "member": member, "total": total, "counted": counted, "quality": quality, "groups": groups,
        "requirements": musts, "rank": (rank, of) if kept else None,
    }  # fmt: skip
    if not rules.bands:
        return Card(**whole, band=None)
    place = _place(rules, total, rank, of, _lacks(rules, done))
    above = rules.bands[place - 1] if place else None
    missing = above.at_least - total if above and above.at_least is not None and above.at_least > total else None
    advice = _advice(rules, above, missing, rank, of, [must for must in musts if not must.is_met])
    return Card(**whole, band=rules.bands[place], next_band=above, missing=missing, advice=advice)


class GroupAverage(NamedTuple):
    """Of the members of one body that have points; `rank` is None for too few of them (row 178)."""

    body: Body
    members: int
    average: Decimal
    counted: Decimal
    quality: Decimal
    rank: int | None


def group_averages(scheme: ScoreScheme, kind: BodyKind = BodyKind.DUTY_GROUP) -> list[GroupAverage]:
    """Average points of the bodies of one kind, the best first, the ones too small to rank at the end."""
    held = Membership.objects.in_force().filter(
        body__committee=scheme.committee_id, body__kind=kind, body__is_active=True, member__isnull=False
    )
    pairs = set(held.values_list("body", "member"))
    bodies = Body.objects.in_bulk({body for body, _ in pairs})
    points = {row.member: row for row in ranks(scheme)}
    of_body = defaultdict(list)
    for body, member in pairs:
        if member in points:
            of_body[body].append(points[member])
    rows = []
    for body, found in of_body.items():
        means = (_mean([getattr(row, name) for row in found]) for name in ("points", "counted", "quality"))
        rows.append(GroupAverage(bodies[body], len(found), *means, None))
    rows.sort(key=lambda row: (row.members < FEWEST, -row.average, row.body.pk))
    return [row._replace(rank=place if row.members >= FEWEST else None) for place, row in enumerate(rows, 1)]


def _mean(numbers) -> Decimal:
    return (sum(numbers, NOTHING) / len(numbers)).quantize(Decimal("0.1"))


def _place(rules, points, rank, of, lacks) -> int:
    """Which band: the first that fits, else the last; who lacks a requirement that holds down is not in the first."""
    for place, band in enumerate(rules.bands):
        held = place == 0 and lacks and len(rules.bands) > 1
        high = band.at_least is None or points >= band.at_least
        best = band.best_percent is None or rank <= _limit(band, of)
        if high and best and not held:
            return place
    return len(rules.bands) - 1


def _limit(band, of) -> int:
    return floor(of * band.best_percent / 100)


def _lacks(rules, done) -> bool:
    met = zip(rules.requirements, done or (0,) * len(rules.requirements), strict=True)
    return any(asked.holds_below and number < asked.at_least for asked, number in met)


def _lines(scheme, member) -> dict[str, list[CardLine]]:
    """Group → what its records bring now, corrections summed up, in the order of the days."""
    columns = ("group", "item", "record", "dimension", "points", "words", "record__on", "record__title", "record__url")
    places = {}
    rows = ScoreLine.objects.filter(scheme=scheme, member=member).order_by("pk").values_list(*columns)
    for *place, points, words, on, title, url in rows:
        before = places.get(tuple(place))
        summed = points + (before.points if before else NOTHING)
        places[tuple(place)] = CardLine(on, title or "", url or "", summed, place[1], words, place[3])
    found = defaultdict(list)
    for (group, *_), line in places.items():
        if line.points:
            found[group].append(line)
    for lines in found.values():
        lines.sort(key=lambda line: (line.on is None, line.on or date.max))
    return found


def _groups(rules, found) -> list[CardGroup]:
    caps = {group.name: group.cap for group in rules.groups} | {scoring.WHOLE: rules.cap}
    names = [name for name in caps if name in found or name != scoring.WHOLE]
    return [
        CardGroup(name, sum((line.points for line in found.get(name, ())), NOTHING), caps[name], found.get(name, []))
        for name in names
    ]


def _advice(rules, above, missing, rank, of, unmet) -> list[str]:
    """What is missing to the next grade, in words."""
    if above is None:
        return []
    words = []
    if missing:
        words.append(f"再得 {scoring.plain(missing)} 分，达到“{above.name}”的 {scoring.plain(above.at_least)} 分。")
    if above.best_percent is not None and rank > _limit(above, of):
        words.append(f"“{above.name}”取前 {above.best_percent}%，即前 {_limit(above, of)} 名，现在第 {rank} 名。")
    if above == rules.bands[0]:
        held = [must for must in unmet if must.holds_below]
        words += [f"评“{above.name}”还须完成：{must.name}（{must.done} / {must.at_least}）。" for must in held]
    return words
