"""Who organises an activity (row 25): the office, leaders and clerks of its body, keepers of its station."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from members.models import Body, Committee, Membership
from members.roles import Permission
from workstations.models import WHOLE_COMMITTEE, Activity, ActivityKind, Workstation


@dataclass(frozen=True)
class Hosts:
    """For which bodies and stations of a committee somebody may organise; the office for all and for none."""

    bodies: QuerySet[Body]
    stations: QuerySet[Workstation]
    is_office: bool


def hosts(user, committee: Committee) -> Hosts:
    bodies = Body.objects.filter(committee=committee, is_active=True)
    stations = Workstation.objects.open().filter(committee=committee)
    if committee.pk in user.committees_with(Permission.DUTY_MANAGE):
        return Hosts(bodies, stations, True)
    led = Membership.objects.in_force().leading().filter(member__user=user).values("body")
    own = bodies.filter(Q(pk__in=led) | Q(pk__in=user.bodies_with(Permission.DUTY_LOOK_AFTER)))
    return Hosts(own, stations.filter(pk__in=Workstation.objects.kept_by(user).values("pk")), False)


def committees_of(user) -> QuerySet[Committee]:
    """Where `user` may organise anything."""
    led = Membership.objects.in_force().leading().filter(member__user=user).values("body__committee")
    cared_for = Body.objects.filter(pk__in=user.bodies_with(Permission.DUTY_LOOK_AFTER)).values("committee")
    return Committee.objects.filter(
        Q(pk__in=user.committees_with(Permission.DUTY_MANAGE))
        | Q(pk__in=led)
        | Q(pk__in=cared_for)
        | Q(pk__in=Workstation.objects.kept_by(user).values("committee"))
    )


def can_organise(user, activity: Activity) -> bool:
    if not user.is_authenticated:
        return False
    if activity.committee_id in user.committees_with(Permission.DUTY_MANAGE):
        return True
    return _of_body(user, activity) or _of_station(user, activity)


def _of_body(user, activity) -> bool:
    if activity.body_id is None:
        return False
    led = Membership.objects.in_force().leading().filter(member__user=user, body=activity.body_id)
    return activity.body_id in user.bodies_with(Permission.DUTY_LOOK_AFTER) or led.exists()


def _of_station(user, activity) -> bool:
    kept = Workstation.objects.kept_by(user)
    return activity.station_id is not None and kept.filter(pk=activity.station_id).exists()


def can_host(user, activity: Activity) -> bool:
    """Whoever is not the office names only hosts of one's own, at least one, and calls up nobody beyond them."""
    if activity.committee_id in user.committees_with(Permission.DUTY_MANAGE):
        return True
    if activity.kind in WHOLE_COMMITTEE or (activity.kind == ActivityKind.CHAIR_MEETING and not activity.body_id):
        return False
    named = [host for host in (activity.body_id, activity.station_id) if host]
    body_is_own = activity.body_id is None or _of_body(user, activity)
    station_is_own = activity.station_id is None or _of_station(user, activity)
    return bool(named) and body_is_own and station_is_own


def can_take_part(user, activity: Activity) -> bool:
    """A member of the committee, in force today."""
    return user.is_authenticated and activity.committee_id in user.member_ids


def can_see_figures(user, committee: Committee) -> bool:
    return committee.pk in user.committees_with(Permission.OFFICE_WORK)


RULES = {"host": can_host, "organise": can_organise, "take_part": can_take_part, "figures": can_see_figures}


def require(verb: str, user, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, row):
        raise PermissionDenied(verb)
