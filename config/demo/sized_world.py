"""The county in which proposals at size live: invented divisions, committee, forty units, members, offices."""

import datetime
import random
from dataclasses import dataclass, field
from itertools import count, cycle

from django.contrib.auth.hashers import make_password

from config.demo.accounts import NAMES, PASSWORD
from config.demo.days import moment, workday
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
from proposals.models import Category, GradeWording, Plenary, RejectionGround

SLUG, COUNTY = "shifan", "990101000000"
DIVISIONS = (
    ("990000000000", "示范省", RegionLevel.PROVINCE), ("990100000000", "示范市", RegionLevel.CITY),
    (COUNTY, "示范县", RegionLevel.COUNTY),
)  # fmt: skip
TOWNS = ("城关镇", "东山镇", "西河镇", "南塘镇", "北岭镇", "清溪乡", "石桥乡", "枫林乡")
UNITS = (
    "住建局", "交通局", "公安局", "教育局", "卫健局", "民政局", "人社局", "财政局", "发改局", "工信局", "农业农村局",
    "水利局", "生态环境局", "自然资源局", "城管局", "文旅局", "应急局", "市场监管局", "医保局", "司法局", "政务服务局",
    "乡村振兴局", "商务局", "审计局", "统计局", "林业局", "退役军人局", "信访局", "数据局", "残联",
    "消防大队", "供销社",
)  # fmt: skip
PARTIES = (("民盟示范县总支", OrganisationKind.PARTY_GROUP), ("民建示范县支部", OrganisationKind.PARTY_GROUP),
           ("示范县工商联", OrganisationKind.MASS_ORGANISATION))  # fmt: skip
TERM, YEARS, STANDING = 10, 5, 5
FIRST_PHONE = 10_200_000_001


@dataclass
class World:
    committee: Committee
    now: datetime.datetime
    staff: User | None = None
    clerk: User | None = None
    chair: User | None = None
    supervisor: User | None = None
    units: dict[str, Organisation] = field(default_factory=dict)
    leaders: dict[int, User] = field(default_factory=dict)
    handlers: dict[int, User] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    bodies: list[tuple[Body, Member]] = field(default_factory=list)
    parties: list[tuple[Organisation, User]] = field(default_factory=list)
    plenaries: list[Plenary] = field(default_factory=list)
    categories: dict[str, Category] = field(default_factory=dict)
    grounds: list[RejectionGround] = field(default_factory=list)
    wordings: dict[str, GradeWording] = field(default_factory=dict)


def make(members: int, dice: random.Random, now: datetime.datetime) -> World:
    """Everybody and everything that stood before the first proposal."""
    last = (now - datetime.timedelta(days=60)).year
    since = datetime.date(last - YEARS, 1, 1)
    people = _People(dice, since)
    towns = _divisions()
    committee = found_committee(
        Region.objects.get(pk=COUNTY), slug=SLUG, brand="示范好商量", term=TERM, at=moment(since, 9)
    )
    world = World(committee, now)
    world.staff = people.user(SLUG, is_staff=True)
    world.clerk = people.user(f"{SLUG}-lu", is_staff=True)
    world.chair = people.user(f"{SLUG}-zhou", is_staff=True)
    world.supervisor = people.user(f"{SLUG}-sun", is_staff=True)
    for user, role in (
        (world.staff, Role.OFFICE_STAFF), (world.clerk, Role.PROPOSAL_STAFF), (world.chair, Role.CHAIR),
        (world.supervisor, Role.SUPERVISOR),
    ):  # fmt: skip
        people.grant(user, role, committee)
    units = [(f"县{name}", OrganisationKind.HANDLING_UNIT, "局长", None) for name in UNITS]
    units += [(f"{town.name}人民政府", OrganisationKind.TOWN, "镇（乡）长", town) for town in towns]
    for number, (name, kind, post, region) in enumerate(units, start=1):
        _unit(world, people, number, name, kind, post, region)
    for number, (name, kind) in enumerate(PARTIES, start=1):
        speaker = people.user(f"{SLUG}-p{number}")
        party = Organisation(committee=committee, kind=kind, name=name, proposals_are_key=True)
        people.organisations.append(party)
        people.grant(speaker, Role.SPEAKER, committee, party)
        world.parties.append((party, speaker))
    seats = people.members(committee, members, towns)
    people.save()
    world.members = Member.objects.bulk_create(seats, batch_size=1000)
    index.index_many(world.members)
    world.leaders = {unit.pk: leader for unit, leader, _ in people.serving}
    world.handlers = {unit.pk: handler for unit, _, handler in people.serving}
    _conveners(world, since)
    world.plenaries = [_plenary(committee, year, n) for n, year in enumerate(range(last - YEARS + 1, last + 1), 1)]
    world.categories = {row.name: row for row in Category.objects.filter(committee=None)}
    world.grounds = list(RejectionGround.objects.filter(committee=None).order_by("position"))
    world.wordings = GradeWording.objects.in_force(committee.pk, now.date())
    return world


