"""Who sets the theme of a month: the office, and the keepers of the station."""

from django.core.exceptions import PermissionDenied

from members.models import Committee
from members.roles import Permission
from workstations.models import CalendarTheme, Workstation


def can_set_theme(user, committee: Committee, station: Workstation | None) -> bool:
    if not user.is_authenticated:
        return False
    if committee.pk in user.committees_with(Permission.DUTY_MANAGE):
        return True
    return station is not None and Workstation.objects.kept_by(user).filter(pk=station.pk).exists()


def require(user, theme: CalendarTheme) -> None:
    """Raise PermissionDenied unless `user` may set it. None is the system itself."""
    if user is not None and not can_set_theme(user, theme.committee, theme.station):
        raise PermissionDenied("theme")
