"""签名: who is asked to stand under a proposal, and what they answer by their own login (domain 1.1)."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from config.audit import log
from config.refusals import Incomplete, Refusal, WrongState
from members.models import Member, Membership
from proposals import rules
from proposals.models import Proposal, Signature
from proposals.notices import proposals as notices
from proposals.rules import proposals as right
from proposals.services import proposal_facts as facts
from proposals.services.draft_text import digest_of, missing
from proposals.states import PROPOSAL_MOVES, ProposalState, ProposerKind, SignatureRole, SignatureState

MOST_WRITERS = 3
R, S = SignatureRole, SignatureState
LIVE = (S.ASKED, S.SIGNED)


def held(proposal: Proposal) -> Proposal:
    """The row as it stands now, held to the end of the transaction: signing and submitting wait for each other."""
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("committee", "body", "organisation")
    return rows.get(pk=proposal.pk)


def _require_open(proposal):
    if proposal.state not in PROPOSAL_MOVES["submit"].sources:
        raise WrongState(f"这件提案已经是“{proposal.get_state_display()}”，署名不能再改。")


# --- asking ------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(proposal: Proposal, members: Iterable[Member], *, by, at) -> list[Signature]:
    """Ask members to sign: as co-signers, or as main writers of a body's or an organisation's proposal.

    Who signed or was asked already stays as is; who said no is not asked again. Returns the fresh invitations.
    """
    rules.require("submit_proposal", by, proposal)
    proposal = held(proposal)
    _require_open(proposal)
    if not proposal.title.strip():
        raise Refusal("请先写好案由再请人签名，对方才知道是什么事。")
    role = R.WRITER if proposal.is_collective else R.JOINT
    standing = {row.member_id: row for row in proposal.signatures.select_related("member__user")}
    members = list(dict.fromkeys(members))
    _require_askable(proposal, members, standing)
    fresh = [member for member in members if member.pk not in standing or standing[member.pk].state == S.LAPSED]
    _require_room(proposal, role, standing.values(), fresh)
    last = max((row.position for row in standing.values()), default=0)
    asked = []
    for place, member in enumerate(fresh, start=last + 1):
        row = standing.get(member.pk) or Signature(proposal=proposal, member=member)
        row.role, row.state, row.position, row.asked_at, row.answered_at = role, S.ASKED, place, at, None
        row.proposal = proposal
        row.save()
        asked.append(row)
    _told(proposal, asked, by=by, at=at)
    return asked


def _require_askable(proposal, members, standing):
    wrong = []
    for member in members:
        row = standing.get(member.pk)
        if member.committee_id != proposal.committee_id or not member.is_in_force:
            wrong.append(f"{member}不是本会在任委员。")
        elif row and row.state == S.DECLINED:
            wrong.append(f"{member}已表示不同意署名，不再邀请。")
        elif row and row.role in (R.FIRST, R.CONVENER):
            wrong.append(f"{member}已经是{row.get_role_display()}，不用再请。")
    if wrong:
        raise Incomplete("".join(wrong), {"members": "".join(wrong)})


def _require_room(proposal, role, standing, fresh):
    most = MOST_WRITERS if role == R.WRITER else proposal.committee.parameter("proposal.most_signers")
    there = sum(row.role == role and row.state in LIVE for row in standing)
    if there + len(fresh) > most:
        noun = "主要撰稿人" if role == R.WRITER else "联名委员"
        words = f"{noun}最多 {most} 人，已有 {there} 人，还可以再请 {max(0, most - there)} 人。"
        raise Incomplete(words, {"members": words})


def body_signers(proposal: Proposal) -> list[Member]:
    """The members who may sign for the body today, the highest post first."""
    seats = Membership.objects.in_force().filter(body=proposal.body_id, post__in=right.SIGNS_FOR_BODY)
    seats = seats.filter(member__in=Member.objects.in_force(), member__user__is_active=True)
    return list(dict.fromkeys(seat.member for seat in seats.select_related("member__user").by_rank()))


@transaction.atomic
def ask_conveners(proposal: Proposal, *, by, at) -> list[Signature]:
    """请负责人签名: everybody who may sign for the body is asked; the first signature is enough."""
    rules.require("submit_proposal", by, proposal)
    proposal = held(proposal)
    _require_open(proposal)
    if proposal.kind not in right.BODIES:
        raise Refusal("这件提案不用负责人签名。")
    if lacks := missing(proposal):
        raise Incomplete("请先把提案写完整，再请负责人签名：" + "".join(lacks.values()), lacks)
    signers = body_signers(proposal)
    if not signers:
        raise Refusal(f"“{proposal.body}”还没有登记负责人，没有人可以签名。请联系政协办登记任职后再请。")
    standing = {row.member_id: row for row in proposal.signatures.filter(member__in=signers)}
    if any(row.role == R.CONVENER and row.state in LIVE for row in standing.values()):
        raise WrongState("已经请过负责人签名，请等对方确认。")
    asked = []
    for member in signers:
        row = standing.get(member.pk) or Signature(proposal=proposal, member=member)
        row.proposal, row.role, row.state, row.asked_at, row.answered_at = proposal, R.CONVENER, S.ASKED, at, None
        row.save()
        asked.append(row)
    _told(proposal, asked, by=by, at=at)
    return asked


def _told(proposal, asked, *, by, at):
    if asked:
        names = "、".join(str(row.member) for row in asked)
        log.record("proposal.invite", proposal, by=by, at=at, scope=proposal.scope, whom=names)
    for row in asked:
        notices.asked(row, at=at)


# --- answering ---------------------------------------------------------------------------------------------------


@transaction.atomic
def sign(proposal: Proposal, *, seen: str, by, at) -> Signature:
    """签名 by one's own login; `seen` is the digest of the text that was read."""
    proposal, row = _asked(proposal, by)
    if seen != digest_of(proposal):
        raise WrongState("内容刚刚改过，请再看一遍，再确认签名。")
    _answer(proposal, row, S.SIGNED, at=at)
    if row.role == R.CONVENER:  # one signature is the body's
        others = proposal.signatures.filter(role=R.CONVENER, state=S.ASKED)
        others.update(state=S.LAPSED, answered_at=at)
    elif row.role == R.JOINT and proposal.kind == ProposerKind.MEMBER:
        Proposal.objects.filter(pk=proposal.pk).update(kind=ProposerKind.JOINT, updated_at=at)
    log.record("proposal.sign", proposal, by=by, at=at, scope=proposal.scope, role=row.get_role_display())
    notices.answered(row, "", at=at)
    return row


