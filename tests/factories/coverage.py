"""Grids, postings and monthly logs for tests of coverage; the day is 2026-11-10."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from members.models import Region, RegionLevel
from tests.factories import members as make
from tests.factories.members import SINCE
from workstations.models import Grid, GridLog, GridPosting

TODAY, MONTH = date(2026, 11, 10), date(2026, 11, 1)
ZONE = ZoneInfo("Asia/Shanghai")


def grid(committee, village, number=1, name=None):
    """A grid below `village` (a code); with the village 000 it lies right below the town."""
    parent = Region.objects.get(code=f"{village[:9]}000" if village.endswith("000") else village)
    code = f"{village}{number:03}"
    place = Region.objects.create(code=code, name=name or f"第{number}网格", level=RegionLevel.GRID, parent=parent)
    Grid.objects.create(region=place, committee=committee)
    return place


def posting(member, place, **fields):
    return GridPosting.objects.create(
        committee=fields.pop("committee", member.committee), member=member, region=place, **{"since": SINCE, **fields}
    )


def logged(member, *places, month=MONTH, at=None):
    """The log of one month; written on its tenth day when nothing is said."""
    moment = at or datetime(month.year, month.month, 10, 9, tzinfo=ZONE)
    log = GridLog.objects.create(
        committee=member.committee, member=member, month=month, at=moment, updated_at=moment, by=member.user
    )
    log.regions.set(places)
    return log


def days_ago(days):
    return TODAY - timedelta(days=days)


def city(cast):
    """A committee of the city above the two counties of the cast."""
    place = Region.objects.get(code="431000000000")
    upper = make.committee(place, slug="chenzhou", name="政协郴州市委员会", short_name="郴州市政协", brand="郴好商量")
    for lower in (cast.committee, cast.other_committee):
        lower.upper = upper
        lower.save(update_fields=["upper"])
    return upper
