"""Who may set quotas, and who sees how others stand: the office; leaders and clerks for their own people."""

from django.core.exceptions import PermissionDenied

from members.roles import Permission
from workstations.models import Quota
from workstations.models.tasks import bodies_run_by


def can_manage(user, quota: Quota) -> bool:
    return user.is_authenticated and quota.committee_id in user.committees_with(Permission.DUTY_MANAGE)


def may_open(user) -> bool:
    """Whether how others stand is for this person at all."""
    return bool(user.committees_with(Permission.DUTY_MANAGE)) or bodies_run_by(user).exists()


RULES = {"create": can_manage, "edit": can_manage}


def require(verb: str, user, quota: Quota) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, quota):
        raise PermissionDenied(verb)
