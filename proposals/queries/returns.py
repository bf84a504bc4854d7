"""What a case page shows of returns, changes of unit, coordinations and pauses, and what one may do there."""

from django.db.models import Prefetch, prefetch_related_objects

from proposals.models import Assignment, ReturnRequest
from proposals.rules import may
from proposals.services.assignments import return_window
from proposals.services.coordination import disputes_of
from proposals.states import AssignmentState, RequestState


def parts_of(assignment: Assignment, user, *, today) -> dict:
    """For the page of a case: returning, pauses, coordinations and change of unit, and which of them this user may."""
    asked_for = ReturnRequest.objects.select_related("asked_by", "decided_by", "suggested")
    prefetch_related_objects([assignment], Prefetch("returnrequests", asked_for))
    requests = list(assignment.returnrequests.all())
    asked = next((row for row in requests if row.state == RequestState.ASKED), None)
    first, is_open = assignment.round == 1, assignment.is_open
    handles = may("ask_return", user, assignment)
    until = return_window(assignment) if handles and first and is_open else None
    returnable = bool(assignment.proposal_id) and not assignment.is_joined
    returnable = returnable and until is not None and today <= until and asked is None
    coordinates = may("coordinate", user, assignment)
    return {
        "return_requests": requests,
        "asked_return": asked,
        "return_last": until,
        "return_days_left": until and (until - today).days,
        "may_ask_return": returnable,
        "may_decide_return": asked is not None and may("decide_return", user, assignment),
        "may_correct": assignment.state == AssignmentState.PENDING and may("accept", user, assignment),
        "may_change_unit": is_open and first and bool(assignment.matter) and may("change_unit", user, assignment),
        "coordinations": list(assignment.coordinations.select_related("by")),
        "may_coordinate": coordinates and bool(disputes_of(assignment)),
        "pauses": list(assignment.pauses.select_related("by")) if assignment.paused_on else [],
        "may_pause": is_open and not assignment.paused_on and may("pause", user, assignment),
        "may_resume": bool(assignment.paused_on) and may("pause", user, assignment),
    }
