"""交办: a matter is handed to one unit under 五定三包, taken on, or given back."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.workdays import count
from members.models import Committee, Organisation
from members.roles import Permission
from proposals import notices, rules, signals
from proposals.models import Assignment, MicroProposal, Round
from proposals.services import facts
from proposals.states import FIVE

MILESTONES = "assignment"


def usual_deadline(committee: Committee, *, parameter: str, start) -> count.Deadline:
    """When a matter handed over on `start` (a date) is due by the committee's own rules: the earlier of two limits."""
    days, months = committee.parameter(parameter), committee.parameter("handling.months")
    return count.deadline(
        start,
        count.Limit(days, "workdays", f"交办之日起 {days} 个工作日"),
        count.Limit(months, "months", f"最长 {months} 个月"),
    )


@transaction.atomic
def assign_micro(micro: MicroProposal, *, unit, leader_name, leader_post, handler, due_on, duty, quality, by, at):
    """交办 a micro-proposal that the three offices agreed to; its author rates the reply."""
    rules.require("assign", by, micro)
    return open_assignment(
        committee=micro.committee,
        micro=micro,
        title=micro.title,
        text=micro.body,
        unit=unit,
        leader_name=leader_name,
        leader_post=leader_post,
        handler=handler,
        due_on=due_on,
        duty=duty,
        quality=quality,
        rater=micro.author.user,
        parameter="handling.workdays",
        by=by,
        at=at,
    )


@transaction.atomic
def open_assignment(
    *, committee, title, text, unit, leader_name, leader_post, handler, due_on, duty, quality, rater, by, at,
    micro=None, parameter="outcome.workdays",
) -> Assignment:  # fmt: skip
    """Hand one matter to one unit; Incomplete names each of the five fixings that is missing or impossible."""
    today = timezone.localdate(at)
    _check_five(committee, unit, leader_name, leader_post, handler, due_on, duty, quality, today=today)
    if micro is not None:
        take(micro, "assign", by=by, at=at, data={"unit": str(unit)})
        facts.handed_over(micro, by=by, at=at)
    usual = usual_deadline(committee, parameter=parameter, start=today)
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(
                committee=committee,
                micro=micro,
                title=title,
                text=text,
                unit=unit,
                leader_name=leader_name.strip(),
                leader_post=leader_post.strip(),
                handler=handler,
                due_on=due_on,
                due_why=usual.as_json() if due_on == usual.due_on else _by_hand(due_on, today, by),
                duty=duty.strip(),
                quality=quality.strip(),
                rater=rater,
                assigned_at=at,
                assigned_by=by,
            )
    except IntegrityError:
        raise WrongState("这件事已经交办给一个单位，请刷新后再看。") from None
    Round.objects.create(assignment=assignment, number=1, due_on=due_on, opened_at=at)
    start_clock(assignment, at=at)
    log.record("assignment.open", assignment, by=by, at=at, scope=assignment.scope, unit=str(unit), due_on=due_on)
    notices.assigned(assignment, at=at)
    return assignment


def _check_five(committee, unit, leader_name, leader_post, handler, due_on, duty, quality, *, today):
    missing = {}
    if unit is None or unit not in Organisation.objects.of(committee).that_handle():
        missing["unit"] = "请选择本会的承办单位。"
    if not (leader_name or "").strip():
        missing["leader_name"] = "请填写分管领导。"
    if not (leader_post or "").strip():
        missing["leader_post"] = "请填写领导职务。"
    if handler is None:
        missing["handler"] = "请选择承办人。"
    elif unit is not None and unit.pk not in handler.organisations_with(Permission.MATTER_HANDLE):
        missing["handler"] = f"{handler}不是{unit}的承办人，请先授权或另选一人。"
    if due_on is None:
        missing["due_on"] = "请填写办结日期。"
    elif due_on < today:
        missing["due_on"] = "办结日期不能早于今天。"
    if not (duty or "").strip():
        missing["duty"] = "请写明办什么、负什么责。"
    if not (quality or "").strip():
        missing["quality"] = "请写明办到什么程度。"
    if missing:
        said = " ".join(f"{FIVE[name]}：{words}" for name, words in missing.items())
        raise Incomplete(f"五定不全，不能交办。{said}", missing)


