"""Plans of postings for tests: a county with towns, villages, grids and members who live in them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from members.models import Region, RegionLevel
from tests.factories import members as make
from workstations.models import Grid, GridKind, PostingPlan
from workstations.services import posting_plans as services

AT = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def town(committee, number, villages=3, name=None) -> Region:
    """A further town of the committee's county with so many villages."""
    county, name = committee.region, name or f"第{number}镇"
    found = make.region(f"{county.prefix}{number}000", name, RegionLevel.TOWN, county)
    for village in range(1, villages + 1):
        make.region(f"{county.prefix}{number}{200 + village}", f"{name}{village}村", RegionLevel.VILLAGE, found)
    return found


def grid(committee, village, number=1, field="") -> Grid:
    """A grid below a village; with a field it is a dedicated one."""
    above = Region.objects.get(code=village)
    place = make.region(f"{village}{number:03}", f"{above.name}{number}网格", RegionLevel.GRID, above)
    kind = GridKind.DEDICATED if field else GridKind.BASIC
    return Grid.objects.create(region=place, committee=committee, kind=kind, field=field)


def people(committee, places, *, prefix="委员", **fields):
    """One member at each of the places (regions, codes or None)."""
    start = committee.members.count()
    found = []
    for number, place in enumerate(places, start):
        region = Region.objects.get(code=place) if isinstance(place, str) else place
        user = make.user(f"p{committee.pk}-{number}", f"{prefix}{committee.pk}{number:02}")
        found.append(make.member(user, committee, region=region, **fields))
    return found


def plan(committee, name="进网格方案", **fields) -> PostingPlan:
    """A plan that is not made yet."""
    return PostingPlan(committee=committee, **{"name": name, **fields})


def furnish(cast):
    """嘉禾 with four towns, eight villages, two of which have grids (nine targets as grids), five members."""
    committee = cast.committee
    town(committee, 102), town(committee, 103)
    grid(committee, "431024102201", 1), grid(committee, "431024102201", 2)
    grid(committee, "431024103201", 1, field="学校")
    homes = ["431024102000", "431024102202", "431024103000", None]
    cast.people = people(committee, homes, specialties="教育、法律")
    return cast


def opened(cast, **fields) -> PostingPlan:
    return services.open_plan(plan(cast.committee, **fields), by=cast.li, at=AT)


def ready(cast, **fields) -> PostingPlan:
    """Worked out at AT."""
    made = opened(cast, **fields)
    services.begin(made, by=cast.li, at=AT)
    return made


def placed(made) -> set:
    return set(made.seats.values_list("member", "region"))
