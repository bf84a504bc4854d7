"""Who may do what with a station: the office that manages stations, and those who keep this one."""

from django.core.exceptions import PermissionDenied

from members.roles import Permission
from workstations.models import StationPost, Workstation


def can_manage(user, station: Workstation) -> bool:
    return user.is_authenticated and station.committee_id in user.committees_with(Permission.STATION_MANAGE)


def can_edit(user, station: Workstation) -> bool:
    """The office, and who holds a keeper's post here."""
    if not user.is_authenticated:
        return False
    return can_manage(user, station) or Workstation.objects.kept_by(user).filter(pk=station.pk).exists()


def can_book(user, station: Workstation) -> bool:
    """The office, the keepers, and everybody else who serves here; observers only look."""
    if not user.is_authenticated:
        return False
    serving = StationPost.objects.in_force().serving().of(user)
    return can_manage(user, station) or serving.filter(station=station.pk).exists()


def can_read_year(user, station: Workstation) -> bool:
    """The year sheet names money and visits: the office, the keepers, and who audits the committee."""
    audited = user.is_authenticated and station.committee_id in user.committees_with(Permission.AUDIT_VIEW)
    return audited or can_edit(user, station)


RULES = {
    "open": can_manage,
    "edit": can_edit,
    "post": can_manage,
    "end_post": can_manage,
    "close": can_manage,
    "demonstrate": can_manage,
    "tie": can_manage,
    "rooms": can_edit,
    "book": can_book,
}


def require(verb: str, user, station: Workstation) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, station):
        raise PermissionDenied(verb)
