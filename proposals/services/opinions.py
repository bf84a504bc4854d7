"""会办意见: what co-units owe the lead unit before it may reply, and which of them were let off (domain 1.3)."""

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from proposals import rules
from proposals.models import Assignment
from proposals.notices import handling as notices
from proposals.states import OPEN, AssignmentRole


def missing_of(assignment: Assignment) -> list[Assignment]:
    """The co-units of a lead case that still owe an opinion."""
    owed = assignment.joined.filter(role=AssignmentRole.CO, state__in=OPEN, waived_at__isnull=True)
    return list(owed.select_related("unit").order_by("pk"))


def late_words(assignment: Assignment, *, on) -> str:
    """Why an opinion that is overdue on that day may be waived without further words; nothing while there is time."""
    if assignment.paused_on or assignment.due_on >= on:
        return ""
    return f"会办意见逾期未报（期限 {assignment.due_on.year}年{assignment.due_on.month}月{assignment.due_on.day}日）"


@transaction.atomic
def waive(assignment: Assignment, *, reason: str, by, at) -> Assignment:
    """免报会办意见: the lead unit need not wait for this one any longer; the reason stands beside it.

    Past its date that alone is the reason; before it somebody has to write one.
    """
    rules.require("waive", by, assignment)
    if not assignment.is_co:
        raise WrongState("只有会办件可以免报会办意见。")
    reason = reason.strip() or late_words(assignment, on=timezone.localdate(at))
    if not reason:
        due = f"{assignment.due_on.month}月{assignment.due_on.day}日"
        words = f"还没有到期（{due}），请写明为什么免报。"
        raise Incomplete(words, {"reason": words})
    owed = Assignment.objects.filter(pk=assignment.pk, state__in=OPEN, waived_at__isnull=True)
    if not owed.update(waived_at=at, waive_reason=reason, updated_at=at):
        assignment.refresh_from_db()
        done = "已经免报" if assignment.waived_at else f"现在是“{assignment.get_state_display()}”"
        raise WrongState(f"{assignment.unit}的会办件{done}，不用再免报。")
    assignment.waived_at, assignment.waive_reason = at, reason
    clock.cancel(assignment, reason="免报会办意见", at=at)
    log.record("assignment.waive", assignment, by=by, at=at, scope=assignment.scope, reason=reason)
    notices.waived(assignment, at=at)
    return assignment
