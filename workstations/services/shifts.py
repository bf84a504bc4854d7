"""接待值班: planned in a fair turn, changed, cancelled, marked; every change moves its reminder (rows 69, 101)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.milestones.models import Milestone
from config.notices import outbox
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import once
from config.transitions import take
from config.workdays.models import DayException
from members.facts import Fact
from members.models import Member
from members.services import duty
from workstations.models import ReceptionShift, ShiftSwap, StationPost, Workstation
from workstations.rules import reception as rules
from workstations.states import SwapState

KIND = "shift"  # of its milestones and notices
EVE_AT = time(16)  # o'clock on the day before, when the one on duty is reminded
MOST_WEEKS = 26
CLOSED, PAST = "这个站点已经关闭，不能再排班。", "日期已经过去，请选今天或以后。"


@dataclass(frozen=True)
class Plan:
    """What was planned: the shifts, and the days left out with the reason in words."""

    shifts: list[ReceptionShift]
    skipped: list[tuple[date, str]]


def residents(station: Workstation):
    """Members who serve at `station` today and are in force."""
    posts = StationPost.objects.in_force().filter(station=station, member__isnull=False)
    return Member.objects.in_force().filter(pk__in=posts.values("member")).select_related("user", "sector")


@transaction.atomic
def plan(
    station: Workstation, *, first: date, weeks: int, starts: time, ends: time, members: Sequence[Member] = (),
    by, at: datetime,
) -> Plan:  # fmt: skip
    """排班: the weekday of `first` in so many weeks, each time the member who has had the fewest shifts this year.

    `members` are residents of the station (all of them, if none are named). Days off by the calendar are left out,
    and so are days on which the member's turn meets another shift of the same person.
    """
    rules.require("plan", by, station)
    _check_station(station, first, starts, ends, at=at)
    if not 1 <= weeks <= MOST_WEEKS:
        raise Incomplete("周数不对。", {"weeks": f"请填 1 到 {MOST_WEEKS} 周。"})
    serving = {member.pk: member for member in residents(station)}
    chosen = list(members) or list(serving.values())
    if not chosen:
        raise Incomplete("本站还没有驻站委员。", {"members": "本站还没有驻站委员，请先由政协办派驻。"})
    if any(member.pk not in serving for member in chosen):
        raise Incomplete("只有本站的驻站委员才能排班。", {"members": "只有本站的驻站委员才能排班。"})
    days = [first + timedelta(weeks=week) for week in range(weeks)]
    off = dict(DayException.objects.filter(day__in=days, is_workday=False).values_list("day", "name"))
    skipped = [(day, off[day] or "休息日") for day in days if day in off]
    busy, had = _busy(days, chosen), _had(chosen, first.year)
    shifts = []
    for day in (day for day in days if day not in off):
        free = [member for member in chosen if not _overlaps(busy.get((member.pk, day), ()), starts, ends, station)]
        if not free:
            skipped.append((day, "可排的委员这一天都已有值班"))
            continue
        number = {member.pk: had[member.pk] for member in free}
        turn = min(free, key=lambda member: (number[member.pk], chosen.index(member)))
        had[turn.pk] += 1
        shifts.append(
            ReceptionShift(station=station, on=day, starts=starts, ends=ends, member=turn, updated_at=at)
        )  # fmt: skip
    with once("刚刚有人排了同样的班，请刷新后再看。"):
        ReceptionShift.objects.bulk_create(shifts)
    for shift in shifts:
        _remind(shift, at=at)
    scope = station.committee_id
    log.record("station.roster", station, by=by, at=at, scope=scope, days=[str(shift.on) for shift in shifts])
    _tell_planned(station, shifts, at=at)
    return Plan(shifts, sorted(skipped))


def _check_station(station, on, starts, ends, *, at):
    if not Workstation.objects.filter(pk=station.pk, is_open=True).exists():
        raise Refusal(CLOSED)
    wrong = {}
    if on < timezone.localdate(at):
        wrong["on"] = wrong["first"] = PAST
    if ends <= starts:
        wrong["ends"] = "结束要晚于开始。"
    if wrong:
        raise Incomplete(" ".join(dict.fromkeys(wrong.values())), wrong)


def _busy(days, members) -> dict[tuple[int, date], list[ReceptionShift]]:
    """(member, day) → the standing shifts of that member on that day, at any station."""
    found = {}
    for shift in ReceptionShift.objects.standing().filter(on__in=days, member__in=members):
        found.setdefault((shift.member_id, shift.on), []).append(shift)
    return found


def _overlaps(shifts, starts, ends, station) -> bool:
    """Whether one is at the same station that day, or elsewhere at the same hours."""
    return any(
        shift.station_id == station.pk or (shift.starts < ends and starts < shift.ends) for shift in shifts
    )  # fmt: skip


def _had(members, year) -> dict[int, int]:
    """Member → how many standing shifts of that year, at any station."""
    rows = ReceptionShift.objects.standing().filter(
        member__in=members, on__range=(date(year, 1, 1), date(year, 12, 31))
    )
    number = dict(rows.order_by().values_list("member").annotate(Count("pk")))
    return {member.pk: number.get(member.pk, 0) for member in members}


def refuse_double(member: Member, *, station, on, starts, ends, but=None) -> None:
    """Incomplete when `member` has another shift on that day here, or elsewhere at the same hours."""
    others = [shift for shift in _busy([on], [member]).get((member.pk, on), ()) if shift.pk != but]
    if _overlaps(others, starts, ends, station):
        words = f"{member}委员这一天已有值班，请换一位或换一天。"
        raise Incomplete(words, {"member": words})


def _tell_planned(station, shifts, *, at):
    """One notice for each member, with all the days."""
    by_member = {}
    for shift in shifts:
        by_member.setdefault(shift.member, []).append(shift)
    letters = [
        outbox.Letter(
            (member.user_id,), KIND, f"{station}给您排了 {len(own)} 次接待值班", f"shift-plan:{own[0].pk}",
            "\n".join(when(shift) for shift in own), "/my/shifts/", station.committee_id,
        )
        for member, own in by_member.items()
        if member.user_id
    ]  # fmt: skip
    outbox.send_many(letters, at=at)


def when(shift: ReceptionShift) -> str:
    """12月2日（周三）9:00–11:30，珠泉镇委员工作室"""
    weekday = "一二三四五六日"[shift.on.weekday()]
    hours = f"{shift.starts:%H:%M}–{shift.ends:%H:%M}"
    return f"{shift.on.month}月{shift.on.day}日（周{weekday}）{hours}，{shift.station}"


def _remind(shift, *, at):
    """The eve's reminder; a shift planned later than that needs none, its notice has just been sent."""
    due = timezone.make_aware(datetime.combine(shift.on - timedelta(days=1), EVE_AT))
    if due <= at:
        return
    last = Milestone.objects.of(shift).filter(kind=KIND).aggregate(last=Max("round"))["last"] or 0
    clock.once(shift, kind=KIND, code="eve", due_at=due, scope=shift.scope, round=last + 1)


