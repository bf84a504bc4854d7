"""Who may do what with a micro-proposal that is led, and with what was built or served after one."""

from members.models import BodyKind, Membership
from members.roles import Permission
from proposals.models import MicroLead, MicroProposal, MicroResult
from proposals.rules.matters import can_assign, is_author
from proposals.rules.proposals import SIGNS_FOR_BODY
from proposals.states import AssignmentState, MicroState

LEADS = (
    BodyKind.SPECIAL_COMMITTEE, BodyKind.SECTOR, BodyKind.ACTIVITY_GROUP, BodyKind.DUTY_GROUP, BodyKind.LIAISON_GROUP,
    BodyKind.SERVICE_TEAM, BodyKind.SUPERVISION_TEAM,
)  # fmt: skip
"""The kinds of bodies that may take a micro-proposal on."""
SHOWS_RESULTS = (MicroState.ASSIGNED, MicroState.LED, MicroState.CLOSED)
"""From when on something can have been built or served."""


def speaks_for(user, lead: MicroLead) -> bool:
    """The member who leads, or one who holds a leading post of the body that leads."""
    mine = user.member_ids.get(lead.scope)
    if mine is None or lead.body_id is None:
        return mine is not None and mine == lead.member_id
    seats = Membership.objects.in_force().filter(body=lead.body_id, member=mine, post__in=SIGNS_FOR_BODY)
    return seats.exists()


def can_work(user, lead: MicroLead) -> bool:
    """Who leads, everybody of the leading body, and the desk for them."""
    if can_assign(user, lead.micro):
        return True
    return MicroLead.objects.of(user).filter(pk=lead.pk).exists()


def can_finish(user, lead: MicroLead) -> bool:
    return can_assign(user, lead.micro) or speaks_for(user, lead)


def can_rate(user, lead: MicroLead) -> bool:
    return is_author(user, lead.micro)


def can_take_back(user, lead: MicroLead) -> bool:
    return can_assign(user, lead.micro)


def can_add_result(user, micro: MicroProposal) -> bool:
    """The unit it was handed to, whoever leads it, and the desk; from handling on and after."""
    if micro.state not in SHOWS_RESULTS:
        return False
    if can_assign(user, micro):
        return True
    units = user.organisations_with(Permission.MATTER_HANDLE)
    if units and micro.assignments.exclude(state=AssignmentState.RETURNED).filter(unit__in=units).exists():
        return True
    return MicroLead.objects.of(user).filter(micro=micro).exists()


def can_remove_result(user, result: MicroResult) -> bool:
    return result.by_id == user.pk or can_assign(user, result.micro)


RULES = {
    "lead_micro": can_assign,
    "work_lead": can_work,
    "finish_lead": can_finish,
    "rate_lead": can_rate,
    "take_back_lead": can_take_back,
    "add_result": can_add_result,
    "remove_result": can_remove_result,
}
