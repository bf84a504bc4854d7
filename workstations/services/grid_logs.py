"""月反馈: what a member did in the own grids in a month; told once, corrected for a while, a fact of duty (row 38)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.uploads import store
from config.workdays.count import add_months
from members.facts import Fact
from members.models import Member
from members.services import duty
from members.services.duty import Deed
from workstations.models import GridAct, GridLog, Played
from workstations.queries import grids as queries
from workstations.rules import grids as rules
from workstations.services import grid_moments
from workstations.services.grid_moments import corrected_until, first_of, told_until

MOST_TIMES, MOST_PHOTOS, MOST_WORDS = 99, 3, 1000


@transaction.atomic
def save(
    member: Member,
    month: date,
    *,
    regions: Iterable[str],
    acts: Mapping[str, int],
    words: str = "",
    photos: Iterable = (),
    drop_photos: Iterable[str] = (),
    by,
    at: datetime,
) -> GridLog:
    """反馈, or correct what was told of this month: grids by code, times by role, words, photos (at most 3 in all).

    The whole of it counts anew: told twice it is one log and one fact; with nothing done any more the fact is taken
    back. Refused: another's month, a month to come, one that is too long past, a grid that is not one's own.
    """
    month = first_of(month)
    entry = GridLog.objects.select_for_update().filter(member=member, month=month).first()
    fresh = entry is None
    if fresh:
        entry = GridLog(member=member, committee_id=member.committee_id, month=month, at=at, updated_at=at, by=by)
    rules.require_own(by, entry)
    _require_open(entry, fresh=fresh, today=timezone.localdate(at))
    acts = {played: acts[played] for played in Played.values if acts.get(played)}
    regions, words = set(regions), words.strip()
    _check(entry, regions, acts, words, fresh=fresh)
    entry.words, entry.updated_at = words, at
    entry.by = by or entry.by
    if fresh:
        entry, fresh = _create(entry)
    else:
        entry.save()
    entry.regions.set(regions)
    entry.acts.all().delete()
    GridAct.objects.bulk_create([GridAct(log=entry, played=played, times=times) for played, times in acts.items()])
    _keep_photos(entry, photos, drop_photos, by=by, at=at)
    log.record(
        "gridlog.tell" if fresh else "gridlog.correct", entry, by=by, at=at, scope=entry.scope, grids=len(regions),
        times=sum(acts.values()),
    )  # fmt: skip
    _tell_duty(entry, acts, by=by, at=at)
    grid_moments.plan(member.committee, at=at)
    return entry


def why_closed(member: Member, month: date, *, told: bool, today: date) -> str:
    """Why a month cannot be told or corrected on a day; empty when it can."""
    if month > first_of(today):
        return f"{month.year}年{month.month}月还没有到，到了那个月再反馈。"
    if told and today > corrected_until(month):
        until = corrected_until(month)
        return f"{month.year}年{month.month}月的反馈已于 {until:%Y-%m-%d} 截止更正，如有错误请联系政协办。"
    if not told and month < first_of(today) and today > (until := told_until(month, member.committee)):
        return f"{month.year}年{month.month}月的反馈已于 {until:%Y-%m-%d} 截止，不能再补填。"
    return ""


def _require_open(entry, *, fresh, today):
    if why := why_closed(entry.member, entry.month, told=not fresh, today=today):
        raise WrongState(why)


def _check(entry, regions, acts, words, *, fresh):
    problems = {}
    own = set(queries.own_postings(entry.member, entry.month).values_list("region", flat=True))
    if not own:
        raise WrongState("这个月您没有联系的网格，不用反馈。如有出入，请联系政协办。")
    kept = own if fresh else own | set(entry.regions.values_list("pk", flat=True))
    if regions - kept:
        problems["regions"] = "有的网格不是您联系的，请重新勾选。"
    elif acts and not regions:
        problems["regions"] = "请勾选去过的网格（村）。"
    if any(not 0 <= times <= MOST_TIMES for times in acts.values()):
        problems["acts"] = f"次数请填 0 到 {MOST_TIMES}。"
    if fresh and not acts and not words:
        problems["acts"] = "请至少填一种工作的次数，或写一句情况。"
    if len(words) > MOST_WORDS:
        problems["words"] = f"最多 {MOST_WORDS} 字，现在 {len(words)} 字。"
    if problems:
        raise Incomplete("".join(problems.values()), problems)


def _create(entry):
    """The new log, or the one that a second click has just made, locked; and whether it is new."""
    known = {"committee_id": entry.committee_id, "words": entry.words, "at": entry.at, "updated_at": entry.updated_at}
    made, fresh = GridLog.objects.get_or_create(
        member=entry.member, month=entry.month, defaults={**known, "by": entry.by}
    )
    if not fresh:
        made = GridLog.objects.select_for_update().get(pk=made.pk)
        made.words, made.updated_at = entry.words, entry.updated_at
        made.save()
    return made, fresh


def _keep_photos(entry, photos, dropped, *, by, at):
    """Add photos that are not there yet; the same one twice is one."""
    dropped = set(map(str, dropped))
    kept = []
    for attachment in store.of(entry):
        if str(attachment.pk) in dropped:
            store.remove(attachment)
        else:
            kept.append(attachment.sha256)
    for photo in photos:
        try:
            attachment = store.attach(entry, photo, by=by, at=at, purpose="photo")
        except ValidationError as problem:
            raise Incomplete("".join(problem.messages), {"photos": "".join(problem.messages)}) from problem
        if attachment.sha256 in kept:
            store.remove(attachment)
        else:
            kept.append(attachment.sha256)
    if len(kept) > MOST_PHOTOS:
        words = f"最多 {MOST_PHOTOS} 张照片，现在有 {len(kept)} 张，请先删去几张。"
        raise Incomplete(words, {"photos": words})


def _tell_duty(entry, acts, *, by, at):
    """One fact a member and month: the counts stand in its title, so that a correction makes no second record."""
    key = f"grid-log:{entry.pk}"
    if not acts:
        duty.retract(key, reason="月反馈已更正，本月没有开展工作", by=by, at=at)
        return
    done = "、".join(f"{Played(played).label} {times} 次" for played, times in acts.items())
    on = min(timezone.localdate(entry.at), add_months(entry.month, 1).replace(day=1) - date.resolution)
    title = f"{entry.month.year}年{entry.month.month}月进网格：{done}"
    deed = Deed(entry.member_id, on, Fact.GRID, key, title, url=entry.get_absolute_url())
    duty.record([deed], by=by, at=at)
