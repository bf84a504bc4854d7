"""退回与改办: a unit asks the desk to take a proposal back, inside the window; only the desk names another unit."""

from django.db import IntegrityError, transaction

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.transitions import take
from proposals import rules
from proposals.models import Assignment, Extension, ReturnRequest
from proposals.notices import handing as notices
from proposals.services.assignments import leave, open_assignment, require_window
from proposals.services.cases import raters_of
from proposals.states import AssignmentRole, RequestState

PARAMETERS = {AssignmentRole.CO: "opinion.months"}
"""By which limit a unit has its part of a proposal; any other part by the time for a reply."""


@transaction.atomic
def ask_return(assignment: Assignment, *, reason: str, suggested=None, by, at) -> ReturnRequest:
    """申请退回 a proposal: one request at a time, inside the window, before the first reply; it stays until granted."""
    rules.require("ask_return", by, assignment)
    if not assignment.proposal_id:
        raise WrongState("只有提案需要申请退回，其他事项请直接退回。")
    if assignment.is_joined:  # given back alone it would be with nobody, and in no list
        raise WrongState("并案的提案随主案一起退回，请对主案提出申请；认为不该并案的，请与提案委联系撤销并案。")
    wrong = {}
    if not reason.strip():
        wrong["reason"] = "请写明为什么不属于本单位职责。"
    if suggested is not None and suggested.committee_id != assignment.committee_id:
        wrong["suggested"] = "请选择本会的单位。"
    elif suggested is not None and suggested.pk == assignment.unit_id:
        wrong["suggested"] = "这就是本单位，请另选一个，或者不选。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    if not assignment.is_open:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能申请退回。")
    if assignment.round > 1:
        raise WrongState("已经答复过的事项不能退回。")
    require_window(assignment, at=at)
    try:
        with transaction.atomic():
            asked = ReturnRequest.objects.create(
                assignment=assignment, reason=reason.strip(), suggested=suggested, asked_by=by, asked_at=at
            )
    except IntegrityError:
        raise WrongState("已有一份退回申请等待审批。") from None
    log.record("returnrequest.ask", asked, by=by, at=at, scope=asked.scope, reason=reason.strip())
    notices.return_asked(asked, at=at)
    return asked


@transaction.atomic
def grant_return(asked: ReturnRequest, *, words: str = "", by, at) -> ReturnRequest:
    """同意退回: the proposal waits for the desk again."""
    assignment = asked.assignment
    rules.require("decide_return", by, assignment)
    take(asked, "grant", by=by, at=at, decided_by=by, decided_at=at, words=words.strip())
    _drop_extension(assignment, by=by, at=at)
    leave(assignment, "return_", reason=asked.reason, by=by, at=at)
    notices.return_decided(asked, at=at)
    return asked


@transaction.atomic
def refuse_return(asked: ReturnRequest, *, words: str, by, at) -> ReturnRequest:
    """不同意退回, with words: the unit goes on, or there is a coordination."""
    rules.require("decide_return", by, asked.assignment)
    if not words.strip():
        raise Incomplete("请写明不同意的理由。", {"words": "请写明理由，承办单位会看到。"})
    take(asked, "refuse", by=by, at=at, decided_by=by, decided_at=at, words=words.strip())
    notices.return_decided(asked, at=at)
    return asked


@transaction.atomic
def change_unit(
    assignment: Assignment, *, unit, leader_name, leader_post, handler, due_on, duty, quality, reason, by, at
) -> Assignment:
    """改办: the desk takes the matter from one unit and gives it to another in the same part; the clock starts anew.

    A request to return that is open is granted by this. Proposals merged into the case go with it.
    """
    rules.require("change_unit", by, assignment)
    reason = reason.strip()
    wrong = {}
    if not reason:
        wrong["reason"] = "请写明改办的理由，两个单位都会看到。"
    if unit is not None and unit.pk == assignment.unit_id:
        wrong["unit"] = "改办要换一个单位。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    if assignment.matter is None:
        raise WrongState("协商成果的交办件请退回后，在原来的协商活动里重新交办。")
    if assignment.round > 1:
        raise WrongState("已经答复过的事项不能改办。")
    for asked in assignment.returnrequests.filter(state=RequestState.ASKED):
        take(asked, "grant", by=by, at=at, decided_by=by, decided_at=at, words=f"改由{unit}办理")
    _drop_extension(assignment, by=by, at=at)
    merged = leave(assignment, "take_away", reason=reason, by=by, at=at)
    notices.taken_away(assignment, to=unit, reason=reason, at=at)
    fixings = {
        "unit": unit, "leader_name": leader_name, "leader_post": leader_post, "handler": handler, "due_on": due_on,
        "duty": duty, "quality": quality, "by": by, "at": at,
    }  # fmt: skip
    fresh = _again(assignment, lead=assignment.lead, **fixings)
    for joined in merged:
        _again(joined, lead=fresh, **fixings)
    return fresh


def _again(old, *, lead, **fixings):
    parameter = PARAMETERS.get(old.role, "proposal.months") if old.proposal_id else "handling.workdays"
    raters = raters_of(old.proposal) if old.proposal_id and not old.is_co else []
    return open_assignment(
        committee=old.committee, micro=old.micro, proposal=old.proposal, role=old.role, lead=lead, title=old.title,
        text=old.text, rater=raters[0] if raters else old.rater, co_raters=raters[1:], parameter=parameter,
        because=f"由{old.unit}改办，重新计时", **fixings,
    )  # fmt: skip


def _drop_extension(assignment, *, by, at):
    """More time is not needed any more."""
    for extension in Extension.objects.filter(assignment=assignment, state=RequestState.ASKED):
        take(extension, "refuse", by=by, at=at, decided_by=by, decided_at=at, words="已退回改办，不再审批。")