def _divisions() -> list[Region]:
    above = None
    for code, name, level in DIVISIONS:
        above, _ = Region.objects.get_or_create(code=code, defaults={"name": name, "level": level, "parent": above})
    towns = []
    for number, name in enumerate(TOWNS, start=100):
        known = {"name": name, "level": RegionLevel.TOWN, "parent": above}
        towns.append(Region.objects.get_or_create(code=f"{COUNTY[:6]}{number}000", defaults=known)[0])
    return towns


def _unit(world, people, number, name, kind, post, region):
    leader, handler = (people.user(f"{SLUG}-u{number:02}-{n}") for n in (1, 2))
    short = region.name if region else name
    unit = Organisation(
        committee=world.committee, kind=kind, name=name, short_name=short, region=region, leader_name=leader.name,
        leader_post=post, default_handler=handler,
    )  # fmt: skip
    people.organisations.append(unit)
    people.serving.append((unit, leader, handler))
    people.grant(leader, Role.UNIT_LEADER, world.committee, unit)
    people.grant(handler, Role.UNIT_HANDLER, world.committee, unit)
    world.units[short.removeprefix("县")] = unit


def _conveners(world, since):
    bodies = world.committee.bodies.filter(kind__in=[BodyKind.SECTOR, BodyKind.SPECIAL_COMMITTEE]).order_by("pk")
    seats, free = [], cycle(world.members)
    by_sector = {member.sector_id: member for member in reversed(world.members)}
    for body in bodies:
        is_sector = body.kind == BodyKind.SECTOR
        member = by_sector.get(body.pk) if is_sector else next(free)
        if member is not None:
            seats.append(
                Membership(body=body, member=member, post=Post.CONVENER if is_sector else Post.DIRECTOR, since=since)
            )
            world.bodies.append((body, member))
    Membership.objects.bulk_create(seats)


def _plenary(committee, year, number) -> Plenary:
    opens = workday(year, 1, 8)
    closes = opens + datetime.timedelta(days=3)
    return Plenary.objects.create(
        committee=committee, term=TERM, number=number, opens_on=opens, closes_on=closes,
        collects_from=datetime.date(year - 1, 10, 8), collects_until=moment(closes, 18),
    )  # fmt: skip


class _People:
    """Invented people in bulk; one hash of the one password serves all."""

    def __init__(self, dice: random.Random, since: datetime.date):
        self.dice, self.since, self.at = dice, since, moment(since, 9)
        self.names = Names(dice, set(NAMES.values()))
        self.password = make_password(PASSWORD)
        self.phones = count(FIRST_PHONE)
        self.users: list[User] = []
        self.organisations: list[Organisation] = []
        self.grants: list[RoleGrant] = []
        self.serving: list[tuple[Organisation, User, User]] = []

    def user(self, username, **fields) -> User:
        made = User(
            username=username, name=next(self.names), password=self.password, phone=str(next(self.phones)),
            must_change_password=False, date_joined=self.at, **fields,
        )  # fmt: skip
        self.users.append(made)
        return made

    def grant(self, user, role, committee, organisation=None):
        self.grants.append(
            RoleGrant(user=user, role=role, committee=committee, organisation=organisation, since=self.since)
        )

    def members(self, committee, size, towns) -> list[Member]:
        sectors = list(committee.bodies.filter(kind=BodyKind.SECTOR).order_by("pk"))
        seats = []
        for number in range(size):
            sector = sectors[number % len(sectors)]
            seats.append(
                Member(
                    user=self.user(f"{SLUG}-{number + 1:04}"), committee=committee, term=committee.term, sector=sector,
                    is_standing=number % STANDING == 0, region=self.dice.choice(towns), since=self.since,
                    work_post=f"{sector.name}工作者",
                )
            )  # fmt: skip
        return seats

    def save(self):
        User.objects.bulk_create(self.users, batch_size=1000)
        Organisation.objects.bulk_create(self.organisations)
        RoleGrant.objects.bulk_create(self.grants, batch_size=1000)
