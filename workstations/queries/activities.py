"""Who is to come, who organises, what is mine: reads over activities and seats."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from members.models import BodyKind, Member, Membership
from members.queries import holders_by
from members.roles import Permission, Scope
from workstations.models import Activity, ActivityKind, Seat, StationPost
from workstations.states import ActivityState, SeatState


def audience(activity: Activity) -> QuerySet[Member]:
    """Whom an activity turns to: for meetings those called up, otherwise those who may want to come (domain 6.1)."""
    members = Member.objects.in_force().filter(committee=activity.committee_id)
    match activity.kind:
        case ActivityKind.PLENARY:
            return members
        case ActivityKind.STANDING:
            return members.filter(is_standing=True)
        case ActivityKind.CHAIR_MEETING if activity.body_id is None:
            seats = Membership.objects.in_force().filter(
                body__committee=activity.committee_id, body__kind=BodyKind.CHAIR_MEETING, member__isnull=False
            )
            return members.filter(pk__in=seats.values("member"))
    if activity.body_id is None:
        return members
    seats = Membership.objects.in_force().filter(body=activity.body_id, member__isnull=False)
    return members.filter(Q(pk__in=seats.values("member")) | Q(sector=activity.body_id))


def organisers(activities: Iterable[Activity]) -> dict[int, set[int]]:
    """Activity → users who organise it: who made it, leaders and clerks of the body, keepers of the station.

    The office only where there is nobody else.
    """
    activities = list(activities)
    bodies, stations = {a.body_id for a in activities} - {None}, {a.station_id for a in activities} - {None}
    leaders, keepers = defaultdict(set), defaultdict(set)
    led = Membership.objects.in_force().leading().filter(body__in=bodies, member__isnull=False)
    for body, user in led.values_list("body", "member__user"):
        leaders[body].add(user)
    for station, member, user in (
        StationPost.objects.in_force()
        .keepers()
        .filter(station__in=stations)
        .values_list("station", "member__user", "user")
    ):
        keepers[station].add(member or user)
    clerks = holders_by(Permission.DUTY_LOOK_AFTER, Scope.BODY, bodies)
    office = holders_by(Permission.DUTY_MANAGE, Scope.COMMITTEE, {a.committee_id for a in activities})
    found = {}
    for activity in activities:
        people = {activity.created_by_id} - {None}
        people |= leaders[activity.body_id] | keepers[activity.station_id] | clerks[activity.body_id]
        found[activity.pk] = people or office[activity.committee_id]
    return found


def coming(activities: Iterable[int], *, states) -> dict[int, set[int]]:
    """Activity → users of its seats in one of `states`."""
    found = defaultdict(set)
    seats = Seat.objects.filter(activity__in=list(activities), state__in=states)
    for activity, user in seats.values_list("activity", "member__user"):
        found[activity].add(user)
    return found


def my_seats(user, at) -> QuerySet[Seat]:
    """Where `user` is called or signed up, not over yet; the next first."""
    return (
        Seat.objects.filter(member__user=user, activity__state=ActivityState.OPEN, activity__ends_at__gte=at)
        .exclude(state=SeatState.CANCELLED)
        .select_related("activity__committee", "activity__body", "activity__station")
        .order_by("activity__starts_at", "pk")
    )


def open_to(user, at) -> QuerySet[Activity]:
    """What `user` may still sign up for."""
    taken = Seat.objects.filter(member__user=user).exclude(state=SeatState.CANCELLED).values("activity")
    offered = Activity.objects.visible_to(user).filter(
        Q(closes_at__gt=at) | Q(closes_at__isnull=True),
        Q(opens_at__lte=at) | Q(opens_at__isnull=True),
        committee__in=user.member_ids,
        state=ActivityState.OPEN,
        starts_at__gt=at,
    )
    meetings = Q(kind__in=[ActivityKind.PLENARY, ActivityKind.STANDING, ActivityKind.CHAIR_MEETING])
    return (
        offered.exclude(meetings | Q(kind=ActivityKind.COMMITTEE_MEETING)).exclude(pk__in=taken).order_by("starts_at")
    )


def in_preparation(user, at) -> QuerySet[Activity]:
    """What `user` has to bring on: drafts, and activities that are over but not closed."""
    drafts, over = Q(state=ActivityState.DRAFT), Q(state=ActivityState.OPEN, ends_at__lt=at)
    return Activity.objects.run_by(user).filter(drafts | over).order_by("starts_at")
