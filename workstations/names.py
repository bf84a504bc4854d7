"""What a station is called when nobody gives it a name, and the hours that most of them keep."""

from workstations.models import StationKind, Workstation

OPENING_HOURS = "工作日 9:00–11:30，15:00–17:00"

_BY_PLACE = "{place}{kind}"
_NAMES = {
    StationKind.TOWNSHIP_STUDIO: "{place}委员工作室",
    StationKind.SECTOR_STUDIO: "{sector}委员工作室",
    StationKind.PERSONAL_STUDIO: "{member}委员工作室",
    StationKind.VILLAGE_STATION: "{place}委员工作站",
}


def name_for(station: Workstation) -> str:
    """The usual name of a station of this kind in this place, such as 珠泉镇委员工作室."""
    pattern = _NAMES.get(station.kind, _BY_PLACE)
    return pattern.format(
        place=station.region, kind=station.get_kind_display(), sector=station.sector, member=station.member
    )
