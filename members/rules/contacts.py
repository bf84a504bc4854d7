"""Who may do what with 联系制度: the office sets it up, who keeps contact writes it down."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from members.models import Circle, ContactLink, ContactScheme, ContactVisit, Member
from members.queries import contacts as queries
from members.roles import Permission


def can_manage(user, scheme: ContactScheme) -> bool:
    """Who manages the duty of the committee; where a scheme tells somebody's party, who manages people as well."""
    if not user.is_authenticated or scheme.committee_id not in user.committees_with(Permission.DUTY_MANAGE):
        return False
    return not scheme.speaks_of_party or scheme.committee_id in user.committees_with(Permission.PEOPLE_MANAGE)


def can_link(user, link: ContactLink) -> bool:
    """The office; and a member of the circle, who names the people he keeps contact with himself (row 42)."""
    if can_manage(user, link.scheme):
        return True
    own = user.is_authenticated and link.contact.user_id == user.pk and bool(link.to_people)
    return own and can_name_people(link.contact, link.scheme)


def can_name_people(member: Member, scheme: ContactScheme) -> bool:
    """Whether a member of that circle writes down himself whom he contacts."""
    meant = scheme.targets == Circle.PEOPLE and scheme.committee_id == member.committee_id
    return meant and scheme.contacts in queries.circles_of(member, timezone.localdate())


def can_keep(user, link: ContactLink) -> bool:
    """Who is the contact, and those who look after his duty."""
    if not user.is_authenticated:
        return False
    return link.contact.user_id == user.pk or Member.objects.looked_after_by(user).filter(pk=link.contact_id).exists()


def can_correct(user, visit: ContactVisit) -> bool:
    return can_keep(user, visit.link)


RULES = {
    "adopt": can_manage, "set_up": can_manage, "change": can_manage, "propose": can_manage, "link": can_link,
    "end": can_link, "plan": can_keep, "log": can_keep, "correct": can_correct, "withdraw": can_correct,
}  # fmt: skip


def require(verb: str, user, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, row):
        raise PermissionDenied(verb)
