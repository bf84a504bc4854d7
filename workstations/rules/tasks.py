"""Who may do what with one task: whoever owes it hands it in, whoever looks after that person reads it."""

from django.core.exceptions import PermissionDenied

from workstations.models import DutyTask


def can_do(user, task: DutyTask) -> bool:
    """Who owes it; where a body has nobody in charge, whoever looks after the body."""
    if not user.is_authenticated:
        return False
    return task.assignee_id == user.pk or (task.assignee_id is None and can_look_after(user, task))


def can_look_after(user, task: DutyTask) -> bool:
    """The office; of unrestricted ones also the leaders and clerks of the body (row 25)."""
    return DutyTask.objects.looked_after_by(user).filter(pk=task.pk).exists()


def can_read(user, task: DutyTask) -> bool:
    """Nobody reads, sends back or excuses one's own, nor what one handed in for a body without a head."""
    return user.pk not in (task.assignee_id, task.done_by_id) and can_look_after(user, task)


RULES = {"hand_in": can_do, "read": can_read, "send_back": can_read, "excuse": can_read}


def require(verb: str, user, task: DutyTask) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, task):
        raise PermissionDenied(verb)
