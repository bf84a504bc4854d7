"""Who may do what with grids, postings and monthly logs: the office of stations; each member the own log."""

from django.core.exceptions import PermissionDenied

from members.models import Committee
from members.roles import Permission
from workstations.models import GridLog


def can_manage(user, committee: Committee | int) -> bool:
    """The office of this committee: grids, postings, ledgers."""
    committee = committee if isinstance(committee, int) else committee.pk
    return user.is_authenticated and committee in user.committees_with(Permission.STATION_MANAGE)


def can_log(user, log: GridLog) -> bool:
    """The member whose month it is, and nobody instead."""
    return user.is_authenticated and log.member.user_id == user.pk


def require(user, committee: Committee | int) -> None:
    """Raise PermissionDenied unless `user` is of the office. None is the system itself."""
    if user is not None and not can_manage(user, committee):
        raise PermissionDenied("grids")


def require_own(user, log: GridLog) -> None:
    """Raise PermissionDenied unless the log is the own one."""
    if user is not None and not can_log(user, log):
        raise PermissionDenied("grid log")
