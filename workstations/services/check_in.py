"""扫码签到: a code on the organiser's screen that changes every 20 seconds, and one tap on the member's own phone.

The code proves that somebody looked at the screen a moment ago; the ticket, that this person did, so that the tap may
come a little later; the device, that one phone checks in one member. Whoever cannot scan is marked on the roll.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Refusal, WrongState
from workstations.models import Activity, Seat
from workstations.rules import activities as rules
from workstations.services import seats
from workstations.states import ActivityState, SeatState

STEP = 20  # seconds that a code is shown
OLD_STEPS = 1  # one that was just replaced still opens the page
OPENS_BEFORE = timedelta(minutes=60)
TICKET_LASTS = timedelta(minutes=1)
SIGN_IN_LASTS = timedelta(minutes=5)  # for one who has to type a password between scan and tap
SALT = "workstations.check_in"

EXPIRED = "二维码已更新，或不是从现场屏幕上扫到的。请对着屏幕再扫一次。"
STILL_NO = "仍不行时，请现场工作人员在名单上登记。"


class AlreadyHere(WrongState):
    """Checked in before; said again, nothing changes."""


def code_at(activity: Activity, at: datetime, back: int = 0) -> str:
    """The code that the screen shows at `at`, or `back` steps before."""
    step = int(at.timestamp()) // STEP - back
    said = hmac.new(activity.secret.encode(), f"{activity.pk}:{step}".encode(), hashlib.sha256)
    return said.hexdigest()[:20]


def is_shown(activity: Activity, code: str, at: datetime) -> bool:
    """Whether the screen shows this code now, or did one step ago."""
    shown = [code_at(activity, at, back) for back in range(OLD_STEPS + 1)]
    return any([hmac.compare_digest(known.encode(), code.encode()) for known in shown])


def ticket_for(activity: Activity, user, at: datetime) -> str:
    """Signed proof that `user` opened the page of this activity in time; lasts a minute."""
    return signing.dumps([activity.pk, user.pk, at.timestamp()], salt=SALT)


def _require_ticket(ticket, activity, user, at):
    try:
        of, whose, seen = signing.loads(ticket, salt=SALT)
    except signing.BadSignature:
        raise Refusal(EXPIRED) from None
    age = at - datetime.fromtimestamp(seen, UTC)
    if (of, whose) != (activity.pk, user.pk) or not timedelta(0) <= age <= TICKET_LASTS:
        raise Refusal(EXPIRED)


@dataclass(frozen=True)
class Window:
    """From when to when the code is taken, and from when on one is late."""

    opens: datetime
    late: datetime
    ends: datetime


def window(activity: Activity) -> Window:
    late = activity.starts_at + timedelta(minutes=activity.committee.parameter("check_in.late_minutes"))
    return Window(activity.starts_at - OPENS_BEFORE, late, activity.ends_at)


def digest_of(device: str) -> str:
    """What is kept of a phone's cookie."""
    return hashlib.sha256(device.encode()).hexdigest()


@transaction.atomic
def check_in(activity: Activity, *, user, ticket: str, device: str, at: datetime) -> Seat:
    """签到: present, or late; granted leave is overtaken by coming. Refusals in words that say who can help."""
    rules.require("take_part", user, activity)
    held = seats.hold(activity)
    seat = Seat.objects.filter(activity=held, member=user.member_ids[held.committee_id]).first()
    if seat and seat.was_there:
        raise AlreadyHere(said_before(seat))
    _require_ticket(ticket, held, user, at)
    late = _require_open(held, at)
    if seat is None:
        if held.is_meeting or held.is_sensitive:
            raise Refusal(f"您不在应到名单里。{STILL_NO}")
        seat = Seat(activity=held, member_id=user.member_ids[held.committee_id])
    seat.state = SeatState.LATE if late else SeatState.PRESENT
    seat.checked_in_at, seat.updated_at, seat.device = at, at, digest_of(device)
    try:
        with transaction.atomic():
            seat.save()
    except IntegrityError:
        raise Refusal(f"这部手机已为另一位委员签到，一部手机只为一位委员签到。{STILL_NO}") from None
    log.record("seat.check_in", held, by=user, at=at, scope=held.scope, state=seat.get_state_display())
    return seat


def _require_open(activity, at) -> bool:
    """Whether one who comes now is late."""
    if activity.state != ActivityState.OPEN:
        raise WrongState(f"活动现在是“{activity.get_state_display()}”，不能签到。{STILL_NO}")
    times = window(activity)
    if at < times.opens:
        raise WrongState(f"签到还没有开始，{timezone.localtime(times.opens):%H:%M} 起可以签到。")
    if at > times.ends:
        raise WrongState(f"活动已经结束，不能再扫码签到。{STILL_NO}")
    return at > times.late


def said_before(seat: Seat) -> str:
    if seat.checked_in_at is None:
        return "您已由工作人员登记到场。"
    came = timezone.localtime(seat.checked_in_at)
    return f"您已于 {came.month}月{came.day}日 {came:%H:%M} 签到。"
