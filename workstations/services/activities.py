"""What happens to activities: drafted, changed, published, called off, closed with their effects (domain 6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.notices import outbox
from config.refusals import Incomplete, WrongState
from config.saving import save
from config.transitions import take
from config.uploads import store
from config.uploads.models import Attachment, Kind
from members.models import ChangeKind, Member, MemberChange, Organisation
from workstations.models import Activity, Effect, EffectKind, Involvement, Seat, SubVenue
from workstations.queries import activities as queries
from workstations.rules import activities as rules
from workstations.services import moments, seats
from workstations.states import ActivityState, SeatState

FIXED_WHEN_HELD = {"kind", "body", "station", "starts_at", "ends_at", "half_days", "opens_at", "closes_at", "capacity"}
TOLD = {"starts_at": "时间", "ends_at": "时间", "place": "地点", "live_link": "直播链接"}
PHOTO, MATERIAL = "photo", "material"


@dataclass(frozen=True)
class Outcome:
    """成效: what an activity led to: words, figures as (EffectKind, name, number), venues as (name, people), and how
    many of the public were there as `guests` (row 64)."""

    words: str = ""
    viewers: int | None = None
    effects: Sequence[tuple[str, str, int]] = ()
    venues: Sequence[tuple[str, int | None]] = ()
    guests: int | None = None


@transaction.atomic
def draft(activity: Activity, *, involved: Iterable[tuple[Organisation, str]] = (), by, at: datetime) -> Activity:
    """筹备: keep a new activity, not saved yet; nobody but its organisers sees it."""
    rules.require("host", by, activity)
    activity.created_by, activity.created_at, activity.updated_at = by, at, at
    save(activity)
    _involve(activity, involved)
    log.record("activity.draft", activity, by=by, at=at, scope=activity.scope, kind=activity.get_kind_display())
    return activity


@transaction.atomic
def change(activity: Activity, *, changed: list[str], involved=None, by, at: datetime) -> None:
    """修改: write what a form has put on `activity`; those who come are told of another time or place.

    After closing, what the facts were written from stays as it is.
    """
    rules.require("organise", by, activity)
    if {"body", "station", "kind"} & set(changed):
        rules.require("host", by, activity)
    state = Activity.objects.select_for_update().values_list("state", flat=True).get(pk=activity.pk)
    if state != activity.state or state == ActivityState.CALLED_OFF:
        raise WrongState(f"活动现在是“{ActivityState(state).label}”，请刷新后再修改。")
    fixed = FIXED_WHEN_HELD & set(changed)
    if state == ActivityState.HELD and fixed:
        labels = "、".join(sorted(str(Activity._meta.get_field(name).verbose_name) for name in fixed))
        raise WrongState(f"活动已办结并记入履职档案，{labels}不能再改。")
    if involved is not None:
        _involve(activity, involved)
    if not changed:
        return
    moved = [TOLD[name] for name in TOLD if name in changed] if state == ActivityState.OPEN else []
    activity.revision += bool(state == ActivityState.OPEN)
    activity.updated_at = at
    save(activity, update_fields=[*changed, "revision", "updated_at"])
    labels = [str(Activity._meta.get_field(name).verbose_name) for name in changed]
    log.record("activity.change", activity, by=by, at=at, scope=activity.scope, fields=labels)
    if state == ActivityState.OPEN:
        moments.plan(activity, at=at)
    if moved and activity.ends_at > at:
        _tell(activity, f"{'、'.join(dict.fromkeys(moved))}有变动：{activity}", f"change:{activity.revision}", at=at)


@transaction.atomic
def publish(activity: Activity, *, members: Iterable[Member] | None = None, by, at: datetime) -> int:
    """发布: call up everybody of a meeting, or the chosen `members`; the others are invited to sign up.

    Returns how many were told. What is published when it is over already is only recorded: nobody is told.
    """
    rules.require("organise", by, activity)
    chosen = list(members or ())
    if any(member.committee_id != activity.committee_id for member in chosen):
        raise Incomplete("名单里有不属于本会的委员。", {"members": "名单里有不属于本会的委员。"})
    seated = list(Member.objects.filter(seats__activity=activity))  # a rule of recurring meetings has called them up
    audience = chosen or seated or list(queries.audience(activity))
    called = bool(chosen or seated) or activity.is_meeting
    if called and not audience:
        words = "没有找到应到人员。请先登记机构的组成人员，或写明参加人员名单。"
        raise Incomplete(words, {"members": words})
    if activity.is_sensitive and not chosen and activity.body_id is None and not activity.is_meeting:
        words = "仅应到人员可见的活动，请写明参加人员名单，或选主办机构。"
        raise Incomplete(words, {"members": words})
    take(activity, "publish", by=by, at=at, data={"called": len(audience) if called else 0})
    if called or activity.is_sensitive:
        call(activity, audience, is_called=called, at=at)
    if activity.starts_at <= at:
        return 0
    moments.plan(activity, at=at)
    title = f"请您参加：{activity}" if called else f"可以报名：{activity}"
    users = [member.user_id for member in audience]
    return outbox.send(
        users, kind="activity.call", title=title, body=moments.when_and_where(activity),
        url=activity.get_absolute_url(), key=f"activity:{activity.pk}:call", at=at, scope=activity.scope,
    )  # fmt: skip


def call(activity: Activity, audience: Iterable[Member], *, is_called: bool, at: datetime) -> None:
    """Seats for those called, also of a draft that a rule made; who is on leave that day is excused (domain 6.3)."""
    on = timezone.localdate(activity.starts_at)
    away = MemberChange.objects.filter(kind=ChangeKind.ON_LEAVE, member__in=audience).in_force(on)
    leaves = dict(away.values_list("member", "reason"))
    Seat.objects.bulk_create(
        [
            Seat(
                activity=activity, member=member, is_called=is_called, updated_at=at,
                state=SeatState.EXCUSED if member.pk in leaves else SeatState.INVITED,
                leave_reason=leaves.get(member.pk, ""),
            )
            for member in audience
        ],
        batch_size=500,
        ignore_conflicts=True,
    )  # fmt: skip


@transaction.atomic
def call_off(activity: Activity, *, reason: str, by, at: datetime) -> None:
    """取消: it does not take place; everybody called or signed up is told why."""
    rules.require("organise", by, activity)
    if not reason.strip():
        raise Incomplete("请写明取消的原因。", {"reason": "请写明取消的原因。"})
    was_open, activity.revision = activity.state == ActivityState.OPEN, activity.revision + 1
    take(
        activity, "call_off", by=by, at=at, called_off_because=reason, revision=activity.revision,
        data={"reason": reason},
    )  # fmt: skip
    moments.cancel(activity, reason="活动已取消", at=at)
    if was_open:
        _tell(activity, f"活动取消：{activity}", "off", body=f"原因：{reason}", at=at)


@transaction.atomic
def close(activity: Activity, *, outcome: Outcome, by, at: datetime) -> int:
    """办结: who was called and is neither there nor on leave is absent; the facts go into the duty record.

    Returns how many are absent.
    """
    rules.require("organise", by, activity)
    if at < activity.starts_at:
        raise WrongState("活动还没有开始，开始以后才能办结。")
    take(activity, "close", by=by, at=at)
    missing = [SeatState.INVITED, SeatState.SIGNED_UP, SeatState.LEAVE_ASKED, SeatState.CANCELLED]
    absent = Seat.objects.filter(activity=activity, is_called=True, state__in=missing)
    absent = absent.update(state=SeatState.ABSENT, updated_at=at)
    _write_outcome(activity, outcome, at=at)
    moments.cancel(activity, reason="活动已办结", at=at)
    seats.write_facts(activity, by=by, at=at)
    return absent


@transaction.atomic
def amend_outcome(activity: Activity, *, outcome: Outcome, by, at: datetime) -> None:
    """补充成效 of an activity that is closed; facts that follow from the figures are written anew."""
    rules.require("organise", by, activity)
    state = Activity.objects.select_for_update().values_list("state", flat=True).get(pk=activity.pk)
    if state != ActivityState.HELD:
        raise WrongState("活动办结以后才能补充成效。")
    _write_outcome(activity, outcome, at=at)
    log.record("activity.outcome", activity, by=by, at=at, scope=activity.scope, effects=len(outcome.effects))
    seats.write_facts(activity, by=by, at=at)


@transaction.atomic
def keep_files(activity: Activity, *, photos=(), materials=(), removed: Iterable[Attachment] = (), by, at) -> None:
    """照片和材料: what the fields of uploads gave; Incomplete in words when there is no room."""
    rules.require("organise", by, activity)
    for name, purpose, kind, given in (
        ("photos", PHOTO, Kind.IMAGE, photos),
        ("materials", MATERIAL, Kind.DOCUMENT, materials),
    ):
        for file in given:
            _attach(activity, file, name, purpose, kind, by=by, at=at)
    names = [file.name for file in removed]
    for file in removed:
        store.remove(file)
    if photos or materials or names:
        counts = {"photos": len(photos), "materials": len(materials), "removed": names}
        Activity.objects.filter(pk=activity.pk).update(updated_at=at)
        log.record("activity.files", activity, by=by, at=at, scope=activity.scope, **counts)


def _attach(activity, file, name, purpose, kind, *, by, at):
    try:
        store.attach(activity, file, by=by, at=at, purpose=purpose, kind=kind)
    except ValidationError as problem:
        words = "".join(problem.messages)
        raise Incomplete(words, {name: words}) from None


def _involve(activity, involved):
    """The organisations of the form are the whole list."""
    rows = dict.fromkeys(involved)
    if any(organisation.committee_id != activity.committee_id for organisation, _ in rows):
        raise Incomplete("参与单位须属于同一个政协委员会。")
    activity.involvements.all().delete()
    Involvement.objects.bulk_create(
        [Involvement(activity=activity, organisation=organisation, part=part) for organisation, part in rows]
    )


def _write_outcome(activity, outcome, *, at):
    figures = {}
    for kind, name, number in outcome.effects:
        figures[EffectKind(kind), name] = figures.get((kind, name), 0) + number
    activity.effect, activity.viewers, activity.guests = outcome.words, outcome.viewers, outcome.guests
    activity.updated_at = at
    save(activity, update_fields=["effect", "viewers", "guests", "updated_at"])
    activity.effects.all().delete()
    Effect.objects.bulk_create(
        [Effect(activity=activity, kind=kind, name=name, number=number) for (kind, name), number in figures.items()]
    )
    activity.venues.all().delete()
    SubVenue.objects.bulk_create(
        [SubVenue(activity=activity, name=name, people=people) for name, people in dict(outcome.venues).items()]
    )


def _tell(activity, title, key, *, at, body=""):
    """Everybody with a seat who has not withdrawn."""
    seated = Seat.objects.filter(activity=activity).exclude(state=SeatState.CANCELLED)
    outbox.send(
        seated.values_list("member__user", flat=True), kind="activity.news", title=title,
        body="\n".join(filter(None, [body, moments.when_and_where(activity)])), url=activity.get_absolute_url(),
        key=f"activity:{activity.pk}:{key}", at=at, scope=activity.scope,
    )  # fmt: skip
