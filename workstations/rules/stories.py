"""Who writes stories: the office of the committee."""

from django.core.exceptions import PermissionDenied

from members.roles import Permission
from workstations.models import Story


def can_write(user, story: Story) -> bool:
    return user.is_authenticated and story.committee_id in user.committees_with(Permission.DUTY_MANAGE)


def require(user, story: Story) -> None:
    """Raise PermissionDenied unless `user` may write it. None is the system itself."""
    if user is not None and not can_write(user, story):
        raise PermissionDenied("write")
