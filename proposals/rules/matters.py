"""Who may do what with micro-proposals and assignments."""

from members.queries import holders
from members.roles import Permission
from proposals.states import MICRO_MOVES, ReplyState


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
    """Every signer with a login; of anything but a proposal the one who put it."""
    return assignment.rater_id == user.pk or assignment.co_raters.filter(pk=user.pk).exists()


def can_enter_rating(user, assignment):
    """What a signer wrote on paper is entered by the office, never by the unit."""
    return bool(assignment.proposal_id) and assignment.committee_id in user.committees_with(Permission.PROPOSAL_REVIEW)


def can_check_reply(user, reply):
    """核稿 by somebody else of the unit than the drafter; in a unit of one person by its leader."""
    assignment = reply.round.assignment
    if not can_handle(user, assignment):
        return False
    if user.pk != reply.drafted_by_id:
        return True
    return can_sign(user, assignment) and not holders(Permission.MATTER_HANDLE, assignment.unit) - {user.pk}


def can_send_back_reply(user, reply):
    """While it is checked, who checks; afterwards who signs."""
    if reply.state == ReplyState.CHECKING:
        return can_check_reply(user, reply)
    return can_sign(user, reply.round.assignment)


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
    "contact": can_handle,
    "check_reply": can_check_reply,
    "send_back_reply": can_send_back_reply,
    "send_reply": can_handle,
    "waive": can_supervise,
    "enter_rating": can_enter_rating,
    "conclude": can_supervise,
}
