"""Seats of an activity: sign-up, leave, the roll, and the facts that go from it into the duty record."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from config.audit import log
from config.notices import outbox
from config.refusals import Incomplete, WrongState
from members.facts import Fact, Mark
from members.models import DutyRecord, Member
from members.services import duty
from members.services.duty import Deed
from workstations.models import COMING, Activity, ActivityKind, EffectKind, Seat
from workstations.queries import activities as queries
from workstations.rules import activities as rules
from workstations.services import moments
from workstations.states import ActivityState, SeatState

MARKS = {
    SeatState.PRESENT: Mark.PRESENT,
    SeatState.LATE: Mark.LATE,
    SeatState.LEAVE_GRANTED: Mark.LEAVE,
    SeatState.EXCUSED: Mark.EXCUSED,
    SeatState.ABSENT: Mark.ABSENT,
}
SPEECHES = {ActivityKind.PLENARY: "plenary", ActivityKind.STANDING: "standing"}
NOT_LISTED = "您不在这次会议的应到名单里，请与主办方联系。"


def hold(activity: Activity) -> Activity:
    """The row as it is now, locked until the end of the transaction: one change of its seats at a time."""
    return Activity.objects.select_for_update().get(pk=activity.pk)


@transaction.atomic
def sign_up(activity: Activity, *, user, at: datetime) -> Seat:
    """报名, or the answer of somebody called; the last place is given once."""
    rules.require("take_part", user, activity)
    held = hold(activity)
    seat = Seat.objects.filter(activity=held, member=user.member_ids[held.committee_id]).first()
    _require_sign_up(held, seat, at)
    if seat is None:
        seat = Seat(activity=held, member_id=user.member_ids[held.committee_id])
    elif seat.state == SeatState.SIGNED_UP:
        return seat
    elif seat.was_there:
        raise WrongState("您已签到，不用再报名。")
    seat.state, seat.updated_at = SeatState.SIGNED_UP, at
    seat.save()
    log.record("seat.sign_up", held, by=user, at=at, scope=held.scope)
    return seat


def _require_sign_up(activity, seat, at):
    if activity.state != ActivityState.OPEN:
        raise WrongState(f"活动现在是“{activity.get_state_display()}”，不能报名。")
    if seat and seat.is_called:
        if at >= activity.ends_at:
            raise WrongState("活动已经结束。")
        return
    if activity.is_meeting or (activity.is_sensitive and seat is None):
        raise WrongState(NOT_LISTED)
    if activity.opens_at and at < activity.opens_at:
        raise WrongState(f"报名还没有开始，{_moment(activity.opens_at)}起可以报名。")
    if at >= (activity.closes_at or activity.starts_at):
        raise WrongState(f"报名已于{_moment(activity.closes_at or activity.starts_at)}截止，请与主办方联系。")
    if seat and seat.state in COMING:
        return
    if activity.capacity and Seat.objects.filter(activity=activity, state__in=COMING).count() >= activity.capacity:
        raise WrongState(f"{activity.capacity} 个名额已报满。有人取消后还可以再报，也可以与主办方联系。")


@transaction.atomic
def cancel_sign_up(seat: Seat, *, user, at: datetime) -> None:
    """取消报名, before the start; who was called asks for leave instead."""
    _require_own(seat, user)
    activity = hold(seat.activity)
    if seat.is_called:
        raise WrongState("您是应到人员，不能参加请办理请假。")
    if activity.state != ActivityState.OPEN or at >= activity.starts_at:
        raise WrongState("活动已经开始，不能再取消报名，请与主办方联系。")
    _move(seat, {SeatState.SIGNED_UP, SeatState.INVITED}, SeatState.CANCELLED, "取消报名", at=at)
    log.record("seat.cancel", activity, by=user, at=at, scope=activity.scope)


@transaction.atomic
def ask_leave(seat: Seat, *, reason: str, user, at: datetime) -> None:
    """请假, with a reason, until the activity is closed; its organisers are told."""
    _require_own(seat, user)
    activity = hold(seat.activity)
    if not reason.strip():
        raise Incomplete("请写明请假的原因。", {"reason": "请写明请假的原因。"})
    if activity.state != ActivityState.OPEN:
        raise WrongState("活动已办结或已取消，不能再请假，请与主办方联系。")
    _move(
        seat, {SeatState.INVITED, SeatState.SIGNED_UP}, SeatState.LEAVE_ASKED, "请假", at=at, leave_reason=reason,
        leave_answer="",
    )  # fmt: skip
    log.record("seat.ask_leave", activity, by=user, at=at, scope=activity.scope, reason=reason)
    outbox.send(
        queries.organisers([activity])[activity.pk], kind="activity.leave", title=f"{user}请假：{activity}",
        body=f"原因：{reason}", url=activity.get_absolute_url(),
        key=f"activity:{activity.pk}:leave:{seat.pk}:{at.timestamp():.0f}", at=at, scope=activity.scope,
    )  # fmt: skip


@transaction.atomic
def answer_leave(seat: Seat, *, granted: bool, official: bool = False, words: str = "", by, at: datetime) -> None:
    """准假 (official: 公务请假, which counts against nobody) or not; the member is told."""
    rules.require("organise", by, seat.activity)
    activity = hold(seat.activity)
    if activity.state not in (ActivityState.OPEN, ActivityState.HELD):
        raise WrongState("活动已取消，不用再批假。")
    refused = SeatState.INVITED if seat.is_called else SeatState.SIGNED_UP
    granted_as = SeatState.EXCUSED if official else SeatState.LEAVE_GRANTED
    if not granted and not words.strip():
        raise Incomplete("不准假请写明理由。", {"words": "不准假请写明理由。"})
    _move(
        seat, {SeatState.LEAVE_ASKED}, granted_as if granted else refused, "批假", at=at, leave_answer=words
    )  # fmt: skip
    answer = seat.get_state_display() if granted else "未准假"
    log.record(
        "seat.answer_leave", activity, by=by, at=at, scope=activity.scope, person=str(seat.member), answer=answer
    )
    outbox.send(
        [seat.member.user_id], kind="activity.leave", title=f"{answer}：{activity}",
        body="\n".join(filter(None, [words, moments.when_and_where(activity)])), url=activity.get_absolute_url(),
        key=f"activity:{activity.pk}:answer:{seat.pk}:{at.timestamp():.0f}", at=at, scope=activity.scope,
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the roll: what the page showed (`seen`) and what it says now."""

    seat: int
    seen: str
    state: str
    half_days: Decimal | None = None
    speech: str = ""


