"""Who may manage people and accounts; services call `require`."""

from django.core.exceptions import PermissionDenied

from members.models import Committee, Member, User
from members.roles import Permission


def can_manage_people(user: User, committee: Committee) -> bool:
    return committee.pk in user.committees_with(Permission.PEOPLE_MANAGE)


def can_manage_account(user: User, account: User) -> bool:
    """Whoever sets a password can act as that person: so only for people who belong to no committee but one's own."""
    if user.is_superuser:
        return True
    committees = {
        *account.role_grants.values_list("committee_id", flat=True),
        *account.memberships.values_list("committee_id", flat=True),
    }
    managed = user.committees_with(Permission.PEOPLE_MANAGE)
    return not account.is_superuser and bool(committees) and committees <= managed


def can_manage_member(user: User, member: Member) -> bool:
    return can_manage_people(user, member.committee)


def can_see_phone(user: User, member: Member) -> bool:
    """Those who manage people, and those who look after this member's duty (a town's secretary has to call)."""
    return can_manage_member(user, member) or Member.objects.looked_after_by(user).filter(pk=member.pk).exists()


RULES = {
    "people": can_manage_people,
    "account": can_manage_account,
    "member": can_manage_member,
    "phone": can_see_phone,
}


def require(verb: str, user: User | None, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, row):
        raise PermissionDenied(verb)
