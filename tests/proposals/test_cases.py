"""How a proposal follows its assignments: handed over, given back, answered, closed, handled again."""

from members.roles import Role
from proposals import services
from proposals.models import Assignment, Proposal
from proposals.services import handing as handing_services
from proposals.services.assignments import reopen
from proposals.states import AssignmentState, ProposalState
from tests.factories import formal, handing, members
from tests.factories import proposals as matters


def test_a_proposal_follows_its_only_assignment(cast):
    made = formal.proposal(cast, ProposalState.FILED)
    assert made.serial == "十届五次会议第1号"
    given = formal.handed(cast, made)
    assert Proposal.objects.get(pk=made.pk).state == ProposalState.ASSIGNED
    assert Proposal.objects.get(pk=made.pk).unit == cast.unit
    matters.to_state(cast, given, AssignmentState.RETURNED)
    made.refresh_from_db()
    assert (made.state, made.unit) == (ProposalState.FILED, None)


def test_a_merged_proposal_closes_with_its_own_answered_case(cast):
    lead = formal.proposal(cast, ProposalState.FILED)
    merged = handing.merged(cast, lead)
    given = handing_services.hand_one(lead, role="lead", by=cast.li, at=matters.AT, **matters.five(cast))
    own = Assignment.objects.get(proposal=merged)
    assert (own.lead, own.unit) == (given, cast.unit)
    matters.to_state(cast, own, AssignmentState.CLOSED)
    merged.refresh_from_db()
    lead.refresh_from_db()
    assert (merged.state, merged.closed_at, merged.lead) == (ProposalState.CLOSED, matters.AT, lead)
    assert (lead.state, lead.closed_at) == (ProposalState.ASSIGNED, None)
    matters.to_state(cast, given, AssignmentState.CLOSED)
    lead.refresh_from_db()
    assert lead.state == ProposalState.CLOSED


def test_a_merged_one_that_is_answered_again_comes_back_and_closes_again(cast):
    lead = formal.proposal(cast, ProposalState.FILED)
    merged = handing.merged(cast, lead)
    handing_services.hand_one(lead, role="lead", by=cast.li, at=matters.AT, **matters.five(cast))
    own = matters.to_state(cast, Assignment.objects.get(proposal=merged), AssignmentState.CLOSED)
    reopen(own, reason="回头看：没有落实", by=cast.sun, at=matters.AT)
    merged.refresh_from_db()
    assert (merged.state, merged.closed_at) == (ProposalState.ASSIGNED, None)
    own.refresh_from_db()
    services.send(matters.reply(cast, own), by=cast.chen, at=matters.AT)
    services.rate(own, satisfaction="satisfied", attitude="satisfied", by=cast.wang, at=matters.AT)
    merged.refresh_from_db()
    assert merged.state == ProposalState.CLOSED


def test_of_separate_units_the_last_one_closes_the_proposal(cast):
    made = formal.proposal(cast, ProposalState.FILED)
    other = handing.unit(cast, handler=False)
    members.grant(cast.zhang, Role.UNIT_HANDLER, other)
    members.grant(cast.chen, Role.UNIT_LEADER, other)
    first, second = (
        handing_services.hand_one(made, role="separate", by=cast.li, at=matters.AT, **matters.five(cast, unit=unit))
        for unit in (cast.unit, other)
    )
    matters.to_state(cast, first, AssignmentState.CLOSED)
    made.refresh_from_db()
    assert made.state == ProposalState.ASSIGNED
    matters.to_state(cast, second, AssignmentState.CLOSED)
    made.refresh_from_db()
    assert made.state == ProposalState.CLOSED
