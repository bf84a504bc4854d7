"""Who may do what with schemes and ledgers: those who manage duty in the committee; a preset is changed by nobody."""

from django.core.exceptions import PermissionDenied

from members.models import Committee, ScoreScheme
from members.roles import Permission


def can_manage(user, committee: Committee | int) -> bool:
    held = user.committees_with(Permission.DUTY_MANAGE) if user.is_authenticated else ()
    return getattr(committee, "pk", committee) in held


def can_edit(user, scheme: ScoreScheme) -> bool:
    return scheme.committee_id is not None and can_manage(user, scheme.committee_id)


RULES = {
    "copy": can_manage, "make": can_manage, "recompute": can_edit, "edit": can_edit, "enact": can_edit,
    "freeze": can_edit, "retire": can_edit,
}  # fmt: skip


def require(verb: str, user, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`; None is the system itself."""
    if user is not None and not RULES[verb](user, row):
        raise PermissionDenied(verb)
