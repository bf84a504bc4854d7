"""Who supervises, who answers; who looks back, who checks; who appraises."""

from members.roles import Permission
from proposals.rules import matters


def can_answer(user, supervision):
    return matters.can_handle(user, supervision.assignment)


def can_check(user, item):
    return matters.can_handle(user, item.assignment)


def supervises(user, row):
    """The supervisors of the committee that `row` belongs to: a campaign, one of its items, an appraisal."""
    return row.scope in user.committees_with(Permission.MATTER_SUPERVISE)


RULES: dict = {
    "supervise": matters.can_supervise,
    "answer_supervision": can_answer,
    "start_look_back": supervises,
    "close_look_back": supervises,
    "check_look_back": can_check,
    "spot_look_back": supervises,
    "settle_look_back": supervises,
    "appraise": supervises,
}
"""Of supervision, look-backs and appraisals."""
