"""评价与落实: what the author says of the reply, and whether a promise was kept."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.transitions import take
from proposals import notices, rules
from proposals.models import Assignment, Rating
from proposals.services import facts
from proposals.services.assignments import close, reopen
from proposals.states import AssignmentState, ReplyGrade, Satisfaction


@transaction.atomic
def rate(assignment: Assignment, *, satisfaction: str, words: str = "", by, at) -> Rating:
    """评价 the present round's reply: 不满意 opens a new round; otherwise the guarantees close, B after its promise."""
    rules.require("rate", by, assignment)
    if satisfaction == Satisfaction.UNSATISFIED and not words.strip():
        raise Incomplete("不满意时请写明理由，承办单位将据此重新办理。", {"words": "请写明哪里不满意。"})
    if assignment.state != AssignmentState.REPLIED:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能评价。")
    reply = assignment.rounds.select_related("reply").get(number=assignment.round).reply
    try:
        with transaction.atomic():
            rating = Rating.objects.create(reply=reply, satisfaction=satisfaction, words=words.strip(), by=by, at=at)
    except IntegrityError:
        raise WrongState("这次答复您已经评价过了。") from None
    log.record("assignment.rate", assignment, by=by, at=at, scope=assignment.scope, satisfaction=satisfaction)
    clock.cancel(assignment, kind="rating", reason="已评价", at=at)
    notices.rated(assignment, rating, at=at)
    if satisfaction not in _accepted(assignment):
        reopen(assignment, reason=rating.words or f"评价为{rating.get_satisfaction_display()}", by=by, at=at)
    elif reply.grade == ReplyGrade.B:
        take(assignment, "follow", by=by, at=at, satisfied_at=at)
        _look_back(assignment, reply.promised_on)
    else:
        close(assignment, by=by, at=at, satisfied_at=at, implemented_at=at)
    return rating


def _accepted(assignment):
    full = assignment.committee.parameter("satisfaction.accepts") == "full"
    return {Satisfaction.SATISFIED} if full else {Satisfaction.SATISFIED, Satisfaction.BASIC}


def _look_back(assignment, promised_on):
    """Ask the supervisors to verify on the promised day (回头看)."""
    due_at = timezone.make_aware(datetime.datetime.combine(promised_on, datetime.time(9)))
    clock.once(
        assignment, kind="promise", code="verify", due_at=due_at, scope=assignment.committee_id, round=assignment.round
    )


@transaction.atomic
def verify(assignment: Assignment, *, kept: bool, words: str, by, at) -> Assignment:
    """核实落实 of a B reply: kept closes the matter, not kept opens a new round."""
    rules.require("verify", by, assignment)
    if not words.strip():
        raise Incomplete("请写明核实的情况。", {"words": "请写明看到了什么。"})
    if assignment.state != AssignmentState.FOLLOWING:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能核实。")
    log.record("assignment.verify", assignment, by=by, at=at, scope=assignment.scope, kept=kept, words=words)
    clock.cancel(assignment, kind="promise", reason="已核实", at=at)
    if kept:
        close(assignment, by=by, at=at, implemented_at=at)
        if assignment.micro_id:
            facts.promise_kept(assignment.micro, by=by, at=at)
    else:
        reopen(assignment, reason=f"承诺未兑现：{words.strip()}", by=by, at=at)
    notices.verified(assignment, kept, words, at=at)
    return assignment
