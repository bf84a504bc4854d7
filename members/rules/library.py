"""Who keeps the two libraries: those who look after a committee's reference data; who copies: see `sharing`."""

from django.core.exceptions import PermissionDenied

from members import sharing
from members.models import Committee, Practice
from members.roles import Permission


def keeps(user, row) -> bool:
    """`row` is a regulation or a practice, saved or not."""
    return user.is_authenticated and row.committee_id in user.committees_with(Permission.REFERENCE_MANAGE)


def may_adopt(user, practice: Practice, committee: Committee) -> bool:
    """For `committee`, which is not the one that shares, by who may make such a thing there."""
    kind = sharing.of(practice.payload_kind)
    able = kind is not None and user.is_authenticated and committee.pk in user.committees_with(kind.permission)
    return able and practice.committee_id != committee.pk


def require_keeper(user, row) -> None:
    """Raise PermissionDenied unless `user` keeps the library of the row's committee. None is the system itself."""
    if user is not None and not keeps(user, row):
        raise PermissionDenied(f"keep {row._meta.label_lower}")


def require_adopter(user, practice: Practice, committee: Committee) -> None:
    if user is not None and not may_adopt(user, practice, committee):
        raise PermissionDenied("adopt")
