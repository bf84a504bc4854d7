"""Who may set tasks: the office for everybody, leaders and clerks for their own bodies (row 25)."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied

from members.facts import Fact
from members.models import Body, Committee
from members.roles import Permission
from workstations.models import WHOLE_COMMITTEE, DutyRule, DutyTask, Owed
from workstations.models.tasks import bodies_run_by

PLAIN = (Fact.TASK, Fact.HOMEWORK)
"""As what a task of somebody who is not the office is recorded; anything else takes a second person's check."""


def is_office(user, committee: Committee | int) -> bool:
    pk = getattr(committee, "pk", committee)
    return user.is_authenticated and pk in user.committees_with(Permission.DUTY_MANAGE)


def can_set(user, rule: DutyRule, bodies: Iterable[Body]) -> bool:
    """The office any rule; others a plain one that asks only the bodies they run, and keeps nothing from them."""
    if is_office(user, rule.committee_id):
        return True
    bodies = {body.pk for body in bodies}
    within = rule.owed_by in (Owed.BODIES, Owed.BODY_MEMBERS) and not rule.is_restricted
    plain = rule.fact in PLAIN and rule.activity_kind not in WHOLE_COMMITTEE
    run = bodies_run_by(user).filter(committee=rule.committee_id, pk__in=bodies)
    return bool(bodies) and within and plain and run.count() == len(bodies)


def can_change(user, rule: DutyRule) -> bool:
    return can_set(user, rule, rule.bodies.all())


def can_look(user, rule: DutyRule) -> bool:
    """Who looks after anybody under the rule sees how it stands, for those people."""
    return is_office(user, rule.committee_id) or DutyRule.objects.looked_after_by(user).filter(pk=rule.pk).exists()


def may_open(user) -> bool:
    """Whether the office's list of tasks is for this person at all."""
    return bool(user.committees_with(Permission.DUTY_MANAGE)) or bodies_run_by(user).exists()


RULES = {"edit": can_change, "end": can_change, "resume": can_change, "remind": can_look}


def require(verb: str, user, rule: DutyRule) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, rule):
        raise PermissionDenied(verb)


def require_setting(user, rule: DutyRule, bodies: Iterable[Body]) -> None:
    if user is not None and not can_set(user, rule, bodies):
        raise PermissionDenied("create")


def reminded(user, rule: DutyRule):
    """The open tasks of the rule whose doers `user` may remind."""
    tasks = DutyTask.objects.open().filter(rule=rule, assignee__isnull=False)
    return tasks if user is None else tasks & DutyTask.objects.looked_after_by(user)
