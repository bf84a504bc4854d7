"""Who writes letters and who answers them: the office on one side, the people of a town or village on the other."""

from django.core.exceptions import PermissionDenied

from members.models import Organisation, OrganisationKind
from members.roles import Permission
from workstations.models import Letter

KINDS = (OrganisationKind.TOWN, OrganisationKind.VILLAGE_COMMITTEE)
"""Whom a committee corresponds with: towns, and the two committees of a village with its party branch."""


def correspondents():
    """Every organisation in use that letters go to and come from."""
    return Organisation.objects.filter(kind__in=KINDS, is_active=True)


def units_of(user):
    """The towns and villages that this person writes for."""
    return correspondents().filter(pk__in=user.organisations_with(Permission.MATTER_HANDLE))


def is_office(user, committee_id: int) -> bool:
    return committee_id in user.committees_with(Permission.STATION_MANAGE)


def is_on_side(user, letter: Letter, *, outgoing: bool) -> bool:
    """Whether this person speaks for the committee (`outgoing`), or for the organisation."""
    if not user.is_authenticated:
        return False
    if outgoing:
        return is_office(user, letter.committee_id)
    return letter.organisation_id in user.organisations_with(Permission.MATTER_HANDLE)


def wrote(user, letter: Letter) -> bool:
    return is_on_side(user, letter, outgoing=letter.outgoing)


def received(user, letter: Letter) -> bool:
    return is_on_side(user, letter, outgoing=not letter.outgoing)


def may_open(user) -> bool:
    """Whether letters are for this person at all."""
    return bool(user.committees_with(Permission.STATION_MANAGE)) or units_of(user).exists()


RULES = {"send": wrote, "read": received, "answer": received, "add": wrote, "close": wrote}


def require(verb: str, user, letter: Letter) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, letter):
        raise PermissionDenied(verb)
