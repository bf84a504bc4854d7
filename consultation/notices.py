"""What is said to whom when something happens in consultation work; one function a notice."""

from django.utils import timezone

from config.notices import outbox
from consultation.states import TopicState
from members.models import THREE_OFFICES
from members.queries import holders, holders_by
from members.roles import Permission, Scope


def _tell(recipients, kind, thing, title, body="", *, about=None, at):
    """One notice each. The moment is part of the key: the deed behind it happens once at a moment."""
    outbox.send(
        set(recipients),
        kind=kind,
        title=title,
        body=body,
        url=(about or thing).get_absolute_url(),
        key=f"{kind}:{thing.pk}:{at:%Y%m%d%H%M%S%f}",
        at=at,
        scope=thing.scope,
    )


def topic_chosen(topic, *, at):
    if topic.suggested_by_id is None:
        return
    said = "已选定" if topic.state == TopicState.SELECTED else "未采用"
    _tell([topic.suggested_by.user_id], "topic-chosen", topic, f"您荐的议题{said}：{topic.title}", topic.words, at=at)


def plan_to_sign(plan, *, at):
    offices = plan.committee.organisations.filter(kind__in=THREE_OFFICES).values_list("pk", flat=True)
    signers = set().union(*holders_by(Permission.PLAN_ISSUE, Scope.ORGANISATION, offices).values())
    _tell(signers, "plan-to-sign", plan, f"请会签：{plan}", "三办都会签后联合印发。", at=at)


def plan_to_issue(plan, *, at):
    _tell(_planners(plan), "plan-to-issue", plan, f"三办已会签，请编号印发：{plan}", at=at)


def plan_reopened(plan, words, *, at):
    _tell(_planners(plan), "plan-reopened", plan, f"计划退回修改：{plan}", words, at=at)


def plan_issued(plan, *, at):
    people = holders(Permission.OFFICE_WORK, plan.committee)
    _tell(people, "plan-issued", plan, f"{plan}已印发", plan.number, at=at)


def _planners(plan):
    return holders(Permission.PLAN_MANAGE, plan.committee)


def invited(session, members, *, at):
    consultation = session.consultation
    people = [member.user_id for member in members]
    _tell(people, "session-invited", session, f"请参加协商：{consultation.title}", session.place, at=at)


def invited_to_micro(session, micro, people, *, at):
    """Who is no member finds the consultation from the page of the micro-proposal."""
    when = timezone.localtime(session.starts_at)
    title = f"请参加微协商：{session.consultation.title}"
    body = f"{when.month}月{when.day}日 {when:%H:%M}，{session.place}"
    _tell(people, "session-invited", session, title, body, about=micro, at=at)


def task_given(task, *, at):
    title = f"成果任务：{task.get_kind_display()}"
    body = f"{task.outcome.text}\n期限 {task.due_on.month}月{task.due_on.day}日。"
    _tell([task.responsible_id], "outcome-task", task, title, body, at=at)


def task_finished(task, *, at):
    people = holders(Permission.CONSULTATION_MANAGE, task.committee) - {task.done_by_id}
    _tell(people, "outcome-task-done", task, f"成果任务已完成：{task.outcome}", task.words, about=task.outcome, at=at)


def outcome_came_back(outcome, assignment, *, at):
    people = holders(Permission.CONSULTATION_MANAGE, outcome.committee)
    title = f"{assignment.unit}退回，请重新分类：{outcome}"
    _tell(people, "outcome-came-back", outcome, title, assignment.return_reason, at=at)
