"""Who may do what with proposals, from the draft to the reply, and with what the office does to them."""

from members.models import BodyKind, Membership, OrganisationKind, Post
from members.roles import Permission
from proposals.models import Proposal
from proposals.states import (
    FILED,
    PROPOSAL_MOVES,
    ProposalState,
    ProposerKind,
    SignatureRole,
    SignatureState,
)

BODIES = {
    ProposerKind.SPECIAL: (BodyKind.SPECIAL_COMMITTEE,),
    ProposerKind.SECTOR: (BodyKind.SECTOR,),
    ProposerKind.GROUP: (BodyKind.ACTIVITY_GROUP, BodyKind.DUTY_GROUP, BodyKind.LIAISON_GROUP),
}
"""The kinds of bodies in whose name a proposal may be put."""
ORGANISATIONS = {
    ProposerKind.PARTY: OrganisationKind.PARTY_GROUP,
    ProposerKind.MASS: OrganisationKind.MASS_ORGANISATION,
}
"""The kinds of organisations in whose name a proposal may be put."""
UNFILED = (ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.RETURNED)
"""While a signature may still come or go."""
SIGNS_FOR_BODY = (Post.DIRECTOR, Post.DEPUTY, Post.LEADER, Post.VICE_LEADER, Post.CONVENER)
"""Whose signature stands for a body (domain 1.1)."""


def is_drafter(user, proposal):
    return proposal.drafter_id == user.pk


def can_edit(user, proposal):
    return is_drafter(user, proposal) and proposal.state in PROPOSAL_MOVES["submit"].sources


def can_withdraw(user, proposal):
    return is_drafter(user, proposal) and proposal.state in PROPOSAL_MOVES["withdraw"].sources


def can_sign(user, proposal):
    """Somebody who was asked to sign and has not answered."""
    mine = user.member_ids.get(proposal.committee_id)
    if mine is None or proposal.state not in PROPOSAL_MOVES["submit"].sources:
        return False
    return proposal.signatures.filter(member=mine, state=SignatureState.ASKED).exists()


def can_review(user, proposal):
    return proposal.committee_id in user.committees_with(Permission.PROPOSAL_REVIEW)


def can_disclose(user, proposal):
    return can_review(user, proposal) and proposal.state in FILED


def can_follow(user, proposal):
    return Proposal.objects.followed_by(user).filter(pk=proposal.pk).exists()


def signs_for(user, body) -> bool:
    """Whether `user` holds one of the posts that sign for `body`, today."""
    mine = user.member_ids.get(body.committee_id)
    seats = Membership.objects.in_force().filter(body=body, post__in=SIGNS_FOR_BODY)
    return mine is not None and seats.filter(member=mine).exists()


def sits_in(user, body) -> bool:
    """Whether `user` has a seat in `body` today, or belongs to it as to a sector."""
    mine = user.member_ids.get(body.committee_id)
    if mine is None:
        return False
    seats = Membership.objects.in_force().filter(body=body, member=mine)
    return seats.exists() or body.sector_members.filter(pk=mine).exists()


def may_put(user, *, kind, committee, organisation=None, body=None) -> bool:
    """Whether `user` may draft a proposal of this kind: as a member, out of a body, or for an organisation."""
    if kind in ORGANISATIONS:
        fits = organisation is not None and organisation.kind == ORGANISATIONS[kind] and organisation.is_active
        spoken_for = user.organisations_with(Permission.PROPOSAL_SPEAK)
        return fits and body is None and organisation.committee_id == committee.pk and organisation.pk in spoken_for
    if committee.pk not in user.member_ids or organisation is not None:
        return False
    if kind in BODIES:
        fits = body is not None and body.kind in BODIES[kind] and body.is_active and body.committee_id == committee.pk
        return fits and sits_in(user, body)
    return body is None and kind in (ProposerKind.MEMBER, ProposerKind.JOINT)


def may_still_put(user, proposal) -> bool:
    return may_put(
        user, kind=proposal.kind, committee=proposal.committee, organisation=proposal.organisation, body=proposal.body
    )


def is_asked(user, proposal) -> bool:
    """Whether somebody once wanted this person's signature under it, whatever was answered since."""
    mine = user.member_ids.get(proposal.committee_id)
    return mine is not None and proposal.signatures.filter(member=mine).exclude(role=SignatureRole.FIRST).exists()


def can_take_off(user, signature) -> bool:
    """A signature may go before filing, by the drafter's hand or by one's own; the first one stays."""
    if signature.role == SignatureRole.FIRST:
        return False
    own = signature.member_id is not None and signature.member_id in user.member_ids.values()
    return own or is_drafter(user, signature.proposal)


def can_take_off_now(user, signature) -> bool:
    return signature.proposal.state in UNFILED and can_take_off(user, signature)


RULES = {
    "answer_signature": is_asked,
    "take_off_signature": can_take_off,
    "edit_proposal": can_edit,
    "submit_proposal": is_drafter,
    "withdraw_proposal": can_withdraw,
    "sign_proposal": can_sign,
    "review_proposal": can_review,
    "disclose_proposal": can_disclose,
    "follow_proposal": can_follow,
    "assign_proposal": lambda user, proposal: proposal.committee_id in user.committees_with(Permission.MATTER_ASSIGN),
}
