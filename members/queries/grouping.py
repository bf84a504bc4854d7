"""What the planner is asked, read from the register of members; and what a plan would change against today."""

from collections import Counter, defaultdict
from datetime import date

from members.grouping import Key, Person, Problem, Unit
from members.models import (
    Body,
    BodyKind,
    Grouping,
    GroupingKey,
    GroupingSeat,
    Intake,
    Member,
    Membership,
    Party,
    Post,
    Region,
)
from members.models.regions import CODE_LENGTH, DIGITS

UNITS = (BodyKind.SPECIAL_COMMITTEE, BodyKind.OFFICE)
ORDINARY = (Post.CORE, Post.MEMBER)
FIELDS = ("pk", "user__name", "sector_id", "sector__name", "region_id", "party", "is_standing", "specialties")


def problem(grouping: Grouping, units: list[Body], *, fixed: dict[int, tuple[int, int]], on: date) -> Problem:
    """The members in force on that day and how they go in; `fixed` is member → (body, group)."""
    members = Member.objects.filter(committee=grouping.committee).in_force(on).order_by("sector", "pk")
    rows = list(members.values_list(*FIELDS))
    places = _places(grouping, {row[4] for row in rows if row[4]})
    people = tuple(
        Person(
            id=pk,
            name=name,
            key=places.get(region) or Key("sector", sector, sector_name),
            sector=sector_name,
            is_party=party == Party.CPC,
            is_standing=is_standing,
            specialty=specialties.split("、")[0].strip(),
        )
        for pk, name, sector, sector_name, region, party, is_standing, specialties in rows
    )
    there = {person.id for person in people}
    return Problem(
        people=people,
        units=tuple(Unit(body.pk, body.name) for body in units),
        fewest=grouping.fewest,
        most=grouping.most,
        is_free=grouping.by_key == GroupingKey.FREE,
        mixes=grouping.mixes_parties,
        spreads=grouping.spreads_specialties,
        allowed=_intakes(grouping, {person.key for person in people}, on) if grouping.keeps_intakes else {},
        fixed={member: seat for member, seat in fixed.items() if member in there},
    )


def _places(grouping, codes) -> dict[str, Key]:
    """Region code of a member → the county or town that goes in as a whole; others follow their sector (row 50)."""
    if grouping.by_key != GroupingKey.REGION:
        return {}
    level = grouping.committee.region.level + 1
    above = {code: code[: DIGITS[level]].ljust(CODE_LENGTH, "0") for code in codes}
    names = dict(Region.objects.filter(code__in=set(above.values()), level=level).values_list("code", "name"))
    return {code: Key("region", place, names[place]) for code, place in above.items() if place in names}


def _intakes(grouping, keys, on) -> dict[Key, frozenset[int]]:
    """Where each key is taken in today, by the 归口 rows."""
    taken = defaultdict(set)
    rows = Intake.objects.filter(body__committee=grouping.committee).in_force(on)
    for sector, region, body in rows.values_list("sector_id", "region_id", "body_id"):
        taken["sector" if sector else "region", sector or region].add(body)
    return {key: frozenset(taken[key.kind, key.id]) for key in keys if (key.kind, key.id) in taken}


def ordinary_posts(grouping: Grouping):
    """Open posts of plain members in the committee's special committees and office; 主任 and 副主任 are no part."""
    return _posts(grouping).filter(post__in=ORDINARY)


def leading_posts(grouping: Grouping):
    """Open posts of 主任, 副主任 and other leaders there; a plan leaves them as they are."""
    return _posts(grouping).exclude(post__in=ORDINARY)


def _posts(grouping):
    return Membership.objects.filter(
        body__committee=grouping.committee, body__kind__in=UNITS, until__isnull=True, member__isnull=False
    )


def changes(grouping: Grouping) -> dict[str, int]:
    """How many people stay in their special committee, change it, or come in for the first time."""
    now = defaultdict(set)
    for member, body in _posts(grouping).values_list("member", "body"):
        now[member].add(body)
    counted = Counter(
        "stay" if body in now[member] else "change" if now[member] else "new"
        for member, body in grouping.seats.values_list("member", "body")
    )
    return {kind: counted[kind] for kind in ("stay", "change", "new")}


def seats(grouping: Grouping):
    """The rows of the plan with what a page says of them."""
    return GroupingSeat.objects.filter(grouping=grouping).select_related("member__user", "member__sector", "body")
