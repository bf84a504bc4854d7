"""Rows of the workstations app for tests."""

from members.models import Region
from tests.factories.members import SINCE
from workstations.models import PostKind, StationKind, StationPost, Workstation


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