# --- one shift ---------------------------------------------------------------------------------------------------


def _locked(shift) -> ReceptionShift:
    """The row as it is now, held until the end; WrongState when it is cancelled."""
    found = ReceptionShift.objects.select_for_update(of=("self",)).select_related("station", "member__user")
    found = found.get(pk=shift.pk)
    if found.cancelled_at is not None:
        raise WrongState("这次值班已经取消。")
    return found


@transaction.atomic
def edit(shift: ReceptionShift, *, on: date, starts: time, ends: time, member: Member, by, at: datetime) -> None:
    """调整: another day, other hours, another member of the station; who is on it now and who was are told."""
    rules.require("edit", by, shift)
    row = _locked(shift)
    _refuse_over(row, at=at)
    _check_station(row.station, on, starts, ends, at=at)
    if not residents(row.station).filter(pk=member.pk).exists():
        raise Incomplete("只有本站的驻站委员才能排班。", {"member": "只有本站的驻站委员才能排班。"})
    refuse_double(member, station=row.station, on=on, starts=starts, ends=ends, but=row.pk)
    before, day = row.member, row.on
    if (row.on, row.starts, row.ends, row.member_id) == (on, starts, ends, member.pk):
        return
    row.on, row.starts, row.ends, row.member, row.updated_at = on, starts, ends, member, at
    row.save()
    if day != on:
        clock.cancel(row, kind=KIND, reason="值班改期", at=at)
        _remind(row, at=at)
    _end_swaps(row, at=at)
    changed = {"on": on, "member": str(member)}
    log.record("receptionshift.edit", row, by=by, at=at, scope=row.scope, before=str(before), **changed)
    stamp = f"{at:%Y%m%d%H%M%S}"
    tell(row, [member.user_id], f"changed:{stamp}", f"您的接待值班：{when(row)}", at=at)
    if before.pk != member.pk:
        tell(row, [before.user_id], f"moved:{stamp}", f"{row.on.month}月{row.on.day}日的值班已改由{member}委员", at=at)


@transaction.atomic
def cancel(shift: ReceptionShift, *, reason: str, by, at: datetime) -> None:
    """取消: it stays in the history; nobody is reminded any more."""
    rules.require("cancel", by, shift)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明取消的原因。", {"reason": "请写明取消的原因，值班委员会看到。"})
    row = _locked(shift)
    _refuse_over(row, at=at)
    row.cancelled_at, row.why_cancelled, row.updated_at = at, reason[:200], at
    row.save()
    clock.cancel(row, kind=KIND, reason="值班取消", at=at)
    _end_swaps(row, at=at)
    log.record("receptionshift.cancel", row, by=by, at=at, scope=row.scope, reason=reason)
    tell(row, [row.member.user_id], "cancelled", f"接待值班取消：{when(row)}", reason, at=at)


