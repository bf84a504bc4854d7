"""Who asks back, asks the public, replies, reads first and sums up; services call `require`."""

from django.core.exceptions import PermissionDenied

from members.models import Inquiry, InquiryReply, QuestionTurn
from members.roles import Permission


def is_office(user, committee: int) -> bool:
    return user.is_authenticated and committee in user.committees_with(Permission.DUTY_MANAGE)


def moderates_turn(user, turn: QuestionTurn) -> bool:
    return is_office(user, turn.question.committee_id)


def is_asked(user, turn: QuestionTurn) -> bool:
    return user.is_authenticated and turn.question.member.user_id == user.pk


def can_inquire(user, inquiry: Inquiry) -> bool:
    """A member in force for oneself."""
    return user.is_authenticated and user.member_ids.get(inquiry.committee_id) == inquiry.member_id


def moderates(user, inquiry: Inquiry) -> bool:
    return is_office(user, inquiry.committee_id)


def moderates_reply(user, reply: InquiryReply) -> bool:
    return is_office(user, reply.inquiry.committee_id)


RULES = {
    "pass": moderates_turn, "refuse": moderates_turn, "answer": is_asked, "inquire": can_inquire,
    "take_down": moderates, "show": moderates_reply, "hide": moderates_reply,
}  # fmt: skip


def may(verb: str, user, row) -> bool:
    return RULES[verb](user, row)


def require(verb: str, user, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not may(verb, user, row):
        raise PermissionDenied(verb)
