"""Who owes the tasks of a rule: members, standing members, bodies and their heads, members of bodies, stations."""

from dataclasses import dataclass

from members.models import LEADING_POSTS, Body, Member, Membership
from workstations.models import DutyRule, Owed, PostKind, StationPost, Workstation

HEADS = (PostKind.KEEPER, PostKind.DEPUTY_KEEPER, PostKind.CONVENER, PostKind.STAFF)
"""Who does what a station owes, the first that there is."""


@dataclass(frozen=True)
class Target:
    """One that owes: ids of the user who does it, and of the member, body or station it is for."""

    key: str
    assignee: int | None
    member: int | None = None
    body: int | None = None
    station: int | None = None


def targets(rule: DutyRule) -> list[Target]:
    """Everybody who owes a task of this rule today, in a number of queries that does not grow."""
    return BY[rule.owed_by](rule)


def bodies_of(rule: DutyRule):
    """The chosen bodies, or all of the chosen kind."""
    chosen = rule.bodies.filter(is_active=True)
    if rule.body_kind and not chosen.exists():
        return Body.objects.filter(committee=rule.committee_id, kind=rule.body_kind, is_active=True)
    return chosen


def _members(rule):
    people = Member.objects.in_force().filter(committee=rule.committee_id)
    if rule.members.exists():
        people = people.filter(pk__in=rule.members.values("pk"))
    return _each(people)


def _standing(rule):
    return _each(Member.objects.in_force().filter(committee=rule.committee_id, is_standing=True))


def _each(people):
    return [Target(f"member:{pk}", user, member=pk) for pk, user in people.order_by("pk").values_list("pk", "user")]


def _body_members(rule):
    """Once for each, under the first of the bodies that the person belongs to."""
    bodies = bodies_of(rule)
    posts = Membership.objects.in_force().filter(body__in=bodies, member__isnull=False).order_by("body", "pk")
    where = {}
    for body, member in posts.values_list("body", "member"):
        where.setdefault(member, body)
    sectors = Member.objects.in_force().filter(sector__in=bodies).values_list("pk", "sector")
    where = dict(sectors) | where
    people = Member.objects.in_force().filter(pk__in=where, committee=rule.committee_id).order_by("pk")
    rows = people.values_list("pk", "user")
    return [Target(f"member:{pk}", user, member=pk, body=where[pk]) for pk, user in rows]


def _bodies(rule):
    bodies = list(bodies_of(rule).order_by("pk").values_list("pk", flat=True))
    heads = heads_of(bodies)
    return [Target(f"body:{pk}", heads.get(pk), body=pk) for pk in bodies]


def heads_of(bodies) -> dict[int, int]:
    """Body → the user who leads it: the highest post, the longest in it."""
    leading = Membership.objects.in_force().leading().filter(body__in=bodies, member__isnull=False)
    rows = sorted(leading.values_list("body", "post", "since", "pk", "member__user"), key=_rank)
    return {body: user for body, *_, user in reversed(rows)}


def _rank(row):
    return LEADING_POSTS.index(row[1]), row[2], row[3]


def _stations(rule):
    stations = Workstation.objects.open().filter(committee=rule.committee_id).order_by("pk")
    if rule.station_kind:
        stations = stations.filter(kind=rule.station_kind)
    posts = StationPost.objects.in_force().filter(station__in=stations, post__in=HEADS).order_by("since", "pk")
    rows = posts.values_list("station", "post", "user", "member__user")
    keepers = {}
    for station, _, user, member in sorted(rows, key=lambda row: HEADS.index(row[1])):
        keepers.setdefault(station, user or member)
    pks = stations.values_list("pk", flat=True)
    return [Target(f"station:{pk}", keepers.get(pk), station=pk) for pk in pks]


BY = {
    Owed.MEMBERS: _members,
    Owed.STANDING: _standing,
    Owed.BODIES: _bodies,
    Owed.BODY_MEMBERS: _body_members,
    Owed.STATIONS: _stations,
}
