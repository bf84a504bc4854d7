"""`load_demo --city`: a whole city in real size on its real divisions; the people in it are invented.

The number of members and grids is what the places named; who they are, where they live and what they did is thrown
with dice that always fall the same way. Everything that has a service goes through it.
"""

import datetime
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from django.contrib.auth.hashers import make_password
from django.db import transaction

from config.demo import city_life
from config.demo.accounts import NAMES, PASSWORD
from config.demo.days import Days, moment
from config.demo.names import Names
from config.notices import outbox
from config.notices.models import Notice
from config.refusals import Refusal
from config.search import index
from members.models import BodyKind, Committee, Member, Party, Region, RegionLevel, RoleGrant, User
from members.models.regions import DIGITS
from members.presets.committees import found_committee
from members.roles import Role
from workstations.gridbook.places import short
from workstations.models import GridKind, PlanTarget
from workstations.services import grids

TERM, IN_OFFICE = 5, 2  # years that everybody has been in office
ENACTED = 85  # workdays ago
READ_AFTER = datetime.timedelta(days=5)
FIRST_PHONE = 10_100_000_001
STANDING = 6  # of so many members one sits in the standing committee
VILLAGE, TOWN, COUNTY = 0.18, 0.94, 0.97  # so many live, as far as known, in a village, a town, a county; the rest ?
FIELDS = ("学校", "企业", "商圈", "市场", "园区", "医院", "养老")
SKILLS = {
    "教育界": ("基础教育、职业教育", "中学教师"), "医药卫生界": ("基层医疗、公共卫生", "医院医师"),
    "农业界": ("现代农业、粮油种植", "种粮大户"), "经济界": ("产业发展、企业管理", "企业负责人"),
    "工商联": ("民营经济、工商服务", "商会会长"), "科学技术界": ("技术改造", "企业工程师"),
    "文化艺术界": ("群众文化、非遗传承", "文化馆干部"), "中国共产党": ("基层治理、政策法规", "机关干部"),
    "社会福利和社会保障界": ("养老、社会救助", "社会工作者"), "环境资源界": ("水环境治理", "环境监测员"),
}  # fmt: skip
OTHERS = ("群众工作", "社区工作者")
PARTIES = (Party.CPC, Party.MASSES, Party.NONE, Party.CDL, Party.CNDCA, Party.JIUSAN, Party.CAPD)


@dataclass(frozen=True)
class City:
    """What a place named of itself; `only` are the digits of the counties that are loaded, all when empty."""

    slug: str
    region: str
    brand: str
    members: int
    own: int  # members of the city's committee among them
    grids: int = 0
    dedicated: int = 0
    only: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        return PlanTarget.GRID if self.grids else PlanTarget.VILLAGE


CITIES = {
    "panjin": City("panjin", "211100000000", "盘锦好商量", members=1098, own=260),
    "tangshan": City("tangshan", "130200000000", "唐山好商量", members=3641, own=480, grids=15_490, dedicated=317),
}


@dataclass
class Place:
    """One committee, its office, and where its members may live: villages with their names."""

    committee: Committee
    staff: User
    villages: list[Region]
    members: list[Member] = field(default_factory=list)


@dataclass(frozen=True)
class Loaded:
    """What was made, and who can sign in: committee, user name."""

    counts: dict[str, int]
    offices: list[tuple[str, str]]


def is_loaded(slug: str) -> bool:
    """Whole or not at all: where the city's committee stands, the rest does too."""
    return Committee.objects.filter(slug=slug, region=CITIES[slug].region).exists()


def part_of(city: City, counties: Sequence[str], villages: Iterable[str]) -> City:
    """The same city with these counties alone and as many people and grids as fall on them."""
    prefixes = tuple(code[: DIGITS[RegionLevel.COUNTY]] for code in counties)
    codes = list(villages)
    share = sum(code.startswith(prefixes) for code in codes) / max(1, len(codes))
    if not share:
        raise Refusal("没有这个县（市、区），或行政区划里没有它的村（社区）。")
    sizes = {name: round(getattr(city, name) * share) for name in ("members", "own", "grids", "dedicated")}
    return replace(city, only=prefixes, **sizes)


@transaction.atomic
def load(slug: str, now: datetime.datetime, *, counties: Sequence[str] = (), tell: Callable = lambda words: None):
    """Everything in one transaction; refuses where one of the committees stands already."""
    city, region = CITIES[slug], Region.objects.get(pk=CITIES[slug].region)
    villages = list(Region.objects.within(region).in_force().filter(level=RegionLevel.VILLAGE).order_by("code"))
    if counties:
        city = part_of(city, counties, (village.code for village in villages))
        villages = [village for village in villages if village.code.startswith(city.only)]
    days, dice = Days(now), random.Random(slug)
    start = moment(days.back(ENACTED + 10), 9)
    tell("成立政协委员会，登记委员")
    places = _places(city, region, villages, start, days, dice)
    if city.grids:
        tell("生成网格")
        _grids(city, places[0], villages, dice, at=start)
    tell("开设站点")
    stations = city_life.open_stations(places[1:], dice, days=days)
    tell("测算并实施派驻方案")
    plan = city_life.post(city, places, at=moment(days.back(ENACTED), 10))
    tell("写几个月的网格反馈")
    logs = city_life.tell_months(places, dice, days=days, since=days.back(ENACTED))
    outbox.mark_read(Notice.objects.filter(created_at__lt=now - READ_AFTER), at=now)
    counts = {
        "政协委员会": len(places), "委员": sum(len(place.members) for place in places), "派驻": plan.report["seats"],
        "覆盖的网格（村）": plan.report["covered"], "站点": stations, "月反馈": logs,
    }  # fmt: skip
    return Loaded(counts, [(place.committee.short_name, place.staff.username) for place in places])


