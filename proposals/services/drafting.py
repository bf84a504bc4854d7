"""What the drafter does with a proposal: write, submit, take back (domain 1.1)."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from config.refusals import Incomplete, Refusal, WrongState
from config.transitions import take
from members.models import Committee
from proposals import rules, threads
from proposals.models import MicroProposal, Plenary, Proposal, Signature
from proposals.notices import proposals as notices
from proposals.rules import proposals as right
from proposals.services import proposal_facts as facts
from proposals.services import signing
from proposals.services.draft_text import MOST_POINTS, digest_of, missing
from proposals.states import (
    PROPOSAL_MOVES,
    MicroState,
    ProposalState,
    ProposerKind,
    SignatureRole,
    SignatureState,
    Timing,
)
from workstations.models import Word

OF_MEMBERS = (ProposerKind.MEMBER, ProposerKind.JOINT)


# --- writing -----------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_draft(
    key: UUID, *, committee: Committee, by, at, kind=ProposerKind.MEMBER, organisation=None, body=None,
    word: Word | None = None, micro: MicroProposal | None = None, tags=None, **fields,
) -> Proposal:  # fmt: skip
    """Save what was typed under `key`, as often as the page asks; the first save makes the draft and says whose it is.

    `tags` are the fields of life (None: as they are). A draft begun from a word of the public, or from a
    micro-proposal of the drafter's, keeps it.
    """
    if not right.may_put(by, kind=kind, committee=committee, organisation=organisation, body=body):
        raise PermissionDenied("may not put a proposal in this name")
    # Locked: a late autosave must not write the draft back over what was submitted meanwhile.
    proposal, fresh = Proposal.objects.select_for_update().get_or_create(
        key=key,
        defaults={"committee": committee, "drafter": by, "kind": kind, "organisation": organisation, "body": body},
    )
    rules.require("submit_proposal", by, proposal)
    if not fresh and not right.may_still_put(by, proposal):
        raise PermissionDenied("may not speak in this name any more")
    if proposal.state not in PROPOSAL_MOVES["submit"].sources:
        raise WrongState(f"这件提案已经是“{proposal.get_state_display()}”，不能再修改。")
    if fresh:
        _begin(proposal, by=by, at=at, word=word, micro=micro)
    before = digest_of(proposal)
    if "points" in fields:
        fields["points"] = [point.strip() for point in fields["points"] if point.strip()][:MOST_POINTS]
    for name, value in fields.items():
        setattr(proposal, name, value)
    proposal.save()
    if tags is not None:
        proposal.fields.set(tags)
    if not fresh and digest_of(proposal) != before:
        signing.ask_again(proposal, at=at)
    return proposal


def _begin(proposal, *, by, at, word, micro):
    """Where it comes from, and the signature of the one who begins it (the initiator signs first, domain 1.1)."""
    if word and threads.may_take_up(by, word) and word.committee_id == proposal.committee_id:
        proposal.word = word
    if micro and may_escalate(by, micro) and micro.committee_id == proposal.committee_id:
        proposal.micro = micro
    role = _own_role(proposal, by)
    if role:
        Signature.objects.create(
            proposal=proposal, member_id=by.member_ids[proposal.committee_id], role=role,
            state=SignatureState.SIGNED, answered_at=at,
        )  # fmt: skip


def _own_role(proposal, by):
    """As what the drafter stands under it: first signer, the body's own signer, writer; a mere speaker not at all."""
    if proposal.kind in OF_MEMBERS:
        return SignatureRole.FIRST
    if proposal.committee_id not in by.member_ids:
        return None
    if proposal.body_id and right.signs_for(by, proposal.body):
        return SignatureRole.CONVENER
    return SignatureRole.WRITER


def may_escalate(user, micro: MicroProposal) -> bool:
    """One's own micro-proposal that was handed in may become a proposal (domain 2.1)."""
    unsent = (MicroState.DRAFT, MicroState.WITHDRAWN)
    return micro.state not in unsent and user.member_ids.get(micro.committee_id) == micro.author_id


# --- submitting --------------------------------------------------------------------------------------------------


def unsigned(proposal: Proposal) -> str:
    """Why the body's own signature is still wanted; empty when it stands, or none is needed."""
    if proposal.kind not in right.BODIES:
        return ""
    if proposal.signatures.signed().filter(role=SignatureRole.CONVENER).exists():
        return ""
    return f"以“{proposal.body}”名义提出，须由负责人签名后才能提交，请先请负责人签名。"


def plenary_for(proposal: Proposal, at) -> Plenary:
    """The session whose number it will bear; Refusal says who can help where none collects."""
    found = Plenary.objects.collecting(proposal.committee, timezone.localdate(at))
    if found is None:
        raise Refusal(
            "本会还没有登记正在征集提案的全体会议，暂时不能提交，草稿都在。请联系提案委工作人员登记会期后再提交。"
        )
    return found


@transaction.atomic
def submit(proposal: Proposal, *, by, at) -> Proposal:
    """提交, or once more after 退回补充: complete, signed, under its session; who did not sign is left out and told."""
    rules.require("submit_proposal", by, proposal)
    current = signing.held(proposal)
    if current.state in PROPOSAL_MOVES["submit"].sources:
        _require_ready(current, by)
    stamps = {"kind": _kind(current)}
    if current.submitted_at is None:
        plenary = plenary_for(current, at)
        timing = Timing.PLENARY if at <= plenary.collects_until else Timing.INTERIM
        stamps |= {"plenary": plenary, "timing": timing, "submitted_at": at}
    take(proposal, "submit", by=by, at=at, **stamps)
    signing.lapse(proposal, at=at)
    facts.submitted(proposal, by=by, at=at)
    notices.submitted(proposal, at=at)
    return proposal


def _require_ready(proposal, by):
    lacks = missing(proposal)
    if lacks:
        raise Incomplete("还有几项没有填好：" + "".join(lacks.values()), lacks)
    if not right.may_still_put(by, proposal):
        who = proposal.organisation or proposal.body or "委员"
        raise Refusal(f"您现在不能以“{who}”名义提交提案。如有疑问，请联系政协办核对任职和授权。")
    if lack := unsigned(proposal):
        raise Refusal(lack)


def _kind(proposal):
    """Of one member or of several, by who has signed."""
    if proposal.kind not in OF_MEMBERS:
        return proposal.kind
    joined = proposal.signatures.signed().filter(role=SignatureRole.JOINT).exists()
    return ProposerKind.JOINT if joined else ProposerKind.MEMBER


@transaction.atomic
def withdraw(proposal: Proposal, *, by, at) -> Proposal:
    """撤回 before it is filed; of a draft this is to give it up."""
    rules.require("submit_proposal", by, proposal)
    before = proposal.state
    take(proposal, "withdraw", by=by, at=at)
    signing.drop(proposal, at=at)
    if proposal.submitted_at:
        facts.withdrawn(proposal, by=by, at=at)
    if before == ProposalState.SUBMITTED:
        notices.withdrawn(proposal, at=at)
    return proposal
