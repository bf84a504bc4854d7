"""Who works out, changes and enacts a plan of postings: the office that manages stations, of its own committee."""

from django.core.exceptions import PermissionDenied

from workstations.models import PostingPlan
from workstations.rules import grids


def can_manage(user, plan: PostingPlan) -> bool:
    return grids.can_manage(user, plan.committee_id)


RULES = dict.fromkeys(("open", "start", "move", "add", "release", "enact", "drop"), can_manage)


def require(verb: str, user, plan: PostingPlan) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, plan):
        raise PermissionDenied(verb)