# --- people --------------------------------------------------------------------------------------------------------


def _places(city, region, villages, at, days, dice) -> list[Place]:
    """The city's committee first, then one for each county that has villages; members by how many these have."""
    digits = DIGITS[RegionLevel.COUNTY]
    number_of = Counter(village.code[:digits] for village in villages)
    below = Region.objects.within(region).in_force().filter(level=RegionLevel.COUNTY).order_by("code")
    regions = [region, *(county for county in below if county.prefix in number_of)]
    sizes = [city.own, *_shares(city.members - city.own, [number_of[county.prefix] for county in regions[1:]])]
    make = _People(city, days, dice)
    places = []
    for where, size in zip(regions, sizes, strict=True):
        tail = "" if where is region else f"-{where.code[4:6]}"
        committee = found_committee(where, slug=f"{city.slug}{tail}", brand=city.brand, term=TERM, at=at)
        inside = villages if where is region else [v for v in villages if v.code.startswith(where.prefix)]
        places.append(make.settle(committee, inside, size))
    return places


def _shares(total: int, weights: list[int]) -> list[int]:
    """`total` in whole parts by weight; what rounding leaves goes to the largest remainders."""
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(share) for share in exact]
    by_rest = sorted(range(len(parts)), key=lambda n: parts[n] - exact[n])
    for n in by_rest[: total - sum(parts)]:
        parts[n] += 1
    return parts


class _People:
    """Invented people in bulk; one hash of the one password serves all."""

    def __init__(self, city, days, dice):
        self.city, self.dice = city, dice
        self.since = datetime.date(days.today.year - IN_OFFICE, 1, 1)
        self.at = moment(self.since, 9)
        self.names = Names(dice, set(NAMES.values()))
        self.password = make_password(PASSWORD)
        taken = User.objects.filter(phone__startswith="101").order_by("-phone").values_list("phone", flat=True).first()
        self.phones = count(max(FIRST_PHONE, int(taken or 0) + 1))

    def user(self, username, **fields) -> User:
        return User(
            username=username, name=next(self.names), password=self.password, phone=str(next(self.phones)),
            must_change_password=False, date_joined=self.at, **fields,
        )  # fmt: skip

    def settle(self, committee: Committee, villages: list[Region], size: int) -> Place:
        slug = committee.slug
        staff, *users = [self.user(slug, is_staff=True), *(self.user(f"{slug}-{n:04}") for n in range(1, size + 1))]
        users = User.objects.bulk_create([staff, *users], batch_size=1000)[1:]
        RoleGrant.objects.create(user=staff, role=Role.OFFICE_STAFF, committee=committee, since=self.since)
        place, homes = Place(committee, staff, villages), _Homes(villages, self.dice)
        sectors = list(committee.bodies.filter(kind=BodyKind.SECTOR).order_by("pk"))
        seats = []
        for number, user in enumerate(users):
            sector = sectors[number] if number < len(sectors) else self.dice.choice(sectors)
            skills, post = SKILLS.get(sector.name, OTHERS)
            seats.append(
                Member(
                    user=user, committee=committee, term=committee.term, sector=sector, since=self.since,
                    region=next(homes), is_standing=number % STANDING == 0, party=self._party(sector.name),
                    specialties=skills, work_post=post,
                )
            )  # fmt: skip
        place.members = Member.objects.bulk_create(seats, batch_size=1000)
        index.index_many(place.members)
        return place

    def _party(self, sector) -> str:
        named = {label: value for value, label in Party.choices} | {"中国共产党": Party.CPC, "无党派人士": Party.NONE}
        return named.get(sector) or self.dice.choices(PARTIES, [40, 30, 10, 6, 6, 4, 4])[0]


class _Homes:
    """Where the next member lives: more of them where there are more villages; of some it is not known."""

    def __init__(self, villages, dice):
        self.villages, self.dice = villages, dice
        self.towns = Region.objects.in_bulk({village.parent_id for village in villages})
        self.counties = Region.objects.in_bulk({town.parent_id for town in self.towns.values()})

    def __next__(self) -> Region | None:
        village, known = self.dice.choice(self.villages), self.dice.random()
        town = self.towns[village.parent_id]
        if known < VILLAGE:
            return village
        if known < TOWN:
            return town
        return self.counties[town.parent_id] if known < COUNTY else None


# --- grids ---------------------------------------------------------------------------------------------------------


def _grids(city, place, villages, dice, *, at):
    """As many basic grids as the place named, at least one a village, and dedicated ones where the dice say."""
    per = Counter(village.code for village in villages)
    for code in dice.choices([village.code for village in villages], k=max(0, city.grids - len(villages))):
        per[code] += 1
    named = {village.code: short(village.name) for village in villages}
    fresh = [
        grids.NewGrid(f"{code}{number:03}", code, f"{named[code]}第{number}网格")
        for code in sorted(per)
        for number in range(1, per[code] + 1)
    ]
    for code in dice.sample(sorted(named), city.dedicated):
        about = dice.choice(FIELDS)
        kind = GridKind.DEDICATED
        fresh.append(grids.NewGrid(f"{code}{grids.FIRST_DEDICATED}", code, f"{named[code]}{about}网格", kind, about))
    grids.insert(place.committee, fresh, at=at)
