"""Rows of the workstations app for tests."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from members.models import Region
from tests.factories.members import SINCE
from workstations.models import (
    PostKind,
    Room,
    RoomBooking,
    StationKind,
    StationPost,
    StationTie,
    TieRole,
    Workstation,
)

AT = datetime(2026, 11, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def town(committee, number=100):
    """One of the two towns (100, 101) that factories.members.county() makes."""
    return Region.objects.get(code=f"{committee.region.prefix}{number}000")


def station(committee, name="珠泉镇委员工作室", **fields):
    given = {"kind": StationKind.TOWNSHIP_STUDIO, "region": None, **fields}
    given["region"] = given["region"] or town(committee)
    return Workstation.objects.create(committee=committee, name=name, **given)


def closed_station(committee, name="旧工作室", **fields):
    return station(committee, name, is_open=False, closed_on=SINCE, **fields)


def post(station, person, post=PostKind.KEEPER, **fields):
    """`person` is a Member or a User."""
    who = {"member" if hasattr(person, "sector_id") else "user": person}
    return StationPost.objects.create(station=station, post=post, **{"since": SINCE, **who, **fields})


def tie(station, role=TieRole.PARTNER, *, words="社区居民", **fields):
    return StationTie.objects.create(station=station, role=role, words=words, **{"since": SINCE, **fields})


def room(station, name="协商议事室", **fields):
    return Room.objects.create(station=station, name=name, **{"uses": "委员联络站、读书室", **fields})


def booking(room, by, *, at=AT, hours=2, **fields):
    """From `at`, made a day before."""
    given = {"purpose": "读书会", "at": at - timedelta(days=1), **fields}
    return RoomBooking.objects.create(room=room, by=by, starts_at=at, ends_at=at + timedelta(hours=hours), **given)
