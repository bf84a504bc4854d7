"""The turn of a period, the ladder of each task, and the day on which what is open is counted as missed."""

from collections import defaultdict

from django.utils import timezone

from config.milestones.clock import Done, Skip, Tell, handler
from members.models import Membership
from members.queries import holders_by
from members.roles import Permission, Scope
from workstations.models import DutyRule, DutyTask
from workstations.services import duty_cycles, tasks
from workstations.states import TaskState

CIRCLES = {"owner": "责任人", "leader": "加上机构负责人或政协办"}
LADDER = {-3: "owner", 0: "owner", 3: "leader", 7: "leader"}
"""Days before (−) or after (+) the due day, and how far the word goes."""


@handler("duty-cycle", label="周期任务开始", matters=DutyRule.objects.managed_by)
def begin_periods(milestones, at):
    """Generate what the running period asks, and plan the next; missed periods are not made up for."""
    rules = DutyRule.objects.in_bulk({m.subject_id for m in milestones})
    answers = {}
    for m in milestones:
        rule = rules[m.subject_id]
        if not rule.is_active:
            answers[m.pk] = Skip("任务已停用")
        elif rule.until and rule.until < timezone.localdate(at):
            answers[m.pk] = Skip("任务已到结束日期")
        else:
            made = duty_cycles.start(rule, at=at)
            answers[m.pk] = Done(f"生成 {made} 项任务" if made else "这一期没有新的任务")
    return answers


@handler("duty-close", label="周期任务截止", matters=DutyRule.objects.managed_by)
def close_periods(milestones, at):
    """What is still open after the grace is missed."""
    missed = duty_cycles.close_overdue([m.subject_id for m in milestones], at=at)
    note = f"{missed} 项记为未完成" if missed else "没有未完成的任务"
    return {m.pk: Done(note) for m in milestones}


@handler("duty-task", label="周期任务", circles=CIRCLES)
def remind_of_tasks(milestones, at):
    """Who owes it, then who looks after that person; who has done it, left or is on leave is not reminded."""
    today = timezone.localdate(at)
    found = DutyTask.objects.select_related("rule", "member__user", "body", "station", "assignee")
    found = found.in_bulk({m.subject_id for m in milestones})
    excused = duty_cycles.excuses([task for task in found.values() if task.state == TaskState.OPEN], today)
    seconds = _seconds([task for task in found.values() if task.state == TaskState.OPEN])
    answers = {}
    for m in milestones:
        task = found[m.subject_id]
        if task.state == TaskState.OPEN and task.pk in excused:
            tasks.excuse(task, reason=excused[task.pk], by=None, at=at)
        if task.state != TaskState.OPEN:
            answers[m.pk] = Skip(f"{task.get_state_display()}，不必提醒")
            continue
        people = {task.assignee_id} - {None}
        if m.circle == "leader" or not people:
            people |= seconds[task.pk]
        days = (task.due_on - today).days
        when = f"已逾期 {-days} 天" if days < 0 else "今天到期" if days == 0 else f"还有 {days} 天到期"
        doer = str(task.assignee) if task.assignee_id else "还没有负责人"
        answers[m.pk] = Tell(
            people, "duty-task-due", f"{when}：{task}", f"{task.owed_by}，由{doer}完成。", task.get_absolute_url()
        )
    return answers


def _seconds(open_tasks) -> dict[int, set[int]]:
    """Task → who hears of it when it is late: the leaders of the body it is for; without any, the office."""
    bodies = {task.body_id for task in open_tasks if task.body_id and not task.rule.is_restricted}
    leaders = defaultdict(set)
    posts = Membership.objects.in_force().leading().filter(body__in=bodies, member__isnull=False)
    for body, user in posts.values_list("body", "member__user"):
        leaders[body].add(user)
    offices = holders_by(Permission.DUTY_MANAGE, Scope.COMMITTEE, {task.committee_id for task in open_tasks})
    return {
        task.pk: (leaders[task.body_id] if task.body_id in bodies else set()) - {task.assignee_id}
        or offices[task.committee_id]
        for task in open_tasks
    }
