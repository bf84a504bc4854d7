"""Committees with their institutions and people, written in a handful of bulk statements."""

import datetime
import random
from dataclasses import dataclass, field
from itertools import count, cycle

from django.contrib.auth.hashers import make_password

from config.demo.accounts import NAMES, PASSWORD
from config.demo.days import moment
from config.demo.names import Names
from config.search import index
from members.models import (
    Body,
    BodyKind,
    Committee,
    Member,
    Membership,
    Organisation,
    OrganisationKind,
    Post,
    Region,
    RegionLevel,
    RoleGrant,
    User,
)
from members.presets.committees import found_committee
from members.roles import Role

SEAT = 4  # of so many members one lives in the county town, the others in the towns around
DEPUTY_SECRETARY = "党委副书记"  # who leads the members of a town
STANDING = 5  # of so many members one sits in the standing committee


@dataclass
class Place:
    """One committee, and everybody who acts in the stories told of it."""

    committee: Committee
    towns: list[Region]
    units: dict[str, Organisation] = field(default_factory=dict)
    villages: list[Organisation] = field(default_factory=list)
    speaking: dict[str, Organisation] = field(default_factory=dict)
    speakers: dict[str, User] = field(default_factory=dict)
    leaders: dict[str, User] = field(default_factory=dict)
    handlers: dict[str, User] = field(default_factory=dict)
    reviewers: list[User] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    staff: User | None = None
    second: User | None = None
    clerk: User | None = None
    supervisor: User | None = None

    def member(self, named: str) -> Member:
        """By username, or as “sector/n”: the `n`-th of a sector from 0, as they were seated."""
        sector, _, number = named.partition("/")
        if number:
            return [member for member in self.members if member.sector.name == sector][int(number)]
        return next(member for member in self.members if member.user.username == named)


