"""Who may set the standards of stations: the office that manages stations."""

from django.core.exceptions import PermissionDenied

from members.roles import Permission
from workstations.models import Standard


def can_manage(user, standard: Standard) -> bool:
    return user.is_authenticated and standard.committee_id in user.committees_with(Permission.STATION_MANAGE)


RULES = {"create": can_manage, "edit": can_manage}


def require(verb: str, user, standard: Standard) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, standard):
        raise PermissionDenied(verb)
