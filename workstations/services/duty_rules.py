"""What happens to the rules of recurring duty: set, changed, ended, taken up again; and reminding now."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.refusals import Incomplete, WrongState
from config.saving import save
from members.models import Body, Member, User
from workstations.models import Cycle, DutyRule, DutyTask
from workstations.rules import duty_rules as rules
from workstations.services import duty_cycles
from workstations.states import TaskState

DOUBLED = "同名的任务刚刚已经布置，请刷新后再看。"


@transaction.atomic
def create(
    rule: DutyRule, *, bodies: Iterable[Body] = (), members: Iterable[Member] = (), by: User | None, at: datetime
) -> DutyRule:
    """布置: save a rule, not saved yet, and generate what is owed in the running period."""
    bodies, members = list(bodies), list(members)
    rules.require_setting(by, rule, bodies)
    _require_sense(rule, bodies, at)
    save(rule, doubled=DOUBLED)
    rule.bodies.set(bodies)
    rule.members.set(members)
    told = {"cycle": rule.get_cycle_display(), "owed_by": rule.get_owed_by_display()}
    log.record("dutyrule.create", rule, by=by, at=at, scope=rule.committee_id, **told)
    duty_cycles.start(rule, at=at)
    return rule


@transaction.atomic
def edit(
    rule: DutyRule, *, changed: list[str], bodies: Iterable[Body], members: Iterable[Member], by: User | None,
    at: datetime,
) -> None:  # fmt: skip
    """修改: what was generated stays as it was; who owes more now gets it at once, the next period follows the rule."""
    rules.require("edit", by, rule)
    bodies, members = list(bodies), list(members)
    rules.require_setting(by, rule, bodies)
    _require_sense(rule, bodies, at)
    save(rule, doubled=DOUBLED)
    rule.bodies.set(bodies)
    rule.members.set(members)
    labels = [str(DutyRule._meta.get_field(name).verbose_name) for name in changed]
    log.record("dutyrule.edit", rule, by=by, at=at, scope=rule.committee_id, fields=labels)
    duty_cycles.start(rule, at=at)


@transaction.atomic
def end(rule: DutyRule, *, reason: str, excuse_open: bool = False, by: User | None, at: datetime) -> int:
    """停用: nothing more is generated; what is still open stays, or is excused with the reason. Returns how many."""
    rules.require("end", by, rule)
    if not reason.strip():
        raise Incomplete("请写明停用的原因。", {"reason": "请写明停用的原因。"})
    today = timezone.localdate(at)
    if not DutyRule.objects.filter(pk=rule.pk, is_active=True).update(is_active=False, until=max(today, rule.since)):
        raise WrongState(f"“{rule}”已经停用。")
    rule.is_active, rule.until = False, max(today, rule.since)
    excused = _excuse_open(rule, f"任务已停用：{reason}"[:300], by=by, at=at) if excuse_open else 0
    log.record("dutyrule.end", rule, by=by, at=at, scope=rule.committee_id, reason=reason, excused=excused)
    return excused


@transaction.atomic
def resume(rule: DutyRule, *, by: User | None, at: datetime) -> None:
    """重新启用: from the running period on, if its due day is not over."""
    rules.require("resume", by, rule)
    if rule.cycle == Cycle.ONCE:
        raise WrongState("只办一次的任务不能重新启用，请另外布置一次。")
    if not DutyRule.objects.filter(pk=rule.pk, is_active=False).update(is_active=True, until=None):
        raise WrongState(f"“{rule}”已在启用。")
    rule.is_active, rule.until = True, None
    log.record("dutyrule.resume", rule, by=by, at=at, scope=rule.committee_id)
    duty_cycles.start(rule, at=at)


@transaction.atomic
def remind(rule: DutyRule, *, by: User, at: datetime) -> int:
    """提醒: whoever still owes something gets one notice a day, however often one presses; returns how many."""
    rules.require("remind", by, rule)
    today = timezone.localdate(at)
    open_tasks = list(rules.reminded(by, rule).order_by("due_on"))
    excused = duty_cycles.excuses(open_tasks, today)
    owing = {task.assignee_id for task in open_tasks if task.pk not in excused}
    told = outbox.send(
        sorted(owing),
        kind="duty-task-now",
        title=f"请完成：{rule.name}",
        body=f"{by}提醒您，这项任务还没有提交。",
        url="/my/tasks/",
        key=f"duty-task-now:{rule.pk}:{today:%Y%m%d}",
        at=at,
        scope=rule.committee_id,
    )
    log.record("dutyrule.remind", rule, by=by, at=at, scope=rule.committee_id, count=told)
    return told


def _excuse_open(rule, reason, *, by, at) -> int:
    tasks = list(rule.tasks.open().select_for_update(of=("self",)))
    DutyTask.objects.filter(pk__in=[task.pk for task in tasks]).update(
        state=TaskState.EXCUSED, remark=reason, updated_at=at
    )
    log.record_many(log.Line("dutytask.excuse", task, by, at, task.committee_id, {"reason": reason}) for task in tasks)
    for task in tasks:
        clock.cancel(task, kind="duty-task", reason="任务已停用", at=at)
    return len(tasks)


def _require_sense(rule, bodies, at):
    """What the fields say together: where a day lies, and whom the task asks at all."""
    problems = {}
    if rule.cycle == Cycle.WEEKLY and rule.day and rule.day > 7:
        problems["day"] = "每周的任务请填 1（周一）到 7（周日）。"
    if rule.cycle == Cycle.ONCE and rule.due_on and rule.pk is None and rule.due_on < timezone.localdate(at):
        problems["due_on"] = "到期日已经过去，请另选一天。"
    if rule.owed_by in ("bodies", "body_members") and not bodies and not rule.body_kind:
        problems["body_kind"] = "请选择机构类别，或指定机构。"
    if rule.makes == "meeting" and rule.owed_by != "bodies":
        problems["owed_by"] = "会议由机构召开，请选择“每个机构（负责人办）”。"
    if problems:
        raise Incomplete("".join(problems.values()), problems)
