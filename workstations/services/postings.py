"""委员进网格: members are posted to grids and villages, one by one or thousands at once; the key forbids the second."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from config.audit import log
from config.notices import outbox
from config.notices.outbox import Letter
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import once
from members.models import Committee, Member, Region, RegionLevel
from workstations.models import GridPosting
from workstations.rules import grids as rules
from workstations.services import grid_moments

CHUNK = 500
NAMED = 8  # so many grids a notice names
WHY = GridPosting._meta.get_field("why").max_length

Row = tuple[int, str, str]  # member, code of the grid or village, why in words


@dataclass(frozen=True)
class Posted:
    """What a deed came to: postings begun, those that stood already, those ended, members told."""

    created: int = 0
    kept: int = 0
    ended: int = 0
    told: int = 0


@transaction.atomic
def post(member: Member, regions: Sequence[Region], *, committee: Committee, by, at: datetime, why: str = "") -> Posted:
    """派驻: one member to grids or villages, by hand; where the member serves already nothing happens."""
    if not regions:
        raise Incomplete("请选择网格或村（社区）。", {"regions": "请选择网格或村（社区）。"})
    return post_many(committee, [(member.pk, region.pk, why) for region in regions], by=by, at=at)


@transaction.atomic
def post_many(committee: Committee, rows: Iterable[Row], replace: bool = False, *, by, at: datetime) -> Posted:
    """派驻一批: all rows or none; with `replace` what else these members serve for this committee ends yesterday.

    Rows are (member, region, why) by key. Refusal in words for a member who is not of this committee or one above,
    for a division outside its region, above a village, or retired.
    """
    rules.require(by, committee)
    wanted = {(member, region): why[:WHY] for member, region, why in rows}
    if not wanted:
        return Posted()
    today = timezone.localdate(at)
    members = _members(committee, {member for member, _ in wanted})
    regions = _regions(committee, {region for _, region in wanted})
    standing = _standing(members)
    fresh = [
        GridPosting(committee=committee, member_id=member, region_id=region, why=why, since=today)
        for (member, region), why in wanted.items()
        if (member, region) not in standing
    ]
    ended = [
        row for place, row in standing.items() if place not in wanted and row.committee_id == committee.pk
    ] if replace else []  # fmt: skip
    _end(ended, today - timedelta(days=1))
    with once("同样的派驻刚刚已经登记，请刷新后再看。"):
        GridPosting.objects.bulk_create(fresh, batch_size=1000)
    done = {"created": len(fresh), "kept": len(wanted) - len(fresh), "ended": len(ended)}
    told = 0
    if fresh or ended:
        entry = log.record("gridposting.post", committee, by=by, at=at, scope=committee.pk, **done)
        told = _tell(entry, fresh, ended, members, regions, at=at)
        grid_moments.plan(committee, at=at)
    return Posted(**done, told=told)


@transaction.atomic
def end(posting: GridPosting, *, on: date, by, at: datetime) -> None:
    """结束派驻: with the day `on`, the last one; it stays in the history."""
    rules.require(by, posting.committee_id)
    if on < posting.since:
        raise Incomplete("结束日期不能早于派驻日期。", {"on": f"不能早于派驻日期 {posting.since:%Y-%m-%d}。"})
    if on > timezone.localdate(at):
        raise Incomplete("结束日期不能晚于今天。", {"on": "不能晚于今天，到了那一天再来结束。"})
    if not GridPosting.objects.filter(pk=posting.pk, until__isnull=True).update(until=on):
        raise WrongState(f"{posting.member}在{posting.region}的派驻已由他人结束，请刷新后再看。")
    posting.until = on
    entry = log.record(
        "gridposting.end", posting, by=by, at=at, scope=posting.committee_id, member=str(posting.member),
        region=str(posting.region), until=on,
    )  # fmt: skip
    _tell(entry, [], [posting], {posting.member_id: posting.member}, {posting.region_id: posting.region}, at=at)


def end_at(region: Region, *, on: date, by, at: datetime) -> int:
    """The postings to a division that is retired end with it; in the transaction of the caller. Returns how many."""
    postings = list(GridPosting.objects.filter(region=region, until__isnull=True).select_related("member", "region"))
    _end(postings, on)
    for committee, theirs in _by_committee(postings).items():
        entry = log.record(
            "gridposting.post", theirs[0].committee, by=by, at=at, scope=committee, created=0, ended=len(theirs)
        )
        members = {row.member_id: row.member for row in theirs}
        _tell(entry, [], theirs, members, {region.pk: region}, at=at)
    return len(postings)


# --- what is known -----------------------------------------------------------------------------------------------


def _members(committee, wanted: set[int]) -> dict[int, Member]:
    """The members by key, each held until the end, so that nobody posts the same person at the same time."""
    known = {}
    fitting = Member.objects.not_ended(timezone.localdate()).filter(committee__in=list(committee.upwards()))
    for some in _chunks(wanted):
        held = fitting.filter(pk__in=some).order_by("pk").select_for_update(no_key=True, of=("self",))
        known |= {member.pk: member for member in held.select_related("user")}
    if missing := wanted - set(known):
        raise Refusal(f"有 {len(missing)} 位委员不是本会或上级政协的在任委员，什么都没有派驻。请核对名单。")
    return known


def _regions(committee, wanted: set[str]) -> dict[str, Region]:
    found = Region.objects.in_bulk(wanted)
    if missing := wanted - set(found):
        raise Refusal(f"没有代码为 {min(missing)} 的网格或村（社区），什么都没有派驻。")
    for region in found.values():
        if region.level < RegionLevel.VILLAGE:
            raise Refusal(f"{region}不是村（社区）或网格，请选到村（社区）或网格。")
        if not committee.region.contains(region.pk):
            raise Refusal(f"{region}不在{committee.region}辖区内，什么都没有派驻。")
        if region.valid_to:
            raise Refusal(f"{region}已于 {region.valid_to:%Y-%m-%d} 停用，不能再派驻委员。")
    return found


def _standing(members) -> dict[tuple[int, str], GridPosting]:
    """Where these members are posted now, by whatever committee."""
    found = {}
    for some in _chunks(members):
        rows = GridPosting.objects.filter(member__in=some, until__isnull=True)
        found |= {(row.member_id, row.region_id): row for row in rows.select_related("region")}
    return found


def _chunks(keys):
    keys = sorted(keys)
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))


def _end(postings, on):
    for row in postings:
        row.until = on
        row.since = min(row.since, on)
    GridPosting.objects.bulk_update(postings, ["since", "until"], batch_size=CHUNK)


def _by_committee(postings):
    found = defaultdict(list)
    for row in postings:
        found[row.committee_id].append(row)
    return found


# --- what is said ------------------------------------------------------------------------------------------------


def _tell(entry, fresh, ended, members, regions, *, at) -> int:
    """One notice for each member, whatever the number of grids."""
    begun, over = defaultdict(list), defaultdict(list)
    for row in fresh:
        begun[row.member_id].append(regions[row.region_id].name)
    for row in ended:
        over[row.member_id].append((regions.get(row.region_id) or row.region).name)
    letters = [
        Letter(
            (members[pk].user_id,), "grid-posting", _title(begun[pk], over[pk]), f"grid-posting:{entry.pk}",
            _body(begun[pk], over[pk]), reverse("my-grid"), entry.scope,
        )
        for pk in sorted({*begun, *over})
    ]  # fmt: skip
    return outbox.send_many(letters, at=at)


def _title(begun, over) -> str:
    parts = [f"新增 {len(begun)} 个"] if begun else []
    return "您联系的网格：" + "，".join([*parts, *([f"结束 {len(over)} 个"] if over else [])])


def _body(begun, over) -> str:
    lines = [f"您进的网格（村）：{_names(begun)}。每月到“我的网格”用一分钟反馈。"] if begun else []
    return "\n".join([*lines, *([f"不再由您联系：{_names(over)}。"] if over else [])])


def _names(names) -> str:
    return "、".join(names[:NAMED]) + (f"等 {len(names)} 个" if len(names) > NAMED else "")