def _refuse_over(shift, *, at):
    if shift.on < timezone.localdate(at) or shift.kept is not None:
        raise WrongState("这次值班已经过去，不能再改；到岗情况可以更正。")


@transaction.atomic
def mark(shift: ReceptionShift, *, kept: bool, by, at: datetime) -> None:
    """登记到岗: who came has a fact of duty; corrected, the fact is taken back."""
    rules.require("mark", by, shift)
    row = _locked(shift)
    if row.on > timezone.localdate(at):
        raise Refusal("还没到值班的日子，当天起可以登记到岗。")
    if row.kept == kept:
        return
    row.kept, row.updated_at = kept, at
    row.save(update_fields=["kept", "updated_at"])
    clock.cancel(row, kind=KIND, reason="已登记到岗", at=at)
    _end_swaps(row, at=at)
    key = f"shift:{row.pk}"
    if kept:
        deed = duty.Deed(
            member=row.member_id, on=row.on, fact=Fact.RECEPTION, key=key, title=f"接待群众：{row.station}",
            url=row.station.get_absolute_url(),
        )  # fmt: skip
        duty.record([deed], by=by, at=at)
    else:
        duty.retract(key, reason="更正为没有到岗", by=by, at=at)
    log.record("receptionshift.mark", row, by=by, at=at, scope=row.scope, kept=kept, member=str(row.member))


def tell(shift, people, what, title, body="", *, at):
    """One notice about a shift, leading to the own shifts."""
    outbox.send(
        people, kind=KIND, title=title, body=body or when(shift), url="/my/shifts/", key=f"shift:{shift.pk}:{what}",
        at=at, scope=shift.scope,
    )  # fmt: skip


# --- swaps -------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_swap(shift: ReceptionShift, *, asked: Member, reason: str, by, at: datetime) -> ShiftSwap:
    """请人代班: a colleague of the station is asked; until the answer the shift stays one's own."""
    rules.require("ask_swap", by, shift)
    row = _locked(shift)
    _refuse_over(row, at=at)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明原因。", {"reason": "请写明原因，对方会看到。"})
    if asked.pk == row.member_id or not residents(row.station).filter(pk=asked.pk).exists():
        raise Incomplete("只能请本站的另一位驻站委员。", {"asked": "只能请本站的另一位驻站委员。"})
    try:
        refuse_double(asked, station=row.station, on=row.on, starts=row.starts, ends=row.ends)
    except Incomplete as refusal:
        raise Incomplete(str(refusal), {"asked": str(refusal)}) from refusal
    with once("这次值班已经请了一位委员，等他答复，或先撤回。"):
        swap = ShiftSwap.objects.create(
            shift=row, giver_id=row.member_id, asked=asked, reason=reason[:100], asked_at=at
        )
    log.record("shiftswap.ask", swap, by=by, at=at, scope=swap.scope, asked=str(asked))
    tell(row, [asked.user_id], f"swap:{swap.pk}", f"{row.member}请您代班：{when(row)}", f"原因：{reason}", at=at)
    return swap


@transaction.atomic
def take_swap(swap: ShiftSwap, *, by, at: datetime) -> None:
    """代班: from now on the shift is the colleague's, and so is its reminder."""
    rules.require("take", by, swap)
    row = _locked(swap.shift)
    _refuse_over(row, at=at)
    if row.member_id != swap.giver_id or not residents(row.station).filter(pk=swap.asked_id).exists():
        raise WrongState("这次值班已有变动，不能再换班，请联系站长。")
    refuse_double(swap.asked, station=row.station, on=row.on, starts=row.starts, ends=row.ends, but=row.pk)
    take(swap, "take", by=by, at=at, answered_at=at)
    ReceptionShift.objects.filter(pk=row.pk).update(member=swap.asked, updated_at=at)
    tell(row, [swap.giver.user_id], f"swapped:{swap.pk}", f"{swap.asked}同意代班：{when(row)}", at=at)


@transaction.atomic
def refuse_swap(swap: ShiftSwap, *, by, at: datetime) -> None:
    """谢绝: the shift stays with who asked."""
    rules.require("refuse", by, swap)
    take(swap, "refuse", by=by, at=at, answered_at=at)
    title = f"{swap.asked}不能代班：{when(swap.shift)}"
    tell(swap.shift, [swap.giver.user_id], f"refused:{swap.pk}", title, "请另请一位，或联系站长调整。", at=at)


@transaction.atomic
def withdraw_swap(swap: ShiftSwap, *, by, at: datetime) -> None:
    """撤回: who asked comes after all."""
    rules.require("withdraw", by, swap)
    take(swap, "withdraw", by=by, at=at, answered_at=at)


def _end_swaps(shift, *, at):
    """An open question about a shift that changed is nobody's to answer any more."""
    for swap in ShiftSwap.objects.filter(shift=shift, state=SwapState.ASKED):
        take(swap, "withdraw", by=None, at=at, answered_at=at)
