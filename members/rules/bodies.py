"""Who may do what with a body: the office that manages people, and its leaders for what it says of itself."""

from django.core.exceptions import PermissionDenied

from members.models import Body, Committee, Membership, User
from members.roles import Permission


def can_manage(user: User, body: Body) -> bool:
    return user.is_authenticated and body.committee_id in user.committees_with(Permission.PEOPLE_MANAGE)


def can_describe(user: User, body: Body) -> bool:
    """The office, and who leads the body: introduction, feature and rules of deliberation."""
    if can_manage(user, body):
        return True
    led = Membership.objects.in_force().leading().filter(body=body, member__user=user)
    return user.is_authenticated and led.exists()


def can_manage_committee(user: User, committee: Committee) -> bool:
    return user.is_authenticated and committee.pk in user.committees_with(Permission.PEOPLE_MANAGE)


RULES = {
    "open": can_manage,
    "change": can_manage,
    "describe": can_describe,
    "close": can_manage,
    "move": can_manage,
    "seat": can_manage,
    "unseat": can_manage,
    "intake": can_manage,
    "budget": can_manage,
    "import": can_manage,
    "presets": can_manage_committee,
    "partner": can_manage,
}


def require(verb: str, user: User | None, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, row):
        raise PermissionDenied(verb)