ON_THE_ROLL = (
    SeatState.PRESENT, SeatState.LATE, SeatState.LEAVE_GRANTED, SeatState.EXCUSED, SeatState.ABSENT,
)  # fmt: skip


@transaction.atomic
def mark_roll(activity: Activity, lines: Iterable[Line], *, by, at: datetime) -> tuple[int, list[str]]:
    """点名: write what differs; returns how many, and who was marked by somebody else meanwhile (left as they are).

    After closing the facts follow, with counter-entries for what was told otherwise.
    """
    rules.require("organise", by, activity)
    held = _require_roll(activity, at)
    found = {seat.pk: seat for seat in Seat.objects.filter(activity=held).select_related("member__user")}
    written, overtaken = 0, []
    for line in lines:
        seat = found.get(line.seat)
        moved = line.state != line.seen
        if seat is None or (moved and line.state not in ON_THE_ROLL):
            raise Incomplete("点名表里有一行不对，请刷新后再填。")
        if moved and seat.state != line.seen:
            overtaken.append(f"{seat.member}（{seat.get_state_display()}）")
            continue
        written += _mark(seat, line, moved=moved, at=at)
    if written:
        log.record("activity.roll", held, by=by, at=at, scope=held.scope, lines=written)
        _facts_if_closed(held, by=by, at=at)
    return written, overtaken


def _mark(seat, line, *, moved, at) -> bool:
    if not moved and (seat.half_days, seat.speech) == (line.half_days, line.speech):
        return False
    if moved:
        seat.state = line.state
    seat.half_days, seat.speech, seat.updated_at = line.half_days, line.speech, at
    seat.save(update_fields=["state", "half_days", "speech", "updated_at"])
    return True


