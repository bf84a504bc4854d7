"""Who may do what with a station: the office that manages stations, and those who keep this one."""

from django.core.exceptions import PermissionDenied

from members.roles import Permission
from workstations.models import Workstation


def can_manage(user, station: Workstation) -> bool:
    return user.is_authenticated and station.committee_id in user.committees_with(Permission.STATION_MANAGE)


def can_edit(user, station: Workstation) -> bool:
    """The office, and who holds a keeper's post here."""
    if not user.is_authenticated:
        return False
    return can_manage(user, station) or Workstation.objects.kept_by(user).filter(pk=station.pk).exists()


RULES = {"open": can_manage, "edit": can_edit, "post": can_manage, "end_post": can_manage, "close": can_manage}


def require(verb: str, user, station: Workstation) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, station):
        raise PermissionDenied(verb)
