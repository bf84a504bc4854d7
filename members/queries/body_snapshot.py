"""All bodies of a committee with their people, loaded once, for rules that look at everything (members.queries)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from members.models import (
    LEADING_POSTS,
    Body,
    BodyBudget,
    BodyKind,
    Committee,
    Intake,
    Member,
    Membership,
    Organisation,
    Region,
    RegionLevel,
)


@dataclass(frozen=True)
class Seat:
    """A seat in force, or one that ended within this year (`until` before today)."""

    pk: int
    body: int
    member: int | None
    name: str
    post: str
    standing: str
    bond: str
    until: date | None


class Snapshot:
    """Active bodies, seats, intakes, members, towns and budgets as of `today`: nine statements, whatever the size."""

    def __init__(self, committee: Committee, user, today: date):
        self.committee, self.today = committee, today
        bodies = Body.objects.visible_to(user).active().filter(committee=committee)
        self.bodies = list(bodies.select_related("region").order_by("kind", "position", "region_id", "pk"))
        self.by_id = {body.pk: body for body in self.bodies}
        self._load_seats(user)
        self._load_intakes(user)
        self.members = list(
            Member.objects.visible_to(user).filter(committee=committee).in_force(today)
            .select_related("user", "sector", "region").order_by("sector", "pk")
        )  # fmt: skip
        towns = Region.objects.within(committee.region).in_force().filter(level=RegionLevel.TOWN)
        self.towns = list(towns.order_by("code"))
        self.budgets = {
            row.body_id: row for row in BodyBudget.objects.filter(body__committee=committee, year=today.year)
        }

    def _load_seats(self, user):
        found = Membership.objects.visible_to(user).filter(body__committee=self.committee, body__is_active=True)
        rows = found.filter(since__lte=self.today).order_by("pk").values_list(
            "pk", "body", "member", "member__user__name", "person_name", "post", "standing", "bond", "until"
        )  # fmt: skip
        self.seats, self.ended = defaultdict(list), defaultdict(list)
        for pk, body, member, member_name, name, post, standing, bond, until in rows:
            seat = Seat(pk, body, member, member_name or name, post, standing, bond, until)
            (self.seats if until is None or until >= self.today else self.ended)[body].append(seat)
        through = Membership.regions.through.objects.filter(membership__body__committee=self.committee)
        self.towns_of_seat = defaultdict(set)
        for seat, region in through.values_list("membership", "region"):
            self.towns_of_seat[seat].add(region)

    def _load_intakes(self, user):
        rows = Intake.objects.visible_to(user).current().filter(body__committee=self.committee)
        self.intakes = list(rows.select_related("region"))
        self.units = defaultdict(list)
        through = Body.organisations.through.objects.filter(body__committee=self.committee)
        units = Organisation.objects.in_bulk(set(through.values_list("organisation", flat=True)))
        for body, unit in through.values_list("body", "organisation"):
            self.units[body].append(units[unit])

    def of(self, *kinds: BodyKind) -> list[Body]:
        return [body for body in self.bodies if body.kind in kinds]

    def posts(self, body: Body, *posts: str) -> list[Seat]:
        return [seat for seat in self.seats[body.pk] if seat.post in posts]

    def leaders(self, body: Body) -> list[Seat]:
        return self.posts(body, *LEADING_POSTS)

    @cached_property
    def children(self) -> dict[int, list[Body]]:
        found = defaultdict(list)
        for body in self.bodies:
            found[body.parent_id].append(body)
        return found

    @cached_property
    def sector_takers(self) -> dict[int, list[int]]:
        """Sector id → ids of the active bodies that take it in."""
        found = defaultdict(list)
        for intake in self.intakes:
            if intake.sector_id and intake.body_id in self.by_id:
                found[intake.sector_id].append(intake.body_id)
        return found

    def is_covered(self, member: Member, hosts: set[int]) -> bool:
        """Taken in by sector, by region, or by a seat in a special committee or the office."""
        if self.sector_takers[member.sector_id] or member.pk in hosts:
            return True
        regions = [intake.region for intake in self.intakes if intake.region_id]
        return bool(member.region_id) and any(region.contains(member.region_id) for region in regions)
