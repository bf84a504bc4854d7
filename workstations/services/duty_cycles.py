"""The turn of a period: who owes what for it, generated in bulk and once, with the reminders and the next turn."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.workdays import count
from members.models import ChangeKind, Member, MemberChange
from workstations import cycles
from workstations.cycles import Cycle, Period
from workstations.models import DutyRule, DutyTask, Makes
from workstations.services import duty_meetings
from workstations.services.duty_targets import targets
from workstations.states import TaskState

GRACE = 15
"""Days after the due day on which what is still open is counted as missed; it may be handed in even then."""

ON_LEAVE = "请假期间免做"


@dataclass(frozen=True)
class Turn:
    """One period of a rule, with its due day and why it is that day (for the due line)."""

    period: Period
    due_on: date
    why: dict = field(default_factory=dict)


def turn_of(rule: DutyRule, day) -> Turn | None:
    """The turn of `rule` that `day` lies in, or None."""
    if rule.cycle == Cycle.ONCE:
        period = cycles.once(rule.since, rule.due_on)
        return Turn(period, rule.due_on, _why("这项任务定的日期", period, []))
    period = cycles.period_of(rule.cycle, day)
    if period is None:
        return None
    due = cycles.due(rule.cycle, period, rule.day, rule.shift, count.is_workday)
    moved = f"，{rule.get_shift_display()}" if due.on != due.meant else ""
    return Turn(period, due.on, _why(f"{rule.due_words}{moved}", period, due.skipped))


def _why(words, period, skipped) -> dict:
    skipped = [[day.isoformat(), "休息日"] for day in skipped]
    return {"rule": words, "start": period.first.isoformat(), "skipped": skipped}


@transaction.atomic
def start(rule: DutyRule, *, at: datetime) -> int:
    """Generate what is owed in the running period, and plan the next; returns how many tasks are new.

    Called when a rule begins to hold and at each turn: twice, late or from two workers is once. Periods that were
    missed, and one whose due day is over, are not made up for.
    """
    rule = DutyRule.objects.select_for_update().get(pk=rule.pk)
    today = timezone.localdate(at)
    if not rule.is_active or (rule.until and rule.until < today):
        return 0
    if rule.since > today:
        _plan_start(rule, rule.since)
        return 0
    turn = turn_of(rule, today)
    made = _generate(rule, turn, at) if turn and turn.due_on >= today else 0
    if rule.cycle != Cycle.ONCE:
        _plan_start(rule, cycles.next_period(rule.cycle, today).first)
    return made


def _plan_start(rule, day):
    """The first minute of `day`; the sweep that finds it makes the tasks."""
    moment = timezone.make_aware(datetime.combine(day, time(0, 1)))
    clock.once(rule, kind="duty-cycle", code=day.isoformat(), due_at=moment, scope=rule.committee_id)


def _generate(rule, turn, at) -> int:
    period = turn.period
    before = set(rule.tasks.filter(period=period.key).values_list("target", flat=True))
    found = [target for target in targets(rule) if target.key not in before]
    if not found:
        return 0
    away = _on_leave([target.member for target in found], timezone.localdate(at))
    fresh = [_task(rule, turn, target, away, at) for target in found]
    DutyTask.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    fresh = [task for task in rule.tasks.filter(period=period.key) if task.target not in before]
    if rule.makes == Makes.MEETING:
        duty_meetings.prepare(rule, period, fresh, at=at)
    owing = [task for task in fresh if task.state == TaskState.OPEN]
    clock.plan_many(owing, kind="duty-task", due_on=turn.due_on, round=1, scope=rule.committee_id, at=at)
    _plan_close(rule, turn)
    _announce(rule, turn, owing, at)
    DutyRule.objects.filter(pk=rule.pk).update(last_period=period.key)
    told = {"period": period.label, "count": len(fresh)}
    log.record("dutyrule.generate", rule, by=None, at=at, scope=rule.committee_id, **told)
    return len(fresh)


def _task(rule, turn, target, away, at) -> DutyTask:
    excused = target.member in away
    return DutyTask(
        rule=rule, committee_id=rule.committee_id, period=turn.period.key, period_label=turn.period.label,
        title=rule.name, target=target.key, assignee_id=target.assignee, member_id=target.member, body_id=target.body,
        station_id=target.station, due_on=turn.due_on, due_why=turn.why, updated_at=at,
        state=TaskState.EXCUSED if excused else TaskState.OPEN, remark=ON_LEAVE if excused else "",
    )  # fmt: skip


def _plan_close(rule, turn):
    """After the grace, what is still open of this period is missed."""
    day = datetime.combine(turn.due_on + cycles.DAY * GRACE, time(0, 1))
    clock.once(
        rule, kind="duty-close", code=f"{turn.period.key}:{turn.due_on:%m%d}", due_at=timezone.make_aware(day),
        scope=rule.committee_id,
    )  # fmt: skip


def _announce(rule, turn, tasks, at):
    """One line into each inbox, not one for each task of a person."""
    due = turn.due_on
    outbox.send(
        sorted({task.assignee_id for task in tasks if task.assignee_id}),
        kind="duty-task-new",
        title=f"新任务：{rule.name}（{turn.period.label}）",
        body=f"请在 {due.month}月{due.day}日前完成。",
        url="/my/tasks/",
        key=f"duty-task-new:{rule.pk}:{turn.period.key}",
        at=at,
        scope=rule.committee_id,
    )


def _on_leave(members, day) -> set[int]:
    """Those of `members` who are on leave on `day`."""
    leaves = MemberChange.objects.in_force(day).filter(kind=ChangeKind.ON_LEAVE, member__in=filter(None, members))
    return set(leaves.values_list("member", flat=True))


def excuses(tasks: list[DutyTask], day) -> dict[int, str]:
    """Task → why its doer owes it no longer: has left, or is on leave on `day`."""
    members = {task.member_id for task in tasks if task.member_id}
    serving = set(Member.objects.in_force(day).filter(pk__in=members).values_list("pk", flat=True))
    away = _on_leave(members, day)
    reasons = {}
    for task in tasks:
        if task.member_id and task.member_id not in serving:
            reasons[task.pk] = "已不再担任委员"
        elif task.member_id in away:
            reasons[task.pk] = ON_LEAVE
    return reasons


@transaction.atomic
def close_overdue(rules: list[int], *, at: datetime) -> int:
    """记为未完成: what is open under these rules longer than the grace after its due day; returns how many."""
    last = timezone.localdate(at) - cycles.DAY * GRACE
    overdue = DutyTask.objects.open().filter(rule__in=rules, due_on__lte=last)
    tasks = list(overdue.select_for_update(of=("self",)))
    DutyTask.objects.filter(pk__in=[task.pk for task in tasks]).update(state=TaskState.MISSED, updated_at=at)
    log.record_many(
        log.Line("dutytask.miss", task, None, at, task.committee_id, {"before": task.state, "after": TaskState.MISSED})
        for task in tasks
    )
    return len(tasks)
