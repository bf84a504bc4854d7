"""Who may do what with an opinion box: the office sets it up; who keeps its station reads and prints."""

from django.core.exceptions import PermissionDenied

from members.roles import Permission
from workstations.models import OpinionBox, Workstation


def can_manage(user, box: OpinionBox) -> bool:
    return user.is_authenticated and box.committee_id in user.committees_with(Permission.STATION_MANAGE)


def may_open_office(user) -> bool:
    """Whether the pages of boxes are for this person at all."""
    return bool(user.committees_with(Permission.STATION_MANAGE)) or Workstation.objects.kept_by(user).exists()


RULES = {"open": can_manage, "edit": can_manage, "close": can_manage, "reopen": can_manage}


def require(verb: str, user, box: OpinionBox) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, box):
        raise PermissionDenied(verb)
