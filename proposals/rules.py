"""Who may do which verb on which row; services call `require`, pages ask `may`."""

from django.core.exceptions import PermissionDenied

from members.roles import Permission
from proposals.states import MICRO_MOVES


def is_author(user, micro):
    return user.member_ids.get(micro.committee_id) == micro.author_id


def can_edit(user, micro):
    return is_author(user, micro) and micro.state in MICRO_MOVES["submit"].sources


def can_withdraw(user, micro):
    return is_author(user, micro) and micro.state in MICRO_MOVES["withdraw"].sources


def can_review(user, micro):
    return office_of(user, micro) is not None


def office_of(user, micro):
    """The one of the committee's three offices for which `user` gives verdicts, or None."""
    mine = user.organisations_with(Permission.MICRO_REVIEW)
    return micro.committee.organisations.three_offices().filter(pk__in=mine).order_by("pk").first() if mine else None


def can_assign(user, matter):
    return matter.committee_id in user.committees_with(Permission.MATTER_ASSIGN)


def can_handle(user, assignment):
    return assignment.unit_id in user.organisations_with(Permission.MATTER_HANDLE)


def can_sign(user, assignment):
    return assignment.unit_id in user.organisations_with(Permission.MATTER_SIGN)


def can_rate(user, assignment):
    return assignment.rater_id == user.pk


def can_supervise(user, assignment):
    return assignment.committee_id in user.committees_with(Permission.MATTER_SUPERVISE)


RULES = {
    "edit": can_edit,
    "submit": is_author,
    "withdraw": is_author,
    "review": can_review,
    "assign": can_assign,
    "accept": can_handle,
    "return": can_handle,
    "draft_reply": can_handle,
    "sign": can_sign,
    "rate": can_rate,
    "ask_extension": can_handle,
    "decide_extension": can_supervise,
    "verify": can_supervise,
}


def may(verb: str, user, thing) -> bool:
    return user.is_authenticated and RULES[verb](user, thing)


def require(verb: str, user, thing) -> None:
    """Raise PermissionDenied unless `user` may do `verb`; None is the system itself."""
    if user is not None and not RULES[verb](user, thing):
        raise PermissionDenied(f"{verb} {thing._meta.label_lower}")
