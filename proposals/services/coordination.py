"""协调会（面商会）: what was decided where units, or a unit and the signers, could not agree by themselves."""

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.saving import DOUBLED, save
from proposals import rules
from proposals.models import Assignment, Coordination, Dispute
from proposals.notices import handing as notices
from proposals.services.assignments import reopen, settle
from proposals.services.information_days import outside
from proposals.states import AssignmentState

REWORK, SETTLE = "rework", "settle"
OUTCOMES = [(REWORK, "重新办理"), (SETTLE, "面商一致，办结")]
"""What a talk about a rating can come to."""


def disputes_of(assignment: Assignment) -> list[Dispute]:
    """What there may be a coordination about, as the case stands."""
    if assignment.state == AssignmentState.MEETING:
        return [Dispute.RATING]
    if not assignment.is_open:
        return []
    found = []
    if assignment.returnrequests.exists():
        found.append(Dispute.RETURN)
    if assignment.is_co or any(one.is_co and one.state != AssignmentState.RETURNED for one in assignment.joined.all()):
        found.append(Dispute.OPINION)
    return found


@transaction.atomic
def hold(
    assignment: Assignment, *, about, held_on, chaired_by, attended, decision, place="", outcome="", by, at
) -> Coordination:
    """登记协调会; one about a rating decides at once whether the case is handled again or ends.

    Who handles it is changed by 改办 afterwards, where that was decided.
    """
    rules.require("coordinate", by, assignment)
    said = {"chaired_by": chaired_by.strip(), "attended": attended.strip(), "decision": decision.strip()}
    asked = {"chaired_by": "请填写主持人。", "attended": "请填写参加人员。", "decision": "请写明议定了什么。"}
    wrong = {name: words for name, words in asked.items() if not said[name]}
    if held_on is None or held_on > timezone.localdate(at) or outside(held_on):
        wrong["held_on"] = "请填写已经开过的会的日期。"
    if about == Dispute.RATING and outcome not in dict(OUTCOMES):
        wrong["outcome"] = "请选择面商的结果：重新办理，或者办结。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    locked = Assignment.objects.select_for_update().filter(pk=assignment.pk)
    if locked.values_list("state", flat=True).get() != assignment.state or about not in disputes_of(assignment):
        assignment.refresh_from_db()
        label = Dispute(about).label if about in Dispute.values else "这件事"
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不需要就“{label}”开协调会。")
    if assignment.coordinations.filter(about=about, held_on=held_on, decision=said["decision"]).exists():
        raise WrongState(DOUBLED)
    meeting = Coordination(
        assignment=assignment, about=about, held_on=held_on, place=place.strip(), by=by, at=at, **said
    )
    save(meeting)
    log.record("coordination.hold", meeting, by=by, at=at, scope=meeting.scope, outcome=outcome, **said)
    notices.coordinated(meeting, at=at)
    if about == Dispute.RATING:
        if outcome == REWORK:
            reopen(assignment, reason=f"面商后重新办理：{said['decision']}", by=by, at=at)
        else:
            settle(assignment, words=said["decision"], by=by, at=at)
        notices.settled(meeting, again=outcome == REWORK, at=at)
    return meeting
