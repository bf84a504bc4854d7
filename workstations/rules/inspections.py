"""Who may inspect a station: the office (检查), and those who keep it (自查)."""

from django.core.exceptions import PermissionDenied

from members.roles import Permission
from workstations.models import Inspection, InspectionKind, Workstation


def kinds_for(user, station: Workstation) -> list[InspectionKind]:
    """How `user` may inspect `station`: not at all, as its keeper, as the office, or both."""
    if not user.is_authenticated:
        return []
    found = []
    if station.committee_id in user.committees_with(Permission.STATION_MANAGE):
        found.append(InspectionKind.OFFICE)
    if Workstation.objects.kept_by(user).filter(pk=station.pk).exists():
        found.append(InspectionKind.SELF)
    return found


def can_fill(user, inspection: Inspection) -> bool:
    return inspection.kind in kinds_for(user, inspection.station)


def sees_words(user, inspection: Inspection) -> bool:
    """What is to be mended is between the office and the keepers."""
    return bool(kinds_for(user, inspection.station))


RULES = {"begin": can_fill, "answer": can_fill, "finish": can_fill, "drop": can_fill}


def require(verb: str, user, inspection: Inspection) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, inspection):
        raise PermissionDenied(verb)
