"""交办: a matter is handed to one unit under 五定三包, taken on, or given back."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.workdays import count
from members.models import Committee, Organisation
from members.roles import Permission
from proposals import rules, signals, threads
from proposals.models import Assignment, MicroProposal, Pause, Round
from proposals.notices import handing as handing_notices
from proposals.notices import matters as notices
from proposals.services import cases, facts
from proposals.services.information_days import outside
from proposals.states import FIVE, AssignmentRole, AssignmentState

MILESTONES = "assignment"
CONTACT = "contact"


def usual_deadline(committee: Committee, *, parameter: str, start) -> count.Deadline:
    """When a matter handed over on `start` (a date) is due by the committee's own rules.

    By a parameter in workdays the earlier of it and the longest time; by one in months, as of proposals, that alone.
    """
    if parameter.endswith(".months"):
        months = committee.parameter(parameter)
        return count.deadline(start, count.Limit(months, "months", f"交办之日起 {months} 个月"))
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
    micro=None, proposal=None, role=AssignmentRole.LEAD, lead=None, co_raters=(), parameter="outcome.workdays",
    because="",
) -> Assignment:  # fmt: skip
    """Hand one matter to one unit; Incomplete names each of the five fixings that is missing or impossible.

    Of a proposal the unit has a `role`; `lead` is the assignment that a co-unit, or a merged proposal, goes with.
    `because` says why the clock starts anew, where it does; it stands before the rule of the due date.
    """
    today = timezone.localdate(at)
    _check_five(committee, unit, leader_name, leader_post, handler, due_on, duty, quality, today=today)
    if micro is not None:
        take(micro, "assign", by=by, at=at, data={"unit": str(unit)})
        facts.handed_over(micro, by=by, at=at)
    usual = usual_deadline(committee, parameter=parameter, start=today)
    due_why = usual.as_json() if due_on == usual.due_on else _by_hand(due_on, today, by)
    due_why["rule"] = "，".join(filter(None, [because, due_why["rule"]]))
    contact_due_on = None
    if proposal is not None and role != AssignmentRole.CO:
        contact_due_on = count.add(today, committee.parameter("contact.workdays"))
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(
                committee=committee,
                micro=micro,
                proposal=proposal,
                role=role,
                lead=lead,
                title=title,
                text=text,
                unit=unit,
                leader_name=leader_name.strip(),
                leader_post=leader_post.strip(),
                handler=handler,
                due_on=due_on,
                due_why=due_why,
                contact_due_on=contact_due_on,
                duty=duty.strip(),
                quality=quality.strip(),
                rater=rater,
                assigned_at=at,
                assigned_by=by,
            )
    except IntegrityError:
        raise WrongState("这件事已经交办给一个单位，请刷新后再看。") from None
    assignment.co_raters.set(co_raters)
    Round.objects.create(assignment=assignment, number=1, due_on=due_on, opened_at=at)
    start_clock(assignment, at=at)
    plan_contact(assignment)
    log.record("assignment.open", assignment, by=by, at=at, scope=assignment.scope, unit=str(unit), due_on=due_on)
    if proposal is None:
        notices.assigned(assignment, at=at)
        return assignment
    cases.handed_over(assignment, by=by, at=at)
    if role == AssignmentRole.LEAD:  # co-units that are still at work give their opinion to the new lead unit
        joined = Assignment.objects.filter(proposal=proposal, role=AssignmentRole.CO)
        joined.exclude(state=AssignmentState.RETURNED).update(lead=assignment)
    handing_notices.handed(assignment, at=at)
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
    elif outside(due_on):
        missing["due_on"] = outside(due_on)
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
    """Plan the reminders of the present round and due date; earlier ones are called off. Paused, none are planned."""
    clock.cancel(assignment, kind=MILESTONES, reason="期限已变更", at=at)
    if assignment.paused_on:
        return
    clock.plan(
        assignment,
        kind=MILESTONES,
        due_on=assignment.due_on,
        round=assignment.clock,
        scope=assignment.committee_id,
        at=at,
    )


def plan_contact(assignment: Assignment) -> None:
    """Remind of the first talk with who put the matter, on its last day."""
    if assignment.contact_due_on is None or assignment.contacted_at is not None:
        return
    due_at = timezone.make_aware(datetime.datetime.combine(assignment.contact_due_on, clock.TOLD_AT))
    clock.once(
        assignment, kind=CONTACT, code="first", due_at=due_at, scope=assignment.committee_id, round=assignment.clock
    )


@transaction.atomic
def accept(assignment: Assignment, *, leader_name=None, leader_post=None, handler=None, by, at) -> Assignment:
    """签收: the unit takes the matter on, and may put right who leads and who handles it (五定); None keeps what is."""
    rules.require("accept", by, assignment)
    given = {"leader_name": leader_name, "leader_post": leader_post, "handler": handler}
    given = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    changed = {name: value for name, value in given.items() if value is not None and value != getattr(assignment, name)}
    _check_people(assignment, changed)
    said = {name: str(value) for name, value in changed.items()}
    take(assignment, "accept", by=by, at=at, accepted_at=at, data=said, **changed)
    return assignment


def _check_people(assignment, changed):
    wrong = {name: f"请填写{label}。" for name, label in (("leader_name", "分管领导"), ("leader_post", "领导职务"))
             if changed.get(name) == ""}  # fmt: skip
    handler = changed.get("handler")
    if handler and assignment.unit_id not in handler.organisations_with(Permission.MATTER_HANDLE):
        wrong["handler"] = f"{handler}不是{assignment.unit}的承办人，请先授权或另选一人。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)


def return_window(assignment: Assignment):
    """The last day on which a wrong assignment may be given back."""
    days = assignment.committee.parameter("return.workdays")
    return count.add(timezone.localdate(assignment.assigned_at), days)


@transaction.atomic
def return_(assignment: Assignment, *, reason: str, by, at) -> Assignment:
    """退回: a wrong assignment goes back to the desk with the reason, inside its window, never on to another unit."""
    rules.require("return", by, assignment)
    if assignment.proposal_id:
        raise WrongState("提案不能直接退回，请提出退回申请，由交办部门决定。")
    if not reason.strip():
        raise Incomplete("请写明退回的理由。", {"reason": "请写明为什么不属于本单位，建议由谁承办。"})
    if assignment.round > 1:
        raise WrongState("已经答复过的事项不能退回。")
    require_window(assignment, at=at)
    leave(assignment, "return_", reason=reason.strip(), by=by, at=at)
    notices.returned(assignment, at=at)
    return assignment


def require_window(assignment: Assignment, *, at) -> None:
    """WrongState after the last day on which a unit may say that a matter is not its own."""
    last = return_window(assignment)
    if timezone.localdate(at) > last:
        raise WrongState(f"退回须在 {last.month}月{last.day}日 前提出，现已过期；确有困难请与政协办联系。")


def leave(assignment: Assignment, verb: str, *, reason: str, by, at) -> list[Assignment]:
    """The matter leaves the unit by `verb` (return_ or take_away), and with it what was merged into the case: these."""
    _end_pause(assignment, at=at)
    take(assignment, verb, by=by, at=at, returned_at=at, return_reason=reason, paused_on=None, data={"reason": reason})
    clock.cancel(assignment, reason="已退回", at=at)
    if assignment.micro_id:
        take(assignment.micro, "take_back", by=by, at=at)
        facts.given_back(assignment.micro, by=by, at=at)
    if assignment.proposal_id:
        cases.given_back(assignment, by=by, at=at)
    signals.assignment_returned.send(Assignment, assignment=assignment, by=by, at=at)
    merged = assignment.joined.open().exclude(role=AssignmentRole.CO)
    merged = list(merged.select_related("committee", "proposal", "unit").order_by("pk"))
    for joined in merged:
        leave(joined, verb, reason=reason, by=by, at=at)
    return merged


def _end_pause(assignment, *, at):
    Pause.objects.filter(assignment=assignment, until=None).update(until=timezone.localdate(at))


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
        closed_at=None,
        paused_on=None,
        data={"reason": reason},
    )
    _end_pause(assignment, at=at)
    clock.cancel(assignment, reason="重新办理", at=at)
    again = Round.objects.create(
        assignment=assignment, number=number, due_on=due.due_on, opened_at=at, reason=reason[:500]
    )
    if assignment.proposal_id:
        cases.reopened(assignment, by=by, at=at)
    start_clock(assignment, at=at)
    notices.reworked(assignment, reason, at=at)
    return again


def close(assignment: Assignment, *, by, at, **stamps) -> None:
    """办结: the three guarantees are kept; the matter above closes with it."""
    _close_by(assignment, "close", by=by, at=at, **stamps)


def settle(assignment: Assignment, *, words: str, by, at) -> None:
    """面商办结: what was agreed face to face ends the case, though the rating stays as it is."""
    _close_by(assignment, "settle", by=by, at=at, settlement=words)


def _close_by(assignment, verb, *, by, at, **stamps):
    take(assignment, verb, by=by, at=at, closed_at=at, paused_on=None, **stamps)
    _end_pause(assignment, at=at)
    clock.cancel(assignment, reason="已办结", at=at)
    if assignment.micro_id:
        take(assignment.micro, "close", by=by, at=at, closed_at=at)
        reply = assignment.rounds.get(number=assignment.round).reply
        facts.done(assignment.micro, satisfaction=reply.ratings.get(by=assignment.rater_id).satisfaction, by=by, at=at)
        threads.finished(assignment.micro, by=by, at=at)
    if assignment.proposal_id:
        cases.closed(assignment, by=by, at=at)
    signals.assignment_closed.send(Assignment, assignment=assignment, by=by, at=at)
