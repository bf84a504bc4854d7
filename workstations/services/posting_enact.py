"""派驻方案 enacted: own members are posted, seats of lower committees' members become plans of theirs (ADR 0015)."""

from collections import Counter, defaultdict
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from config.audit import log
from config.notices import outbox
from config.notices.outbox import Letter
from config.refusals import Refusal
from config.transitions import take
from members.models import Committee, Member, User
from members.queries import holders_by
from members.roles import Permission, Scope
from workstations import posting
from workstations.models import PlannedPosting, PostingPlan
from workstations.queries import posting_plans as queries
from workstations.rules import posting_plans as rules
from workstations.services import postings
from workstations.states import PostingPlanState


@transaction.atomic
def enact(plan: PostingPlan, *, by: User | None, at: datetime) -> postings.Posted:
    """实施: once, all or nothing. What else the planned members serve for this committee ends."""
    rules.require("enact", by, plan)
    take(plan, "enact", by=by, at=at)
    seats = list(plan.seats.values_list("member", "region", "why", "member__committee", "reach", "by_hand"))
    _require_current(plan, {seat[0] for seat in seats}, at)
    if not seats:
        raise Refusal("方案里没有派驻，不必实施。请先核对委员和网格（村）再测算。")
    mine, theirs = set(queries.own(plan.committee)), defaultdict(list)
    rows = []
    for seat in seats:
        if seat[3] in mine:
            rows.append(seat[:3])
        else:
            theirs[seat[3]].append(seat)
    done = postings.post_many(plan.committee, rows, replace=True, by=by, at=at)
    handed = _hand_down(plan, theirs, at=at)
    plan.report["enacted"] = {
        "created": done.created, "kept": done.kept, "ended": done.ended, "handed": sum(map(len, theirs.values())),
        "committees": len(handed),
    }  # fmt: skip
    plan.save(update_fields=["report"])
    return done


def _require_current(plan, people, at):
    there = set(queries.candidates(plan.committee, timezone.localdate(at)).values_list("pk", flat=True))
    if left := people - there:
        gone = Member.objects.filter(pk__in=sorted(left)[:5]).select_related("user")
        names = "、".join(str(member) for member in gone)
        raise Refusal(
            f"测算以后有 {len(left)} 位委员不再在任或搬离（{names}）。请把他们的派驻换人，或重新测算后再实施。"
        )


def _hand_down(plan, theirs, *, at) -> list[PostingPlan]:
    """One plan for each lower committee, ready for its own office; that office is told."""
    if not theirs:
        return []
    committees = Committee.objects.in_bulk(theirs)
    lower = [
        PostingPlan(
            committee=committees[pk], upper=plan, name=plan.name, target=plan.target, state=PostingPlanState.READY,
            report=_report(plan, theirs[pk]), created_at=at, updated_at=at,
        )
        for pk in sorted(theirs)
    ]  # fmt: skip
    PostingPlan.objects.bulk_create(lower)
    seats = [
        PlannedPosting(plan=one, member_id=member, region_id=region, why=why, reach=reach, by_hand=by_hand)
        for one in lower
        for member, region, why, _, reach, by_hand in sorted(
            theirs[one.committee_id], key=lambda seat: seat[1], reverse=True
        )
    ]
    PlannedPosting.objects.bulk_create(seats, batch_size=2000)
    offices = holders_by(Permission.STATION_MANAGE, Scope.COMMITTEE, theirs)
    letters = []
    for one in lower:
        count = len(theirs[one.committee_id])
        log.record("postingplan.hand_down", one, by=None, at=at, scope=one.committee_id, seats=count, upper=plan.pk)
        letters.append(
            Letter(
                tuple(sorted(offices[one.committee_id])), "posting-plan", f"{plan.committee}下发派驻方案：{plan}",
                f"posting-plan:{one.pk}:handed",
                f"涉及本会委员 {one.report['seated']} 人、{count} 个派驻。请核对、调整后由本会实施。",
                reverse("posting-plan", args=[one.pk]), one.committee_id,
            )
        )  # fmt: skip
    outbox.send_many(letters, at=at)
    return lower


def _report(plan, seats) -> dict:
    """The figures of the part that is handed down; its targets are those that it fills."""
    towns = Counter(code[: posting.problem.TOWN] for code in {seat[1] for seat in seats})
    homeless = sorted({seat[0] for seat in seats if seat[4] == posting.Reach.UNKNOWN})
    told = {
        "members": len({seat[0] for seat in seats}), "towns": dict(sorted(towns.items())), "seconds": 0, "idle": [],
        "homeless": homeless[: posting.MOST_NAMED], "homeless_count": len(homeless), "idle_count": 0, "uncovered": [],
        "dropped": [],
    }  # fmt: skip
    codes = {*towns, *(town[:6] for town in towns)}
    told["names"] = {code: name for code, name in plan.report["names"].items() if code in codes}
    return told | posting.figures(told, ((member, code, reach, hand) for member, code, _, _, reach, hand in seats))