@transaction.atomic
def decline(proposal: Proposal, *, words: str = "", by, at) -> Signature:
    """不同意署名, with a word to the drafter if one likes."""
    proposal, row = _asked(proposal, by)
    _answer(proposal, row, S.DECLINED, at=at)
    log.record("proposal.decline_signature", proposal, by=by, at=at, scope=proposal.scope, role=row.get_role_display())
    notices.answered(row, words.strip(), at=at)
    return row


def _asked(proposal, by):
    """The proposal and the invitation of `by`; refused in words where it was answered or nobody asks any more."""
    rules.require("answer_signature", by, proposal)
    proposal = held(proposal)
    mine = by.member_ids.get(proposal.committee_id)
    row = proposal.signatures.select_related("member__user").filter(member=mine).first()
    if row is None:
        raise PermissionDenied("nobody asked for this signature")
    row.proposal = proposal
    if row.state == S.ASKED:
        _require_open(proposal)
        return proposal, row
    raise WrongState(f"您的署名是“{row.get_state_display()}”，现在不用再答复。")


def _answer(proposal, row, state, *, at):
    waiting = Signature.objects.filter(pk=row.pk, state=S.ASKED)
    if not waiting.update(state=state, answered_at=at):
        raise WrongState("您已经答复过了，请刷新后再看。")
    row.state, row.answered_at = state, at


# --- leaving -----------------------------------------------------------------------------------------------------


@transaction.atomic
def take_off(signature: Signature, *, by, at) -> None:
    """撤下署名 before filing, by the drafter or by oneself; a filed proposal keeps its names."""
    rules.require("take_off_signature", by, signature)
    proposal = held(signature.proposal)
    if proposal.state not in right.UNFILED:
        raise WrongState(
            f"这件提案已经是“{proposal.get_state_display()}”，署名不能再改。确有必要的，请联系提案委工作人员。"
        )
    row = proposal.signatures.select_related("member__user").filter(pk=signature.pk).first()
    if row is None:
        raise WrongState("这个署名已经撤下。")
    is_submitted = proposal.state == ProposalState.SUBMITTED
    if is_submitted and row.role == R.CONVENER and row.state == S.SIGNED:
        raise Refusal("这是机构负责人的签名，提交以后撤下就不成立了。不想提了，请撤回这件提案。")
    row.proposal = proposal
    notices.taken_off(row, by=by, at=at)
    member = row.member_id
    row.delete()
    log.record("proposal.take_off_signature", proposal, by=by, at=at, scope=proposal.scope, whom=str(signature))
    joined = proposal.signatures.filter(role=R.JOINT, state__in=[S.SIGNED] if is_submitted else LIVE)
    if proposal.kind == ProposerKind.JOINT and not joined.exists():
        Proposal.objects.filter(pk=proposal.pk).update(kind=ProposerKind.MEMBER, updated_at=at)
    if is_submitted:
        facts.left(proposal, member, by=by, at=at)


# --- with the text and the proposal's own course -------------------------------------------------------------------


def ask_again(proposal: Proposal, *, at) -> None:
    """The text changed: who signed it has to look again, and is told; the drafter's own signature stands."""
    signed = proposal.signatures.signed().exclude(member__user=proposal.drafter).select_related("member__user")
    for row in signed.exclude(member=None):
        row.state, row.asked_at, row.answered_at, row.proposal = S.ASKED, at, None, proposal
        row.save(update_fields=["state", "asked_at", "answered_at"])
        notices.changed(row, at=at)


def lapse(proposal: Proposal, *, at) -> None:
    """Submitted: invitations without an answer are left out, and told."""
    for row in proposal.signatures.filter(state=S.ASKED).select_related("member__user"):
        row.state, row.answered_at, row.proposal = S.LAPSED, at, proposal
        row.save(update_fields=["state", "answered_at"])
        notices.lapsed(row, at=at)


def drop(proposal: Proposal, *, at) -> None:
    """Withdrawn: who signed or was asked is told; nobody waits any more."""
    others = proposal.signatures.filter(state__in=LIVE).exclude(member__user=proposal.drafter)
    for row in others.select_related("member__user"):
        row.proposal = proposal
        notices.dropped(row, at=at)
        if row.state == S.ASKED:
            row.state, row.answered_at = S.LAPSED, at
            row.save(update_fields=["state", "answered_at"])
