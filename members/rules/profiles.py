"""Who asks, reads before the public, answers, and writes a profile; services call `require`."""

from django.core.exceptions import PermissionDenied

from members.models import Member, MemberQuestion
from members.roles import Permission


def moderates(user, question: MemberQuestion) -> bool:
    return user.is_authenticated and question.committee_id in user.committees_with(Permission.DUTY_MANAGE)


def is_asked(user, question: MemberQuestion) -> bool:
    return user.is_authenticated and question.member.user_id == user.pk


def can_edit_profile(user, member: Member) -> bool:
    """The member, and those who manage people."""
    if not user.is_authenticated:
        return False
    own = member.user_id == user.pk and member.is_in_force
    return own or member.committee_id in user.committees_with(Permission.PEOPLE_MANAGE)


RULES = {"pass": moderates, "refuse": moderates, "answer": is_asked, "edit": can_edit_profile}


def may(verb: str, user, row) -> bool:
    return RULES[verb](user, row)


def require(verb: str, user, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not may(verb, user, row):
        raise PermissionDenied(verb)
