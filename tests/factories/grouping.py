"""Rosters of any size, made in bulk: members with sector, party and specialty, and special committees to seat them."""

import random

from members.models import Body, BodyKind, Grouping, Member, Party, User
from tests.factories import members as make
from tests.factories import people

SPECIALTIES = ["法律", "医疗卫生", "农业", "教育", "财税金融", "工程建设", "文化", "环境保护", ""]
UNITS = [
    "提案委",
    "经济委",
    "农业农村委",
    "人口资源环境委",
    "教科卫体委",
    "社会法制委",
    "民族宗教委",
    "港澳台侨委",
    "文化文史委",
]
WEIGHTS = [3, 4, 5, 6, 7, 8, 10, 12]


def units(committee, count=9):
    return [
        Body.objects.create(committee=committee, kind=BodyKind.SPECIAL_COMMITTEE, name=name, position=number)
        for number, name in enumerate(UNITS[:count], start=1)
    ]


def roster(committee, size, sectors, *, seed=1, regions=()):
    """`size` members over `sectors` sectors of different size, about four in ten of them party members."""
    chance = random.Random(seed)
    rows = [Body(committee=committee, kind=BodyKind.SECTOR, name=f"第{n}界") for n in range(1, sectors + 1)]
    bodies = Body.objects.bulk_create(rows)
    weights = [chance.choice(WEIGHTS) for _ in bodies]
    users = User.objects.bulk_create(
        [User(username=f"r{committee.pk}-{n}", name=f"委员{n:04}", password="!") for n in range(size)], batch_size=1000
    )
    members = []
    for number, user in enumerate(users):
        sector = bodies[number] if number < sectors else chance.choices(bodies, weights)[0]
        members.append(
            Member(
                user=user, committee=committee, term=committee.term, sector=sector, since=make.SINCE,
                is_standing=chance.random() < 0.15, specialties=chance.choice(SPECIALTIES),
                party=Party.CPC if chance.random() < 0.4 else chance.choice([Party.NONE, Party.CDL, Party.MASSES]),
                region=chance.choice(regions) if regions else None,
            )
        )  # fmt: skip
    return Member.objects.bulk_create(members, batch_size=1000)


def file_rows(committee, size, sectors, *, seed=1):
    """The same kind of members as the rows of a roster file; their sectors are there already."""
    chance = random.Random(seed)
    names = [make.sector(committee, f"第{n}界").name for n in range(1, sectors + 1)]
    weights = [chance.choice(WEIGHTS) for _ in names]
    return [
        people.row(
            f"委员{number:04}",
            f"139{number:08}",
            names[number] if number < sectors else chance.choices(names, weights)[0],
            党派="中共党员" if chance.random() < 0.4 else chance.choice(["无党派人士", "民盟"]),
            专长=chance.choice(SPECIALTIES),
            是否常委="是" if chance.random() < 0.15 else "否",
        )
        for number in range(size)
    ]


def draft(committee, bodies, **fields):
    """A plan that is not made yet."""
    return Grouping(committee=committee, **{"name": "全员入委方案", **fields})
