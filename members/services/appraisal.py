"""年度考评: the snapshot of a year, what is told to the members, and the end; it never changes but by an objection."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from config.audit import log
from config.notices import outbox
from config.notices.outbox import Letter
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.workdays.count import Limit, deadline
from members.models import (
    Appraisal,
    AppraisalResult,
    ChangeKind,
    Member,
    MemberChange,
    ScoreLine,
    ScoreScheme,
    ScoreTotal,
    User,
)
from members.queries import scoring as queries
from members.rules import appraisal as rules
from members.scoring import load as rows_of
from members.services import scoring
from members.states import AppraisalState, ObjectionState, SchemeState

LATEST_JOIN = (10, 1)  # who joined after 1 October has no year to be graded by
ZERO = Decimal("0.00")


@transaction.atomic
def freeze(scheme: ScoreScheme, *, by: User | None, at: datetime, reason: str = "") -> Appraisal:
    """年度定格: recompute, then keep each member's points, rank, grade and lines as they are; before the year is over
    only with a reason. Raises Incomplete without bands or reason, WrongState when the scheme is not in force."""
    rules.require("freeze", by, scheme)
    if scheme.state != SchemeState.IN_FORCE:
        raise WrongState(f"“{scheme.get_state_display()}”的考评方案不能定格，请先启用方案，或查看已有的年度考评。")
    if not scheme.bands.exists():
        raise Incomplete("方案还没有设考评等次，请先在考评方案里补上等次，再定格。")
    over = date(scheme.year + 1, 1, 1)
    if timezone.localdate(at) < over and not reason.strip():
        words = f"{scheme.year} 年还没有过完，现在定格后补记的履职不再计入。确需提前，请写明原因。"
        raise Incomplete(words, {"reason": words})
    scoring.freeze(scheme, by=by, at=at)
    appraisal = Appraisal.objects.create(
        committee_id=scheme.committee_id, year=scheme.year, scheme=scheme, frozen_at=at, note=reason.strip()[:200]
    )
    results = _results(appraisal, scheme)
    AppraisalResult.objects.bulk_create(results, batch_size=500)
    counts = {"members": len(results), "excused": sum(bool(one.excused) for one in results), "reason": appraisal.note}
    log.record("appraisal.freeze", appraisal, by=by, at=at, scope=scheme.committee_id, **counts)
    return appraisal


@transaction.atomic
def publish(appraisal: Appraisal, *, by: User | None, at: datetime) -> None:
    """反馈: every member is told the own result, and the window for objections opens."""
    rules.require("publish", by, appraisal)
    days = appraisal.committee.parameter("objection.workdays")
    until = deadline(timezone.localdate(at), Limit(days, "workdays", f"反馈后 {days} 个工作日内可以申诉"))
    window = {"published_at": at, "objections_until": until.due_on, "objections_why": until.as_json()}
    take(appraisal, "publish", by=by, at=at, **window)
    day = f"{until.due_on.month}月{until.due_on.day}日"
    results = appraisal.results.select_related("member").defer("lines")
    outbox.send_many([_letter(appraisal, result, day) for result in results], at=at)


@transaction.atomic
def close(appraisal: Appraisal, *, by: User | None, at: datetime) -> None:
    """归档: when the window is over and every objection is answered."""
    rules.require("close", by, appraisal)
    if appraisal.state == AppraisalState.PUBLISHED:
        if timezone.localdate(at) <= appraisal.objections_until:
            raise WrongState(f"申诉期到 {_day(appraisal.objections_until)} 才截止，之后才能归档。")
        waiting = appraisal.results.filter(objection__state=ObjectionState.RAISED).count()
        if waiting:
            raise WrongState(f"还有 {waiting} 件申诉没有答复，全部答复后才能归档。")
    take(appraisal, "close", by=by, at=at)


def _letter(appraisal, result, day) -> Letter:
    if result.excused:
        title = f"{appraisal.year} 年度履职考评：您不参加定等"
        body = f"原因：{result.excused}。如有异议，可在 {day} 前申诉一次。"
    else:
        title = f"{appraisal.year} 年度履职考评：{result.grade}，{result.points} 分"
        body = f"点开可以看每一项得分的来源。如有异议，可在 {day} 前申诉一次。"
    return Letter(
        (result.member.user_id,), "appraisal", title, f"appraisal:{result.pk}:told", body, result.get_absolute_url(),
        appraisal.committee_id,
    )  # fmt: skip


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# --- the snapshot ------------------------------------------------------------------------------------------------


def _results(appraisal, scheme) -> list[AppraisalResult]:
    first, last = date(scheme.year, 1, 1), date(scheme.year, 12, 31)
    there = Q(until__isnull=True) | Q(until__gte=first)
    members = list(Member.objects.filter(there, committee=scheme.committee_id, since__lte=last).order_by("pk"))
    totals = {total.member_id: total for total in ScoreTotal.objects.filter(scheme=scheme)}
    excused = _excused(members, first, last)
    points = {m.pk: totals[m.pk].points if m.pk in totals else ZERO for m in members if m.pk not in excused}
    asked = rows_of(scheme)
    done = queries.done_of(scheme, asked, [member.pk for member in members])
    bands, placed, lines = queries.graded(asked, points, done), queries.places(points), _lines(scheme)
    results = []
    for member in members:
        total, band = totals.get(member.pk), bands.get(member.pk)
        results.append(
            AppraisalResult(
                appraisal=appraisal, member=member, points=total.points if total else ZERO,
                counted=total.counted if total else ZERO, quality=total.quality if total else ZERO,
                rank=placed.get(member.pk), of=len(points), excused=excused.get(member.pk, ""),
                grade=band.name if band else "", tone=band.tone if band else "info", lines=lines[member.pk],
                lacking=[
                    {"name": must.name, "done": number, "at_least": must.at_least}
                    for must, number in zip(asked.requirements, done[member.pk], strict=True)
                    if number < must.at_least
                ],
            )
        )  # fmt: skip
    # The best come in last: lists are paged by key, the newest first, and so show the ranks in order.
    return sorted(results, key=lambda result: (bool(result.rank), -(result.rank or 0)))


def _excused(members, first, last) -> dict[int, str]:
    """Member → why there is no grade: the whole year on leave, joined late, left before the end."""
    latest = date(first.year, *LATEST_JOIN)
    leaves = MemberChange.objects.filter(
        Q(until__isnull=True) | Q(until__gte=last), member__in=members, kind=ChangeKind.ON_LEAVE, since__lte=first
    )
    away = set(leaves.values_list("member", flat=True))
    found = {}
    for member in members:
        if member.until and member.until < last:
            found[member.pk] = f"{_day(member.until)}起不再担任委员"
        elif member.since > latest:
            found[member.pk] = f"{_day(member.since)}起任职，任职不足一个季度"
        elif member.pk in away:
            found[member.pk] = "经批准全年请假"
    return found


def _lines(scheme) -> dict[int, list[dict]]:
    """Member → what the points came from; what was posted and taken back again is left out."""
    sums = defaultdict(Decimal)
    shown = {}
    for line in ScoreLine.objects.filter(scheme=scheme).select_related("record").order_by("pk"):
        record = line.record
        place = (line.member_id, line.group, line.item, record and record.pk)
        sums[place] += line.points
        shown[place] = {
            "group": line.group, "item": line.item, "words": line.words,
            "on": record.on.isoformat() if record else "", "title": record.title if record else "",
            "url": record.url if record else "",
        }  # fmt: skip
    found = defaultdict(list)
    for place, total in sums.items():
        if total:
            found[place[0]].append({**shown[place], "points": str(total)})
    return found
