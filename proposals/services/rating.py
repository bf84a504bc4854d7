"""评价与落实: what each signer says of the reply, what follows from it, and whether a promise was kept.

One 不满意 opens a new round, later a meeting; when every signer accepted, or the supervisors ended the rating,
the case goes on. Silence is never 满意.
"""

import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.uploads import store
from config.uploads.models import Kind
from members.models import User
from proposals import rules
from proposals.models import Assignment, Rating, Reply
from proposals.notices import handling as told
from proposals.notices import matters as notices
from proposals.services import cases, facts, promise_facts
from proposals.services.assignments import close, reopen
from proposals.services.replies import rating_due
from proposals.states import AssignmentState, ReplyGrade, Satisfaction

SHEET = "rating"
"""Purpose of the scan of a paper sheet, with the rating's number behind it."""


@transaction.atomic
def rate(assignment: Assignment, *, satisfaction: str, attitude: str = "", words: str = "", by, at) -> Rating:
    """评价 the present round's reply by one's own login, once; see `_follow` for what comes of it."""
    rules.require("rate", by, assignment)
    return _take_down(assignment, satisfaction, attitude, words, signer=by, entered_by=None, at=at)


@transaction.atomic
def enter_paper(
    assignment: Assignment, *, signer: User | None, satisfaction: str, attitude: str = "", words: str = "", scan, by, at
) -> Rating:
    """代录征询意见表: the office enters what a signer wrote on paper, with its scan; refused for who did not sign."""
    rules.require("enter_rating", by, assignment)
    wrong = {}
    if signer is None or signer.pk not in rater_ids(assignment):
        wrong["signer"] = "这个人没有在这件提案上签名，不能代录评价。"
    if not scan:
        wrong["scan"] = "请附上本人签字的征询意见表扫描件。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    rating = _take_down(assignment, satisfaction, attitude, words, signer=signer, entered_by=by, at=at)
    try:
        store.attach(assignment, scan, by=by, at=at, purpose=f"{SHEET}-{rating.pk}", kind=Kind.DOCUMENT)
    except ValidationError as problem:
        said = "".join(problem.messages)
        raise Incomplete(said, {"scan": said}) from problem
    return rating


@transaction.atomic
def conclude(assignment: Assignment, *, reason: str, by, at) -> Assignment:
    """结束评价 when the time to rate is over: somebody accepted, nobody refused; who was silent stands in the audit."""
    rules.require("conclude", by, assignment)
    if not reason.strip():
        raise Incomplete("请写明为什么结束评价。", {"reason": "请写明为什么结束评价，如：已多次提醒。"})
    _lock(assignment)
    if assignment.state != AssignmentState.REPLIED:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件没有等待中的评价。")
    last = rating_due(assignment)
    if timezone.localdate(at) <= last:
        raise WrongState(f"评价期限是 {last.month}月{last.day}日，过期以后才能结束评价。")
    reply = present_reply(assignment)
    given = list(reply.ratings.values_list("satisfaction", flat=True))
    if not given:
        raise WrongState("还没有一位提案者评价，不评价不能算作满意，请继续联系。")
    silent = silent_names(assignment, reply)
    log.record("assignment.conclude", assignment, by=by, at=at, scope=assignment.scope, reason=reason.strip(),
               silent="、".join(silent))  # fmt: skip
    told.concluded(assignment, reason.strip(), silent, at=at)
    _finish(assignment, reply, by=by, at=at)
    return assignment


# --- who rates ---------------------------------------------------------------------------------------------------


def rater_ids(assignment: Assignment) -> set[int]:
    """Users who rate: the first signer and every other one with a login."""
    return {assignment.rater_id, *assignment.co_raters.values_list("pk", flat=True)} - {None}


def raters_left(assignment: Assignment, reply: Reply) -> set[int]:
    return rater_ids(assignment) - set(reply.ratings.values_list("by", flat=True))


def silent_names(assignment: Assignment, reply: Reply) -> list[str]:
    people = User.objects.filter(pk__in=raters_left(assignment, reply)).order_by("pk")
    return [str(person) for person in people]


def present_reply(assignment: Assignment) -> Reply:
    return assignment.rounds.select_related("reply").get(number=assignment.round).reply


def needs_meeting(assignment: Assignment) -> bool:
    """Whether one more 不满意 leads to a meeting instead of another round."""
    return bool(assignment.proposal_id) and assignment.round >= assignment.committee.parameter("rework.meeting_after")


# --- what follows ------------------------------------------------------------------------------------------------


def _lock(assignment):
    Assignment.objects.select_for_update().filter(pk=assignment.pk).values_list("pk", flat=True).get()
    assignment.refresh_from_db()


def _take_down(assignment, satisfaction, attitude, words, *, signer, entered_by, at) -> Rating:
    wrong = {}
    if satisfaction not in Satisfaction.values:
        wrong["satisfaction"] = "请选择对办理结果的评价。"
    if attitude and attitude not in Satisfaction.values:
        wrong["attitude"] = "请选择对办理态度的评价。"
    if satisfaction == Satisfaction.UNSATISFIED and not words.strip():
        wrong["words"] = "请写明哪里不满意。"
    if wrong:
        raise Incomplete("评价还不完整，不满意时请写明理由，承办单位将据此重新办理。", wrong)
    _lock(assignment)
    if assignment.state != AssignmentState.REPLIED:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能评价。")
    reply = present_reply(assignment)
    try:
        with transaction.atomic():
            rating = Rating.objects.create(
                reply=reply, satisfaction=satisfaction, attitude=attitude, words=words.strip(), by=signer,
                entered_by=entered_by, at=at,
            )  # fmt: skip
    except IntegrityError:
        said = f"{signer}已经评价过这次答复。" if entered_by else "这次答复您已经评价过了。"
        raise WrongState(said) from None
    paper = {"signer": str(signer)} if entered_by else {}
    log.record("assignment.rate", assignment, by=entered_by or signer, at=at, scope=assignment.scope,
               satisfaction=satisfaction, attitude=attitude, **paper)  # fmt: skip
    notices.rated(assignment, rating, at=at)
    if assignment.proposal_id:
        cases.rated(assignment, rating, at=at)
    _follow(assignment, reply, rating, by=entered_by or signer, at=at)
    return rating


def _follow(assignment, reply, rating, *, by, at):
    """Refused: another round, or a meeting. Accepted by all: closed, or followed to the promised day. Else it waits."""
    if rating.satisfaction not in _accepted(assignment):
        reason = rating.words or f"评价为{rating.get_satisfaction_display()}"
        meets = needs_meeting(assignment)
        if meets:
            take(assignment, "call_meeting", by=by, at=at, data={"reason": reason})
            clock.cancel(assignment, reason="提请面商", at=at)
        else:
            reopen(assignment, reason=reason, by=by, at=at)
        told.refused(assignment, rating, meets=meets, at=at)
    elif not raters_left(assignment, reply):
        _finish(assignment, reply, by=by, at=at)


def _finish(assignment, reply, *, by, at):
    clock.cancel(assignment, kind="rating", reason="评价已结束", at=at)
    if reply.grade == ReplyGrade.B:
        take(assignment, "follow", by=by, at=at, satisfied_at=at)
        _look_back(assignment, reply.promised_on)
    else:
        close(assignment, by=by, at=at, satisfied_at=at, implemented_at=at)


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
        if assignment.proposal_id:
            promise_facts.kept(assignment.proposal, by=by, at=at)
    else:
        reopen(assignment, reason=f"承诺未兑现：{words.strip()}", by=by, at=at)
    notices.verified(assignment, kept, words, at=at)
    return assignment
