"""What happens to stations and to the posts in them; each verb checks, changes and leaves one line in the trail."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, WrongState
from members.models import Member, User
from workstations.models import PostKind, StationPost, Workstation
from workstations.rules import stations as rules


@transaction.atomic
def open_station(station: Workstation, *, by: User | None, at: datetime) -> Workstation:
    """开设: put a new station, not saved yet, on the map."""
    rules.require("open", by, station)
    _save(station)
    log.record("station.open", station, by=by, at=at, scope=station.committee_id, kind=station.get_kind_display())
    return station


@transaction.atomic
def edit_station(station: Workstation, *, changed: list[str], by: User | None, at: datetime) -> None:
    """修改资料: save what a form has put on `station`; `changed` names the fields, nothing else is written."""
    rules.require("edit", by, station)
    if changed:
        labels = [str(Workstation._meta.get_field(name).verbose_name) for name in changed]
        _save(station, update_fields=[*changed, "updated_at"])
        log.record("station.edit", station, by=by, at=at, scope=station.committee_id, fields=labels)


@transaction.atomic
def post_member(
    station: Workstation,
    *,
    post: PostKind | str,
    member: Member | None = None,
    user: User | None = None,
    since: date | None = None,
    by: User | None,
    at: datetime,
) -> StationPost:
    """派驻: give a member (or a clerk) a post at an open station, from `since` (today when left out)."""
    rules.require("post", by, station)
    # Writing the row holds it until the end: nobody closes the station meanwhile.
    if not Workstation.objects.filter(pk=station.pk, is_open=True).update(updated_at=at):
        raise WrongState(f"“{station}”已关闭，不能再派驻人员。")
    row = StationPost(station=station, post=post, member=member, user=user, since=since or timezone.localdate(at))
    _save(row)
    held = {"post": row.get_post_display(), "person": str(row.person)}
    log.record("station.post", station, by=by, at=at, scope=station.committee_id, **held)
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
    log.record("station.close", station, by=by, at=at, scope=station.committee_id, reason=reason, posts_ended=ended)


def _save(row, **kwargs):
    """Validate and save; what is missing or doubled is refused in words."""
    try:
        row.full_clean()
        with transaction.atomic():
            row.save(**kwargs)
    except ValidationError as problem:
        raise Incomplete("".join(problem.messages), {name: "".join(words) for name, words in problem}) from problem
    except IntegrityError as problem:
        raise WrongState("同样的内容刚刚已经登记，请刷新后再看。") from problem
