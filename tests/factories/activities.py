"""Activities, seats and stories for tests; every function gives a valid row, keyword arguments override."""

import datetime

from django.utils import timezone

from members.models import Body, BodyKind, Membership, Post
from tests.factories import members as people
from tests.factories.members import SINCE
from workstations.models import Activity, ActivityKind, Seat, Story, StoryKind
from workstations.services import activities as services
from workstations.services.activities import Outcome
from workstations.states import ActivityState, SeatState

ZONE = timezone.get_default_timezone()
AT = datetime.datetime(2026, 11, 20, 9, tzinfo=ZONE)
STARTS = datetime.datetime(2026, 11, 25, 9, tzinfo=ZONE)
ENDS = datetime.datetime(2026, 11, 25, 11, 30, tzinfo=ZONE)
HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)


def unsaved(committee, **fields):
    given = {"kind": ActivityKind.SURVEY, "title": "养老服务专题调研", "starts_at": STARTS, "ends_at": ENDS}
    return Activity(committee=committee, **{**given, **fields})


def draft(cast, **fields):
    return services.draft(unsaved(cast.committee, **fields), by=cast.li, at=AT)


def published(cast, *, called=None, **fields):
    """Open; `called` is the chosen list of members."""
    activity = draft(cast, **fields)
    services.publish(activity, members=called, by=cast.li, at=min(AT, activity.starts_at))
    return activity


def held(cast, *, there=(), outcome=None, **fields):
    """Closed, with `there` present."""
    activity = published(cast, **fields)
    for member in there:
        seat(activity, member, SeatState.PRESENT)
    services.close(activity, outcome=outcome or Outcome(), by=cast.li, at=activity.ends_at)
    return activity


def in_state(cast, state, **fields):
    """An activity in any state, by the services that lead there."""
    if state == ActivityState.DRAFT:
        return draft(cast, **fields)
    if state == ActivityState.HELD:
        return held(cast, **fields)
    activity = published(cast, **fields)
    if state == ActivityState.CALLED_OFF:
        services.call_off(activity, reason="天气原因", by=cast.li, at=AT)
    return activity


def seat(activity, member, state=SeatState.SIGNED_UP, **fields):
    row, _ = Seat.objects.update_or_create(
        activity=activity, member=member, defaults={"state": state, "updated_at": AT, **fields}
    )
    return row


def member(cast, username, name=None, **fields):
    return people.member(people.user(username, name or username), cast.committee, **fields)


def body(committee, name="提案委员会", kind=BodyKind.SPECIAL_COMMITTEE, **fields):
    return Body.objects.create(committee=committee, name=name, kind=kind, **fields)


def post(body, member, post=Post.MEMBER):
    return Membership.objects.create(body=body, member=member, post=post, since=SINCE)


def story(committee, **fields):
    given = {"kind": StoryKind.CASE, "title": "企业搬迁提前一个月", "on": datetime.date(2026, 5, 6)}
    return Story.objects.create(committee=committee, **{**given, **fields})
