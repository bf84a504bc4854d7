"""Who may plan which committee and group every member sits in: those who manage people."""

from django.core.exceptions import PermissionDenied

from members.models import Grouping
from members.roles import Permission


def can_manage(user, grouping: Grouping) -> bool:
    return user.is_authenticated and grouping.committee_id in user.committees_with(Permission.PEOPLE_MANAGE)


RULES = dict.fromkeys(("open", "replan", "move", "release", "apply", "discard"), can_manage)


def require(verb: str, user, grouping: Grouping) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, grouping):
        raise PermissionDenied(verb)