@transaction.atomic
def add_present(activity: Activity, members: Iterable[Member], *, by, at: datetime) -> int:
    """补登到场: members who came without a sign-up, and those of the list whose seat says otherwise."""
    rules.require("organise", by, activity)
    held, members = _require_roll(activity, at), list(dict.fromkeys(members))
    if any(member.committee_id != held.committee_id for member in members):
        raise Incomplete("名单里有不属于本会的委员。", {"names": "名单里有不属于本会的委员。"})
    there = {seat.member_id: seat for seat in Seat.objects.filter(activity=held, member__in=members)}
    added = 0
    for member in members:
        seat = there.get(member.pk) or Seat(activity=held, member=member)
        if not seat.was_there:
            seat.state, seat.updated_at, added = SeatState.PRESENT, at, added + 1
            seat.save()
    if added:
        log.record("activity.add_present", held, by=by, at=at, scope=held.scope, people=[str(m) for m in members])
        _facts_if_closed(held, by=by, at=at)
    return added


def _require_roll(activity, at):
    held = hold(activity)
    if held.state not in (ActivityState.OPEN, ActivityState.HELD):
        raise WrongState(f"活动现在是“{held.get_state_display()}”，不能点名。")
    return held


def _facts_if_closed(activity, *, by, at):
    if activity.state == ActivityState.HELD:
        write_facts(activity, by=by, at=at)


# --- facts -------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_facts(activity: Activity, *, by, at: datetime) -> None:
    """Tell the duty record what the roll and the effects say now; what it said before and no longer is taken back."""
    deeds = list(deeds_of(activity))
    told = {(deed.member, deed.fact, deed.key) for deed in deeds}
    duty.record(deeds, by=by, at=at)
    keys = {f"activity:{activity.pk}", *(f"activity:{activity.pk}:{part}" for part in ("unit", "project"))}
    keys |= {f"speech:{seat}" for seat in Seat.objects.filter(activity=activity).values_list("pk", flat=True)}
    gone = defaultdict(list)
    standing = DutyRecord.objects.standing().filter(key__in=keys)
    for member, fact, key in standing.values_list("member", "fact", "key"):
        if (member, fact, key) not in told:
            gone[fact, key].append(member)
    for (fact, key), members in gone.items():
        duty.retract(key, reason="点名或成效已更正", by=by, at=at, members=members, facts=[fact])


def deeds_of(activity: Activity) -> Iterable[Deed]:
    """Every fact of a closed activity: the marks, the speeches, units visited and projects helped by those there."""
    counted = activity.effects.order_by().values_list("kind").annotate(Sum("number"))
    gained = dict(counted)
    common = {
        "on": timezone.localdate(activity.starts_at), "title": activity.title, "url": activity.get_absolute_url(),
    }  # fmt: skip
    key = f"activity:{activity.pk}"
    for seat in Seat.objects.filter(activity=activity, state__in=list(MARKS)):
        there, held = seat.was_there, {"member": seat.member_id, **common}
        days = seat.half_days if there and seat.half_days is not None else activity.half_days
        mark = MARKS[seat.state]
        yield Deed(fact=activity.fact, detail=activity.kind, mark=mark, quantity=days, key=key, **held)
        if there and seat.speech:
            named = {**held, "title": f"{seat.speech}（{activity.title}）"}
            detail = SPEECHES.get(activity.kind, "consultation")
            yield Deed(fact=Fact.SPEECH, detail=detail, key=f"speech:{seat.pk}", **named)
        if there and gained.get(EffectKind.UNIT):
            number = gained[EffectKind.UNIT]
            yield Deed(fact=Fact.UNIT_VISITED, detail=activity.kind, quantity=number, key=f"{key}:unit", **held)
        if there and gained.get(EffectKind.PROJECT):
            number = gained[EffectKind.PROJECT]
            yield Deed(fact=Fact.PROJECT, detail=activity.kind, quantity=number, key=f"{key}:project", **held)


# --- small pieces ------------------------------------------------------------------------------------------------


def _require_own(seat, user):
    if seat.member_id not in user.member_ids.values():
        raise PermissionDenied("只能办理自己的报名和请假。")


def _move(seat, sources, target, verb, *, at, **changes):
    """One conditional UPDATE that only the first can win."""
    changes |= {"state": target, "updated_at": at}
    if not Seat.objects.filter(pk=seat.pk, state__in=sources).update(**changes):
        seat.refresh_from_db()
        raise WrongState(f"现在是“{seat.get_state_display()}”，不能{verb}。")
    for name, value in changes.items():
        setattr(seat, name, value)


def _moment(value) -> str:
    value = timezone.localtime(value)
    return f"{value.month}月{value.day}日 {value:%H:%M}"