class Population:
    """Makes people and gives them their places; one hash of the one password serves all."""

    def __init__(self, *, since: datetime.date, rng: random.Random):
        self.since, self.rng = since, rng
        self.at = moment(since, 9)
        self.names = Names(rng, set(NAMES.values()))
        self._password = make_password(PASSWORD)
        self._phones = count(10_000_000_001)
        self._users, self._grants, self._organisations = [], [], []

    def settle(self, spec: dict) -> Place:
        """One committee with everything that stands in its part of data/committees.toml; the upper ones come first."""
        region = Region.objects.get(code=spec["region"])
        committee = found_committee(
            region,
            **{name: spec[name] for name in ("slug", "brand", "name", "short_name", "term")},
            sectors=[name for name, *_ in spec["sectors"]],
            special_committees=spec["special"],
            at=self.at,
        )
        level = RegionLevel.TOWN if region.level == RegionLevel.COUNTY else RegionLevel.COUNTY
        towns = list(Region.objects.within(region).in_force().filter(level=level))
        place, people = Place(committee, towns, bodies=list(committee.bodies.order_by("pk"))), spec.get("people", {})
        self._institutions(place, spec, people)
        seats = self._sectors(place, spec, people)
        User.objects.bulk_create(self._users)
        Organisation.objects.bulk_create(self._organisations)
        RoleGrant.objects.bulk_create(self._grants)
        place.members = Member.objects.bulk_create(seats)
        index.index_many(place.members)
        Membership.objects.bulk_create(self._posts(place, spec))
        self._users, self._grants, self._organisations = [], [], []
        return place

    def person(self, username: str, **fields) -> User:
        user = User(
            username=username, name=NAMES.get(username) or next(self.names), password=self._password,
            phone=str(next(self._phones)), must_change_password=False,
            date_joined=self.at, **fields,
        )  # fmt: skip
        self._users.append(user)
        return user

    def administrator(self, username: str) -> None:
        self.person(username, is_staff=True, is_superuser=True).save()

    # --- institutions --------------------------------------------------------------------------------------------

    def _institutions(self, place, spec, people):
        committee, slug = place.committee, spec["slug"]
        place.staff = self.person(people.get("staff", f"{slug}-staff"), is_staff=True)
        self._grant(place.staff, Role.OFFICE_STAFF, committee)
        if "second" in people:
            place.second = self.person(people["second"], is_staff=True)
            self._grant(place.second, Role.PROPOSAL_STAFF, committee)
        if "clerk" in people:
            place.clerk = self.person(people["clerk"])
        reviewers = people.get("reviewers", [f"{slug}-review-{n}" for n in (1, 2, 3)])
        offices = committee.organisations.three_offices().order_by("pk")
        for office, (name, short), username in zip(offices, spec["offices"], reviewers, strict=True):
            office.name, office.short_name = name, short
            office.save()
            place.reviewers.append(self.person(username))
            self._grant(place.reviewers[-1], Role.OFFICE_REVIEWER, committee, office)
        if "supervision" in spec:
            name, short = spec["supervision"]
            kind = OrganisationKind.SUPERVISION_OFFICE
            self._organisations.append(Organisation(committee=committee, kind=kind, name=name, short_name=short))
            place.supervisor = self.person(people.get("supervisor", f"{slug}-supervisor"), is_staff=True)
            self._grant(place.supervisor, Role.SUPERVISOR, committee)
        for key, name, short, *named in spec["units"]:
            self._unit(place, key, OrganisationKind.HANDLING_UNIT, name, short, "局长", named)
        for town in place.towns if committee.region.level == RegionLevel.COUNTY else []:
            name = f"{town.name}人民政府"
            named = spec.get("towns", {}).get(town.name, [])
            self._unit(place, town.name, OrganisationKind.TOWN, name, town.name, DEPUTY_SECRETARY, named, region=town)
        for key, kind, name, short, username in spec.get("speaking", []):
            self._speaking(place, key, kind, name, short, username)
        for village in Region.objects.filter(code__in=spec.get("villages", [])).select_related("parent"):
            name = f"{village.parent}{village}“两委”"
            kind = OrganisationKind.VILLAGE_COMMITTEE
            self._unit(place, village.name, kind, name, f"{village}“两委”", "党组织书记", region=village)
            place.villages.append(place.units.pop(village.name))

    def _unit(self, place, key, kind, name, short, post, named=(), **fields):
        stem = fields["region"].code if "region" in fields else f"{place.committee.slug}-{key}"
        leader, handler = map(self.person, [*named, *[f"{stem}-1", f"{stem}-2"][len(named) :]])
        unit = Organisation(
            committee=place.committee, kind=kind, name=name, short_name=short, leader_name=leader.name,
            leader_post=post, default_handler=handler, **fields,
        )  # fmt: skip
        self._organisations.append(unit)
        place.units[key], place.leaders[key], place.handlers[key] = unit, leader, handler
        self._grant(leader, Role.UNIT_LEADER, place.committee, unit)
        self._grant(handler, Role.UNIT_HANDLER, place.committee, unit)

    def _speaking(self, place, key, kind, name, short, username):
        """A party or mass organisation whose proposals come up for key selection, and who submits them."""
        there = Organisation(
            committee=place.committee, kind=kind, name=name, short_name=short, proposals_are_key=True
        )  # fmt: skip
        self._organisations.append(there)
        place.speaking[key], place.speakers[key] = there, self.person(username)
        self._grant(place.speakers[key], Role.SPEAKER, place.committee, there)

    def _grant(self, user, role, committee, organisation=None):
        self._grants.append(
            RoleGrant(user=user, role=role, committee=committee, organisation=organisation, since=self.since)
        )

    # --- members -------------------------------------------------------------------------------------------------

    def _sectors(self, place, spec, people) -> list[Member]:
        """界别 with their members: the named ones first, the rest invented."""
        committee, slug, seats = place.committee, spec["slug"], []
        there = {user.username: user for user in self._users}
        numbers, county_town = count(1), place.towns[0]
        around = cycle(place.towns[1:])
        sectors = {body.name: body for body in place.bodies if body.kind == BodyKind.SECTOR}
        for name, size, _, posts, specialties in spec["sectors"]:
            sector = sectors[name]
            named = [username for username, where in people.get("members", {}).items() if where == name]
            for n in range(size):
                number = next(numbers)
                username = named[n] if n < len(named) else f"{slug}-{number:03}"
                town = county_town if number % SEAT == 0 else next(around)
                seat = Member(
                    user=there.get(username) or self.person(username), committee=committee, term=committee.term,
                    sector=sector, is_standing=number % STANDING == 0, region=town, since=self.since,
                    work_post=posts[n % len(posts)].format(town=town), specialties=specialties,
                )  # fmt: skip
                seats.append(seat)
        if chair := people.get("chair"):
            first = seats[0]
            first.user.username, first.user.name, first.user.is_staff = chair, NAMES[chair], True
            first.is_standing, first.region, first.work_post = True, county_town, "县政协主席会议成员"
            self._grant(first.user, Role.CHAIR, committee)
        for town in place.towns if spec.get("duty_groups") else []:
            deputy = next(member for member in seats[1:] if member.region == town)
            deputy.work_post = f"{town}{DEPUTY_SECRETARY}"
        return seats

    def _posts(self, place, spec) -> list[Membership]:
        """1+1+N in the special committees, a convener in each sector, leader and secretary in each duty group."""
        committee, posts = place.committee, []
        sectors = {body.name: body for body in place.bodies if body.kind == BodyKind.SECTOR}
        special = [body for body in place.bodies if body.kind == BodyKind.SPECIAL_COMMITTEE]
        groups = [
            Body(committee=committee, kind=BodyKind.DUTY_GROUP, name=f"{town}委员履职小组", region=town)
            for town in (place.towns if spec.get("duty_groups") else [])
        ]
        place.bodies += Body.objects.bulk_create(groups)
        for number, body in enumerate(special):
            belonging = {sectors[name].pk for name, _, home, *_ in spec["sectors"] if home == number}
            people = [member for member in place.members if member.sector_id in belonging]
            posts += self._seat(body, people, Post.DIRECTOR, Post.DEPUTY)
        for sector in sectors.values():
            last = [member for member in place.members if member.sector_id == sector.pk][-1]
            posts.append(Membership(body=sector, member=last, post=Post.CONVENER, since=self.since))
        if place.clerk and groups:
            role, first = Role.TOWN_SECRETARY, groups[0]
            RoleGrant.objects.create(user=place.clerk, role=role, committee=committee, body=first, since=self.since)
        for group in groups:
            people = [member for member in place.members if member.region_id == group.region_id]
            people.sort(key=lambda member: not member.work_post.endswith(DEPUTY_SECRETARY))
            posts += self._seat(group, people, Post.LEADER, Post.SECRETARY)
        return posts

    def _seat(self, body, people, *ranks):
        """The first ones in the ranks, the rest as members; who sits in the chair meeting has no rank here."""
        people = sorted(people, key=lambda member: member.user.is_staff)
        ranked = dict(zip((member.pk for member in people), ranks, strict=False))
        return [
            Membership(body=body, member=member, post=ranked.get(member.pk, Post.MEMBER), since=self.since)
            for member in people
        ]
