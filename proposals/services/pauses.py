"""中止: for a stated reason the clock of a case stands still; when it goes on, the due date moves by as many days."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.saving import once
from config.workdays import count
from proposals import rules
from proposals.models import Assignment, Pause, Round
from proposals.notices import handing as notices
from proposals.services.assignments import plan_contact, start_clock
from proposals.states import OPEN

TWICE = "这件事已经中止，请刷新后再看。"


@transaction.atomic
def pause(assignment: Assignment, *, reason: str, by, at) -> Pause:
    """中止 from today on: not overdue, nobody is reminded; the unit may still work on it."""
    rules.require("pause", by, assignment)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明中止的理由。", {"reason": "请写明为什么现在办不下去，什么时候可以恢复。"})
    if not assignment.is_open:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能中止。")
    today = timezone.localdate(at)
    running = Assignment.objects.filter(pk=assignment.pk, state=assignment.state, paused_on=None)
    if not running.update(paused_on=today, updated_at=at):
        raise WrongState(TWICE)
    assignment.paused_on = today
    with once(TWICE):
        made = Pause.objects.create(assignment=assignment, since=today, reason=reason, by=by)
    clock.cancel(assignment, reason="已中止", at=at)
    log.record("assignment.pause", assignment, by=by, at=at, scope=assignment.scope, reason=reason)
    notices.paused(made, at=at)
    return made


@transaction.atomic
def resume(assignment: Assignment, *, by, at) -> Pause:
    """恢复: what is still owed is due as many calendar days later as it stood still, and the reminders start anew."""
    rules.require("pause", by, assignment)
    made = Pause.objects.select_for_update().filter(assignment=assignment, until=None).first()
    if made is None:
        raise WrongState("这件事没有中止，或已经恢复，请刷新后再看。")
    assignment.refresh_from_db()
    today = timezone.localdate(at)
    days = (today - made.since).days
    changes = {"paused_on": None, "updated_at": at}
    if assignment.is_open:
        changes |= _moved(assignment, made, today, days)
    paused = Assignment.objects.filter(pk=assignment.pk, state=assignment.state, paused_on=made.since)
    if not paused.update(**changes):
        raise WrongState("这件事在此期间已经变了，请刷新后再看。")
    made.until = today
    made.save(update_fields=["until"])
    for name, value in changes.items():
        setattr(assignment, name, value)
    if assignment.state in OPEN:
        Round.objects.filter(assignment=assignment, number=assignment.round).update(due_on=assignment.due_on)
        start_clock(assignment, at=at)
        plan_contact(assignment)
    log.record("assignment.resume", assignment, by=by, at=at, scope=assignment.scope, days=days)
    made.assignment = assignment
    notices.resumed(made, days=days, at=at)
    return made


def _moved(assignment, made, today, days):
    later = timedelta(days=days)
    rule = (
        f"{made.since:%Y-%m-%d} 至 {today:%Y-%m-%d} 中止 {days} 天，原期限 {assignment.due_on:%Y-%m-%d} 顺延"
        f"：{made.reason}"
    )
    due_on = assignment.due_on + later
    why = count.Deadline(due_on, rule, assignment.due_on).as_json()
    contact = assignment.contact_due_on and assignment.contact_due_on + later
    return {"due_on": due_on, "due_why": why, "clock": assignment.clock + 1, "contact_due_on": contact}
