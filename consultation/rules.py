"""Who may do which verb on which row; services call `require`, pages ask `may`."""

from django.core.exceptions import PermissionDenied

from members.roles import Permission


def manages_plans(user, thing):
    """Of topics, plans, items and adjustments alike: all know their committee as `scope`."""
    return thing.scope in user.committees_with(Permission.PLAN_MANAGE)


def manages_consultations(user, thing):
    return thing.scope in user.committees_with(Permission.CONSULTATION_MANAGE)


def may_suggest(user, committee):
    return committee.pk in user.member_ids or committee.pk in user.committees_with(Permission.PLAN_MANAGE)


def office_of(user, plan):
    """The one of the plan's three offices for which `user` signs, or None."""
    mine = user.organisations_with(Permission.PLAN_ISSUE)
    return plan.committee.organisations.three_offices().filter(pk__in=mine).order_by("pk").first() if mine else None


def may_reopen(user, plan):
    """The staff, and an office that does not want to sign the plan as it is."""
    return manages_plans(user, plan) or office_of(user, plan) is not None


def may_finish_task(user, task):
    return task.responsible_id == user.pk or manages_consultations(user, task)


def may_look(user, outcome):
    return outcome.responsible_id == user.pk or manages_consultations(user, outcome)


RULES = {
    "suggest_topic": may_suggest,
    "choose_topic": manages_plans,
    "edit_plan": manages_plans,
    "submit_plan": manages_plans,
    "sign_plan": lambda user, plan: office_of(user, plan) is not None,
    "reopen_plan": may_reopen,
    "issue_plan": manages_plans,
    "adjust_plan": manages_plans,
    "finish_plan_step": manages_plans,
    "open_consultation": lambda user, committee: committee.pk in user.committees_with(Permission.CONSULTATION_MANAGE),
    "run_consultation": manages_consultations,
    "classify": manages_consultations,
    "route": manages_consultations,
    "finish_task": may_finish_task,
    "look_again": may_look,
}


def home_of(user, committees: set[int]) -> int | None:
    """Of `committees`, the one that this person belongs to first; None when there is none."""
    home = user.home_committee
    return home.pk if home and home.pk in committees else min(committees, default=None)


def may(verb: str, user, thing) -> bool:
    return user.is_authenticated and RULES[verb](user, thing)


def require(verb: str, user, thing) -> None:
    """Raise PermissionDenied unless `user` may do `verb`; None is the system itself."""
    if user is not None and not RULES[verb](user, thing):
        raise PermissionDenied(f"{verb} {thing._meta.label_lower}")
