"""Who may hand proposals over, ask to give one back, change the unit, record a coordination, stop the clock."""

from members.roles import Permission
from proposals.rules.matters import can_assign, can_handle, can_supervise


def can_coordinate(user, assignment):
    return can_assign(user, assignment) or can_supervise(user, assignment)


RULES: dict = {
    "plan_handing": lambda user, meeting: meeting.committee_id in user.committees_with(Permission.MATTER_ASSIGN),
    "ask_return": can_handle,
    "decide_return": can_assign,
    "change_unit": can_assign,
    "coordinate": can_coordinate,
    "pause": can_supervise,
}
