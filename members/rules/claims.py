"""Who may claim a deed and who confirms it: never the same person, and nobody for oneself (domain 6.3)."""

from django.core.exceptions import PermissionDenied

from members.models import DutyClaim, Member
from members.roles import Permission


def can_claim(user, member: Member) -> bool:
    """The member, those who look after the member, and those who manage duty."""
    return member.user_id == user.pk or Member.objects.looked_after_by(user).filter(pk=member.pk).exists()


def can_confirm(user, claim: DutyClaim) -> bool:
    held = claim.committee_id in user.committees_with(Permission.DUTY_CONFIRM)
    return held and user.pk not in (claim.by_id, claim.member.user_id)


def can_withdraw(user, claim: DutyClaim) -> bool:
    return claim.by_id == user.pk


def can_reverse(user, claim: DutyClaim) -> bool:
    """Another one than who confirmed it."""
    held = claim.committee_id in user.committees_with(Permission.DUTY_MANAGE)
    return held and user.pk not in (claim.settled_by_id, claim.member.user_id)


RULES = {
    "claim": can_claim,
    "confirm": can_confirm,
    "refuse": can_confirm,
    "withdraw": can_withdraw,
    "reverse": can_reverse,
}


def require(verb: str, user, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, row):
        raise PermissionDenied("不能复核自己申报的或涉及自己的，须由另一人复核；冲销须由复核人以外的人办理。")