def _by_hand(due_on, today, by):
    return count.Deadline(due_on, f"{by or '系统'}交办时指定的日期", today).as_json()


def start_clock(assignment: Assignment, *, at) -> None:
    """Plan the reminders of the present round and due date; earlier ones are called off."""
    clock.cancel(assignment, reason="期限已变更", at=at)
    clock.plan(
        assignment,
        kind=MILESTONES,
        due_on=assignment.due_on,
        round=assignment.clock,
        scope=assignment.committee_id,
        at=at,
    )


@transaction.atomic
def accept(assignment: Assignment, *, by, at) -> Assignment:
    """签收: the unit takes the matter on."""
    rules.require("accept", by, assignment)
    take(assignment, "accept", by=by, at=at, accepted_at=at)
    return assignment


def return_window(assignment: Assignment):
    """The last day on which a wrong assignment may be given back."""
    days = assignment.committee.parameter("return.workdays")
    return count.add(timezone.localdate(assignment.assigned_at), days)


@transaction.atomic
def return_(assignment: Assignment, *, reason: str, by, at) -> Assignment:
    """退回: a wrong assignment goes back to the desk with the reason, inside its window, never on to another unit."""
    rules.require("return", by, assignment)
    if not reason.strip():
        raise Incomplete("请写明退回的理由。", {"reason": "请写明为什么不属于本单位，建议由谁承办。"})
    if assignment.round > 1:
        raise WrongState("已经答复过的事项不能退回。")
    last = return_window(assignment)
    if timezone.localdate(at) > last:
        raise WrongState(f"退回须在 {last.month}月{last.day}日 前提出，现已过期；确有困难请与政协办联系。")
    take(assignment, "return_", by=by, at=at, returned_at=at, return_reason=reason.strip(), data={"reason": reason})
    clock.cancel(assignment, reason="已退回", at=at)
    if assignment.micro_id:
        take(assignment.micro, "take_back", by=by, at=at)
        facts.given_back(assignment.micro, by=by, at=at)
    notices.returned(assignment, at=at)
    signals.assignment_returned.send(Assignment, assignment=assignment, by=by, at=at)
    return assignment


def reopen(assignment: Assignment, *, reason: str, by, at) -> Round:
    """重新办理: a new round with its own due date; replies of earlier rounds stay."""
    months = assignment.committee.parameter("rework.months")
    due = count.deadline(timezone.localdate(at), count.Limit(months, "months", f"重新办理 {months} 个月"))
    number = assignment.round + 1
    take(
        assignment,
        "rework",
        by=by,
        at=at,
        round=number,
        clock=assignment.clock + 1,
        due_on=due.due_on,
        due_why=due.as_json(),
        replied_at=None,
        satisfied_at=None,
        implemented_at=None,
        data={"reason": reason},
    )
    again = Round.objects.create(
        assignment=assignment, number=number, due_on=due.due_on, opened_at=at, reason=reason[:500]
    )
    start_clock(assignment, at=at)
    notices.reworked(assignment, reason, at=at)
    return again


def close(assignment: Assignment, *, by, at, **stamps) -> None:
    """办结: the three guarantees are kept; the matter above closes with it."""
    take(assignment, "close", by=by, at=at, closed_at=at, **stamps)
    clock.cancel(assignment, reason="已办结", at=at)
    if assignment.micro_id:
        take(assignment.micro, "close", by=by, at=at, closed_at=at)
        reply = assignment.rounds.get(number=assignment.round).reply
        facts.done(assignment.micro, satisfaction=reply.rating.satisfaction, by=by, at=at)
    signals.assignment_closed.send(Assignment, assignment=assignment, by=by, at=at)
