"""How a proposal follows its assignments: handed over, given back, answered, closed, handled again.

Called by the services of assignments and replies, inside their transaction; nothing else moves a proposal after 立案.
"""

from django.db.models import Q

from config.transitions import take
from proposals.models import Assignment, Proposal, Rating, Reply
from proposals.states import AssignmentRole, AssignmentState, ProposalState, SignatureRole


def raters_of(proposal: Proposal) -> list:
    """The users who rate a reply: every signer with an account, first signer first; of an organisation its speaker."""
    signers = proposal.signatures.signed().exclude(role=SignatureRole.WRITER).select_related("member__user")
    found = [row.member.user for row in signers if row.member_id and row.member.user_id]
    return found or ([proposal.drafter] if proposal.drafter_id else [])


def handed_over(assignment: Assignment, *, by, at) -> None:
    """交办: the first unit that replies moves the proposal on; the lead unit stands beside it from now on.

    A co-unit alone moves nothing: changed while the lead unit's case is back at the desk, it waits for the next lead.
    """
    proposal = assignment.proposal
    if assignment.role != AssignmentRole.CO and proposal.state == ProposalState.FILED:
        take(proposal, "assign", by=by, at=at, data={"unit": str(assignment.unit)})
    if assignment.role != AssignmentRole.CO and proposal.unit_id is None:
        _repeat(proposal, at=at, unit=assignment.unit)


def given_back(assignment: Assignment, *, by, at) -> None:
    """退回 or 改办: without any unit left it waits for the desk again."""
    proposal = assignment.proposal
    left = proposal.assignments.exclude(state=AssignmentState.RETURNED).exclude(role=AssignmentRole.CO).order_by("pk")
    first = left.select_related("unit").first()
    _repeat(proposal, at=at, unit=first.unit if first else None)
    if first is None and proposal.state == ProposalState.ASSIGNED:
        take(proposal, "take_back", by=by, at=at)


def replied(assignment: Assignment, reply: Reply, *, at) -> None:
    """答复: its grade and how far it may be published now stand with the proposal (domain 1.8)."""
    if assignment.proposal.unit_id == assignment.unit_id:
        _repeat(
            assignment.proposal, at=at, grade=reply.grade, publication=reply.publication,
            private_reason=reply.private_reason,
        )  # fmt: skip


def rated(assignment: Assignment, rating: Rating, *, at) -> None:
    """评价: what the first signer says of the lead unit's reply is what lists show."""
    if rating.by_id == assignment.rater_id and assignment.proposal.unit_id == assignment.unit_id:
        _repeat(assignment.proposal, at=at, satisfaction=rating.satisfaction)


def closed(assignment: Assignment, *, by, at) -> None:
    """办结: when every unit that replies has closed its case."""
    open_ones = assignment.proposal.assignments.exclude(
        Q(state__in=[AssignmentState.CLOSED, AssignmentState.RETURNED]) | Q(role=AssignmentRole.CO)
    )
    if not open_ones.exists():
        take(assignment.proposal, "close", by=by, at=at, closed_at=at)


def reopened(assignment: Assignment, *, by, at) -> None:
    """重新办理 of a case that was closed (回头看)."""
    if assignment.proposal.state == ProposalState.CLOSED:
        take(assignment.proposal, "reopen", by=by, at=at, closed_at=None)


def _repeat(proposal, *, at, **fields):
    Proposal.objects.filter(pk=proposal.pk).update(updated_at=at, **fields)
    for name, value in fields.items():
        setattr(proposal, name, value)
