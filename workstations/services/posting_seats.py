"""派驻方案 by hand: a seat to another member, one seat more, a hand-set seat free again. The figures follow at once."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, WrongState
from members.models import Member, Region, User
from workstations import posting
from workstations.models import PlannedPosting, PostingPlan
from workstations.queries import posting_plans as queries
from workstations.rules import posting_plans as rules
from workstations.states import PostingPlanState

BY_HAND = "手工指定"
FREED = "已解除手工指定，待重新测算"


@transaction.atomic
def move(seat: PlannedPosting, member: Member, *, reason: str = "", by: User | None, at: datetime) -> PlannedPosting:
    """换人: this grid or village to another member, for good."""
    plan = seat.plan
    rules.require("move", by, plan)
    _claim(plan, at)
    _require_fit(plan, member, seat.region, at)
    before = seat.member
    try:
        with transaction.atomic():
            moved = PlannedPosting.objects.filter(pk=seat.pk, member=seat.member_id).update(
                member=member, by_hand=True, why=_why(reason), reach=_reach(member, seat.region)
            )
    except IntegrityError as problem:
        raise Incomplete(*_there(member, seat.region)) from problem
    if not moved:
        raise WrongState("这个派驻刚刚已由他人调整，请刷新后再看。")
    seat.refresh_from_db()
    _count(plan)
    told = {"region": seat.region.name, "before": str(before), "member": str(member), "reason": reason.strip()}
    log.record("postingplan.move", plan, by=by, at=at, scope=plan.committee_id, **told)
    return seat


@transaction.atomic
def add(
    plan: PostingPlan, member: Member, region: Region, *, reason: str = "", by: User | None, at: datetime
) -> PlannedPosting:
    """增派: one more seat, at a target of the plan."""
    rules.require("add", by, plan)
    _claim(plan, at)
    if not queries.targets(plan).filter(code=region.pk).exists():
        words = f"{region}不在本方案的派驻范围内，请选辖区内的{plan.get_target_display()}。"
        raise Incomplete(words, {"region": words})
    _require_fit(plan, member, region, at)
    seat, fresh = PlannedPosting.objects.get_or_create(
        plan=plan, member=member, region=region,
        defaults={"by_hand": True, "why": _why(reason), "reach": _reach(member, region)},
    )  # fmt: skip
    if not fresh:
        raise Incomplete(*_there(member, region))
    _count(plan)
    told = {"region": region.name, "member": str(member), "reason": reason.strip()}
    log.record("postingplan.add", plan, by=by, at=at, scope=plan.committee_id, **told)
    return seat


@transaction.atomic
def release(seat: PlannedPosting, *, by: User | None, at: datetime) -> None:
    """解除指定: the seat stands as any other until the plan is worked out anew."""
    plan = seat.plan
    rules.require("release", by, plan)
    _claim(plan, at)
    if not PlannedPosting.objects.filter(pk=seat.pk, by_hand=True).update(by_hand=False, why=FREED):
        raise WrongState(f"{seat.member}在{seat.region}不是手工指定，不必解除。")
    _count(plan)
    told = {"region": seat.region.name, "member": str(seat.member)}
    log.record("postingplan.release", plan, by=by, at=at, scope=plan.committee_id, **told)


# --- inside ------------------------------------------------------------------------------------------------------


def _claim(plan, at):
    """Hold the plan while it waits to be confirmed; hands, a new run and the enacting come one after the other."""
    if not PostingPlan.objects.filter(pk=plan.pk, state=PostingPlanState.READY).update(updated_at=at):
        plan.refresh_from_db()
        raise WrongState(f"方案{plan.get_state_display()}，不能再调整。")
    plan.refresh_from_db(fields=["state", "report", "updated_at"])


def _require_fit(plan, member, region, at):
    """Of the plan's people; a member of a lower committee inside the region of that committee only."""
    if not queries.candidates(plan.committee, timezone.localdate(at)).filter(pk=member.pk).exists():
        words = f"{member}不是本会、下级政协的在任委员，也不是住在本辖区的上级委员，不能列入这个方案。"
        raise Incomplete(words, {"member": words})
    committee = member.committee
    if committee.pk not in queries.own(plan.committee) and not committee.region.contains(region.pk):
        words = f"{member}是{committee}的委员，只在{committee.region}内派驻；{region}请换一位委员。"
        raise Incomplete(words, {"member": words})


def _there(member, region):
    words = f"{member}已经派驻到{region}，请换一位委员。"
    return words, {"member": words}


def _why(reason):
    words = reason.strip()
    return f"{BY_HAND}：{words}"[:100] if words else BY_HAND


def _reach(member, region):
    return posting.reach(queries.home_of(member), region.pk)


def _count(plan):
    """The figures anew from the seats; what only the planner knows stays as it was."""
    rows = plan.seats.values_list("member", "region", "reach", "by_hand")
    told = plan.report | posting.figures(plan.report, rows.iterator(chunk_size=5000))
    covered = set(
        plan.seats.filter(region__in=[row["code"] for row in told["uncovered"]]).values_list("region", flat=True)
    )
    told["uncovered"] = [row for row in told["uncovered"] if row["code"] not in covered]
    plan.report = told
    plan.save(update_fields=["report"])
