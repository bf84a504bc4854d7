"""延期: asked with a reason, decided by the supervisors; granted, it takes the overdue mark away."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.workdays import count
from proposals import rules
from proposals.models import Assignment, Extension, Round
from proposals.notices import matters as notices
from proposals.services.assignments import start_clock


def latest_possible(assignment: Assignment):
    """The last day an extension may reach: so many months from the beginning of the round, pauses not counted."""
    months = assignment.committee.parameter("extension.total_months")
    opened = timezone.localdate(assignment.rounds.get(number=assignment.round).opened_at)
    pauses = assignment.pauses.filter(since__gte=opened, until__isnull=False).values_list("since", "until")
    stood = sum(((until - since) for since, until in pauses), timedelta())
    return count.add_months(opened, months) + stood


@transaction.atomic
def ask_extension(assignment: Assignment, *, until, reason: str, by, at) -> Extension:
    """申请延期: one open request at a time, later than the present due date and inside the limit."""
    rules.require("ask_extension", by, assignment)
    wrong = {}
    last = latest_possible(assignment)
    if until is None or until <= assignment.due_on:
        wrong["until"] = "延期的日期要晚于现在的期限。"
    elif until > last:
        wrong["until"] = f"最多可延至 {last.year}年{last.month}月{last.day}日。"
    if not reason.strip():
        wrong["reason"] = "请写明为什么需要延期。"
    if wrong:
        raise Incomplete(" ".join(wrong.values()), wrong)
    if not assignment.is_open:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不需要延期。")
    try:
        with transaction.atomic():
            extension = Extension.objects.create(
                assignment=assignment,
                until=until,
                previously=assignment.due_on,
                reason=reason.strip(),
                asked_by=by,
                asked_at=at,
            )
    except IntegrityError:
        raise WrongState("已有一份延期申请等待审批。") from None
    log.record("extension.ask", extension, by=by, at=at, scope=extension.scope, until=until)
    notices.extension_asked(extension, at=at)
    return extension


@transaction.atomic
def grant_extension(extension: Extension, *, words: str = "", by, at) -> Extension:
    """同意延期: the due date moves, the reminders start anew, the reason stands beside the date."""
    assignment = extension.assignment
    rules.require("decide_extension", by, assignment)
    take(extension, "grant", by=by, at=at, decided_by=by, decided_at=at, words=words.strip())
    rule = f"经{by}同意延期，原期限 {extension.previously:%Y-%m-%d}：{extension.reason}"
    why = count.Deadline(extension.until, rule, extension.previously).as_json()
    moved = Assignment.objects.filter(pk=assignment.pk, due_on=extension.previously, state=assignment.state)
    changes = {"due_on": extension.until, "due_why": why, "clock": assignment.clock + 1, "updated_at": at}
    if not assignment.is_open or not moved.update(**changes):
        raise WrongState("期限或状态在此期间已经变了，请刷新后再看。")
    assignment.refresh_from_db()
    Round.objects.filter(assignment=assignment, number=assignment.round).update(due_on=extension.until)
    start_clock(assignment, at=at)
    notices.extension_decided(extension, at=at)
    return extension


@transaction.atomic
def refuse_extension(extension: Extension, *, words: str, by, at) -> Extension:
    """不同意延期, with words for the unit."""
    rules.require("decide_extension", by, extension.assignment)
    if not words.strip():
        raise Incomplete("请写明不同意的理由。", {"words": "请写明理由。"})
    take(extension, "refuse", by=by, at=at, decided_by=by, decided_at=at, words=words.strip())
    notices.extension_decided(extension, at=at)
    return extension
