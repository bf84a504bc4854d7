"""What happens to stations and to the posts in them; each verb checks, changes and leaves one line in the trail."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.privacy import require_plain
from config.refusals import Incomplete, WrongState
from config.saving import save
from config.uploads import store
from config.uploads.models import Attachment
from members.models import Member, User
from workstations.models import PostKind, RoomBooking, StationPost, Workstation
from workstations.rules import stations as rules
from workstations.services import rooms

PUBLIC = ("name", "address", "opening_hours", "serves", "feature", "introduction", "duties", "walls", "plaque_by")
"""What visitors read of a station, in words; its telephone has a field of its own."""
PHOTO = "photo"
MOST_PHOTOS = 30


@transaction.atomic
def open_station(station: Workstation, *, by: User | None, at: datetime) -> Workstation:
    """开设: put a new station, not saved yet, on the map."""
    rules.require("open", by, station)
    require_plain(**{name: getattr(station, name) for name in PUBLIC})
    save(station)
    log.record("station.open", station, by=by, at=at, scope=station.committee_id, kind=station.get_kind_display())
    return station


@transaction.atomic
def edit_station(station: Workstation, *, changed: list[str], by: User | None, at: datetime) -> None:
    """修改资料: save what a form has put on `station`; `changed` names the fields, nothing else is written."""
    rules.require("edit", by, station)
    if changed:
        require_plain(**{name: getattr(station, name) for name in PUBLIC if name in changed})
        labels = [str(Workstation._meta.get_field(name).verbose_name) for name in changed]
        save(station, update_fields=[*changed, "updated_at"])
        log.record("station.edit", station, by=by, at=at, scope=station.committee_id, fields=labels)


@transaction.atomic
def post_member(
    station: Workstation,
    *,
    post: PostKind | str,
    member: Member | None = None,
    user: User | None = None,
    person_name: str = "",
    since: date | None = None,
    by: User | None,
    at: datetime,
) -> StationPost:
    """派驻: give a member, a clerk, or somebody without an account a post at an open station, from `since` (today)."""
    rules.require("post", by, station)
    # Writing the row holds it until the end: nobody closes the station meanwhile.
    if not Workstation.objects.filter(pk=station.pk, is_open=True).update(updated_at=at):
        raise WrongState(f"“{station}”已关闭，不能再派驻人员。")
    held = {"member": member, "user": user, "person_name": person_name.strip()}
    row = StationPost(station=station, post=post, **held, since=since or timezone.localdate(at))
    _refuse_second(row)
    require_plain(person_name=row.person_name)
    save(row)
    told = {"post": row.get_post_display(), "person": str(row.person)}
    log.record("station.post", station, by=by, at=at, scope=station.committee_id, **told)
    return row


@transaction.atomic
def end_post(row: StationPost, *, on: date, by: User | None, at: datetime) -> None:
    """卸任: the post ends with the day `on`; it stays in the history."""
    rules.require("end_post", by, row.station)
    if on < row.since:
        raise Incomplete("卸任日期不能早于任职日期。", {"until": "卸任日期不能早于任职日期。"})
    if not StationPost.objects.filter(pk=row.pk, until__isnull=True).update(until=on):
        raise WrongState(f"{row.person}的{row.get_post_display()}一职已由他人办理卸任。")
    row.until = on
    Workstation.objects.filter(pk=row.station_id).update(updated_at=at)
    ended = {"post": row.get_post_display(), "person": str(row.person), "until": on}
    log.record("station.end_post", row.station, by=by, at=at, scope=row.station.committee_id, **ended)


@transaction.atomic
def close_station(station: Workstation, *, reason: str, by: User | None, at: datetime) -> None:
    """关闭: the station leaves the public pages, its posts end today; why is written down."""
    rules.require("close", by, station)
    if not reason.strip():
        raise Incomplete("请写明关闭的原因。", {"reason": "请写明关闭的原因。"})
    today = timezone.localdate(at)
    if not Workstation.objects.filter(pk=station.pk, is_open=True).update(
        is_open=False, closed_on=today, updated_at=at
    ):
        raise WrongState(f"“{station}”已经关闭。")
    station.is_open, station.closed_on = False, today
    ended = StationPost.objects.filter(station=station, until__isnull=True, since__lte=today).update(until=today)
    booked = RoomBooking.objects.filter(room__station=station)
    bookings = rooms.cancel_to_come(booked, reason="站点已关闭", by=by, at=at)
    told = {"reason": reason, "posts_ended": ended, "bookings_cancelled": bookings}
    log.record("station.close", station, by=by, at=at, scope=station.committee_id, **told)


@transaction.atomic
def grant_demonstration(station: Workstation, *, since: date, by: User | None, at: datetime) -> None:
    """评为示范站: an open station is an example for the others from the day `since`."""
    rules.require("demonstrate", by, station)
    if since > timezone.localdate(at):
        raise Incomplete("示范站的起始日期不能晚于今天。", {"since": "示范站的起始日期不能晚于今天。"})
    fresh = Workstation.objects.filter(pk=station.pk, is_open=True, demonstration_since__isnull=True)
    if not fresh.update(demonstration_since=since, updated_at=at):
        raise WrongState(f"“{station}”已是示范站，或已关闭。")
    station.demonstration_since = since
    log.record("station.demonstrate", station, by=by, at=at, scope=station.committee_id, since=since)


@transaction.atomic
def end_demonstration(station: Workstation, *, reason: str, by: User | None, at: datetime) -> None:
    """取消示范站: why is written down; the days it was one stay in the trail."""
    rules.require("demonstrate", by, station)
    if not reason.strip():
        raise Incomplete("请写明取消的原因。", {"reason": "请写明取消的原因。"})
    since = station.demonstration_since
    named = Workstation.objects.filter(pk=station.pk, demonstration_since__isnull=False)
    if not named.update(demonstration_since=None, updated_at=at):
        raise WrongState(f"“{station}”现在不是示范站。")
    station.demonstration_since = None
    scope = station.committee_id
    log.record("station.end_demonstration", station, by=by, at=at, scope=scope, reason=reason, since=since)


@transaction.atomic
def keep_photos(
    station: Workstation, *, photos: Iterable = (), removed: Iterable[Attachment] = (), by: User | None, at: datetime
) -> None:
    """更新照片: what the fields of uploads gave; Incomplete in words when there is no room."""
    rules.require("edit", by, station)
    names = [file.name for file in removed]
    for file in removed:
        store.remove(file)
    for photo in photos:
        try:
            store.attach(station, photo, by=by, at=at, purpose=PHOTO)
        except ValidationError as problem:
            words = "".join(problem.messages)
            raise Incomplete(words, {"photos": words}) from None
    if store.of(station, PHOTO).count() > MOST_PHOTOS:
        words = f"一个站点最多 {MOST_PHOTOS} 张照片，请先删去几张。"
        raise Incomplete(words, {"photos": words})
    if photos or names:
        Workstation.objects.filter(pk=station.pk).update(updated_at=at)
        log.record(
            "station.photos", station, by=by, at=at, scope=station.committee_id, photos=len(photos), removed=names
        )


def _refuse_second(row):
    """Who has no account is told apart by the name alone; the database knows the others."""
    held = StationPost.objects.in_force().filter(station=row.station, post=row.post, person_name=row.person_name)
    if row.person_name and held.exists():
        words = f"{row.person_name}已在本站担任{row.get_post_display()}。"
        raise Incomplete(words, {"person_name": words})
