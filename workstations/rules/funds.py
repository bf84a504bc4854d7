"""Who may enter and strike money: the office all kinds, the keepers what their own station spent."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from members.models import Committee
from members.roles import Permission
from workstations.models import FundKind, FundLine, Workstation


def is_office(user, committee_id: int) -> bool:
    return user.is_authenticated and committee_id in user.committees_with(Permission.STATION_MANAGE)


def keeps(user, station_id: int | None) -> bool:
    return bool(
        user.is_authenticated and station_id and Workstation.objects.kept_by(user).filter(pk=station_id).exists()
    )


def can_add(user, line: FundLine) -> bool:
    if is_office(user, line.committee_id):
        return True
    return line.kind == FundKind.SPENT and keeps(user, line.station_id)


def can_strike(user, line: FundLine) -> bool:
    """The office; a keeper what was entered by the same person."""
    if is_office(user, line.committee_id):
        return True
    return user.is_authenticated and line.by_id == user.pk and keeps(user, line.station_id)


def reads(user, station: Workstation) -> bool:
    """Whether the money of this station is for `user` to read: the office, the auditors, its keepers."""
    if not user.is_authenticated:
        return False
    whole = user.committees_with(Permission.STATION_MANAGE) | user.committees_with(Permission.AUDIT_VIEW)
    return station.committee_id in whole or keeps(user, station.pk)


def overseen_by(user) -> QuerySet[Committee]:
    """The committees whose money `user` reads as a whole."""
    return Committee.objects.filter(
        pk__in=user.committees_with(Permission.STATION_MANAGE) | user.committees_with(Permission.AUDIT_VIEW)
    ).order_by("pk")


RULES = {"add": can_add, "strike": can_strike}


def require(verb: str, user, line: FundLine) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, line):
        raise PermissionDenied(verb)
