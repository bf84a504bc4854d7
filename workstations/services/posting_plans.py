"""派驻方案: opened, worked out (here or by the worker), put back when that died, dropped. Nobody is posted by it yet.

The planner runs outside of any transaction; `runs` of the row is compared when its answer is written, so an answer
that comes after its time was up, or after another was started, changes nothing.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.refusals import WrongState
from config.saving import in_words
from config.transitions import take
from members.models import User
from workstations import posting
from workstations.models import PlannedPosting, PostingPlan
from workstations.queries import posting_plans as queries
from workstations.rules import posting_plans as rules
from workstations.states import PostingPlanState

WATCH = "posting-plan-watch"
PATIENCE = timedelta(minutes=4)  # longer than the worker lets a task live
AT_ONCE = 4000  # seats that take less than three seconds; more are left to the worker
BROKEN = "测算时程序出错。请再测算一次；再次出错时请联系系统管理员。"
LOST = "测算没有按时完成（后台程序可能重启过）。手工指定都还在，请再测算一次。"

logger = logging.getLogger(__name__)


@transaction.atomic
def open_plan(plan: PostingPlan, *, by: User | None, at: datetime) -> PostingPlan:
    """新建方案: `plan` is not saved yet."""
    rules.require("open", by, plan)
    plan.created_by, plan.created_at, plan.updated_at = by, at, at
    with in_words():
        plan.full_clean()
    plan.save()
    log.record("postingplan.open", plan, by=by, at=at, scope=plan.committee_id, to=plan.target)
    return plan


def begin(plan: PostingPlan, *, by: User | None, at: datetime) -> None:
    """测算, here and now when it is small; a large one is taken up by the worker, who tells when it is done."""
    start(plan, by=by, at=at)
    if queries.size(plan, timezone.localdate(at)) <= AT_ONCE:
        work_out(plan, run=plan.runs, by=by, at=at)


@transaction.atomic
def start(plan: PostingPlan, *, by: User | None, at: datetime) -> None:
    """The run is on record before anybody works; a milestone looks after it (reminders/posting_plans.py)."""
    rules.require("start", by, plan)
    if plan.upper_id:
        raise WrongState("上级下发的方案不能重新测算，可以逐个调整后实施；要另算，请新建方案。")
    take(plan, "start", by=by, at=at, runs=plan.runs + 1, started_at=None, problem="")
    due_at = at + PATIENCE
    clock.once(plan, kind=WATCH, code="watch", due_at=due_at, scope=plan.committee_id, round=plan.runs)


def work_out_waiting(at: datetime) -> int:
    """Every run that nobody has taken up yet; returns how many came to an end."""
    waiting = PostingPlan.objects.filter(state=PostingPlanState.RUNNING, started_at__isnull=True)
    return sum(work_out(plan, run=plan.runs, at=at) for plan in waiting.select_related("committee__region"))


def work_out(plan: PostingPlan, *, run: int, by: User | None = None, at: datetime) -> bool:
    """Plan, and write the seats; False when this run is over by now, or somebody else has taken it up.

    A fault makes the plan 测算未成, is logged, and is raised no further.
    """
    running = PostingPlan.objects.filter(pk=plan.pk, state=PostingPlanState.RUNNING, runs=run)
    if not running.filter(started_at__isnull=True).update(started_at=at):
        return False
    try:
        asked = queries.problem(plan, timezone.localdate(at))
        found = posting.plan(asked, tell=_teller(plan, run))
        report = posting.report(asked, found)
        report["names"] = queries.names({*report["towns"], *(town[:6] for town in report["towns"])})
        return _write(plan, run, asked, found, report, by=by, at=at)
    except Exception:
        logger.exception("posting plan %s could not be worked out", plan.pk)
        fail(plan, run=run, words=BROKEN, at=at)
        return False


def _teller(plan, run):
    """Counties done, on the row once a second, for the page that waits."""
    said = time.monotonic()

    def tell(done, total):
        nonlocal said
        if time.monotonic() - said > 1:
            said = time.monotonic()
            running = PostingPlan.objects.filter(pk=plan.pk, state=PostingPlanState.RUNNING, runs=run)
            running.update(report=plan.report | {"progress": [done, total]})

    return tell


@transaction.atomic
def _write(plan, run, asked, found, report, *, by, at) -> bool:
    if not _hold(plan, run):
        return False
    kept = {(seat.worker, seat.code) for seat in asked.fixed}
    report["dropped"] = _drop_seats(plan, kept)
    homes = {worker.id: worker.home for worker in asked.workers}
    fresh = [
        PlannedPosting(
            plan=plan, member_id=seat.worker, region_id=seat.code, why=seat.why[:100],
            reach=posting.reach(homes[seat.worker], seat.code),
        )
        for seat in sorted(found.seats, key=lambda seat: (seat.code, seat.worker), reverse=True)
        if not seat.by_hand
    ]  # fmt: skip
    PlannedPosting.objects.bulk_create(fresh, batch_size=2000)
    figures = {name: report[name] for name in ("seats", "covered", "targets", "seconds")}
    take(plan, "finish", by=by, at=at, report=report, problem="", data=figures)
    clock.cancel(plan, kind=WATCH, reason="测算已完成", at=at)
    if by is None:
        outbox.send(
            [plan.created_by_id], kind="posting-plan", title=f"派驻方案已测算好：{plan}",
            body=f"共 {report['seats']} 个派驻，覆盖 {report['covered']} / {report['targets']}。请核对、调整后实施。",
            url=plan.get_absolute_url(), key=f"posting-plan:{plan.pk}:{run}", at=at, scope=plan.committee_id,
        )  # fmt: skip
    return True


def _hold(plan, run) -> bool:
    """Hold the row while this run is the one that counts; another `finish` waits and then finds it over."""
    running = PostingPlan.objects.select_for_update().filter(pk=plan.pk, state=PostingPlanState.RUNNING, runs=run)
    return running.exists()


def _drop_seats(plan, kept) -> list[str]:
    """Take away what the planner set, and hand-set seats of whoever left or of places that are gone; these by name."""
    plan.seats.filter(by_hand=False).delete()
    gone = [
        seat
        for seat in plan.seats.select_related("member__user", "region")
        if (seat.member_id, seat.region_id) not in kept
    ]
    plan.seats.filter(pk__in=[seat.pk for seat in gone]).delete()
    return [str(seat) for seat in gone]


@transaction.atomic
def fail(plan: PostingPlan, *, run: int, words: str, at: datetime) -> bool:
    """记为未成: the run with this number, if it still runs; nothing that a hand set is lost."""
    if not _hold(plan, run):
        return False
    plan.state = PostingPlanState.RUNNING
    take(plan, "fail", by=None, at=at, problem=words)
    return True


@transaction.atomic
def drop(plan: PostingPlan, *, by: User | None, at: datetime) -> None:
    """作废: kept as what was considered."""
    rules.require("drop", by, plan)
    take(plan, "drop", by=by, at=at)
