"""Stations in the towns, villages, schools, factories and away from home, with those who serve at them."""

from config.demo.days import Days, moment
from config.demo.people import DEPUTY_SECRETARY, Place
from config.demo.story import Story
from members.models import Region
from workstations import names
from workstations.models import PostKind, StationKind, Workstation
from workstations.services import stations as services

OPENED = 230  # workdays ago, the first of them
RESIDENTS = 4


def stories(place: Place, told: dict, days: Days) -> list[Story]:
    listed = [
        {"kind": StationKind.TOWNSHIP_STUDIO, "place": town, "feature": feature, "host": town}
        for town, feature in told.get("towns", {}).items()
    ]
    listed += told.get("stations", [])
    return [_story(place, station, days, number) for number, station in enumerate(listed)]


def _story(place: Place, told: dict, days: Days, number: int) -> Story:
    at = yield moment(days.back(OPENED - 3 * number), 10, number)
    station = _blank(place, told)
    station.plaque_on = at.date()
    services.open_station(station, by=place.staff, at=at)
    for post, person in _posts(place, station, told):
        services.post_member(station, post=post, by=place.staff, at=at, since=at.date(), **person)
    if reason := told.get("closed"):
        at = yield moment(days.back(60), 16)
        services.close_station(station, reason=reason, by=place.staff, at=at)


def _blank(place, told) -> Workstation:
    station = Workstation(committee=place.committee, kind=told["kind"], region=_region(place, told))
    for field in ("address", "feature", "introduction", "serves"):
        setattr(station, field, told.get(field, ""))
    station.opening_hours = names.OPENING_HOURS
    if "host" in told:
        station.host = place.units[told["host"]]
        station.address = f"{told['host']}党群服务中心"
    if "sector" in told:
        station.sector = next(body for body in place.bodies if body.name == told["sector"])
    if "member" in told:
        station.member = place.member(told["member"])
    station.name = told.get("name") or names.name_for(station)
    return station


def _region(place, told):
    if "region" in told:
        return Region.objects.get(code=told["region"])
    town, _, village = told["place"].partition("/")
    region = next(one for one in place.towns if one.name == town)
    return Region.objects.get(parent=region, name=village) if village else region


def _posts(place, station, told):
    """The sector's people at its studio, one's own at a personal one, the town's elsewhere; the first convenes."""
    if station.member:
        people = [station.member]
    elif station.sector:
        people = [member for member in place.members if member.sector_id == station.sector_id]
    else:
        town = station.region.code[:9]
        people = [member for member in place.members if member.region_id and member.region_id[:9] == town]
        people.sort(key=lambda member: not member.work_post.endswith(DEPUTY_SECRETARY))
    for rank, member in enumerate(people[: RESIDENTS + 1]):
        yield PostKind.RESIDENT if rank else PostKind.CONVENER, {"member": member}
    if key := told.get("host"):
        yield PostKind.KEEPER, {"user": place.handlers[key]}
