"""Units with somebody in them, meetings with their lines."""

import datetime

from members.roles import Role
from proposals.models import HandingMeeting
from proposals.services import handing as services
from proposals.states import AssignmentRole, ProposalState
from tests.factories import formal
from tests.factories import members as make
from tests.factories.proposals import AT

DUE, OPINION_DUE = datetime.date(2027, 2, 20), datetime.date(2026, 12, 20)


def unit(cast, name="县交通局", *, handler=True, **fields):
    """A handling unit of the county, by default with one who handles."""
    given = {"leader_name": "何伟", "leader_post": "副局长", **fields}
    made = make.organisation(cast.committee, name, **given)
    made.handler = None
    if handler:
        made.handler = make.user(f"h{made.pk}", f"{name}承办人")
        make.grant(made.handler, Role.UNIT_HANDLER, made)
    return made


def meeting(cast, *, name="十届五次会议交办会", at=AT, **fields):
    given = {"held_on": datetime.date(2026, 11, 20), "due_on": DUE, "opinion_due_on": OPINION_DUE, **fields}
    return services.keep_meeting(HandingMeeting(committee=cast.committee, name=name, **given), by=cast.li, at=at)


def line(cast, held, proposal=None, *, to=None, role=AssignmentRole.LEAD, at=AT):
    proposal = proposal or formal.proposal(cast, ProposalState.FILED)
    return services.plan_line(held, proposal, unit=to or cast.unit, role=role, by=cast.li, at=at)


def merged(cast, lead, *, title="关于加密农村班车的提案"):
    """A proposal that was merged into `lead`."""
    made = formal.proposal(cast, ProposalState.FILED, title=title)
    type(made).objects.filter(pk=made.pk).update(state=ProposalState.MERGED, lead=lead)
    made.refresh_from_db()
    return made
