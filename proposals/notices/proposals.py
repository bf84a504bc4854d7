"""What is said to the signers, the drafter and the review desk while a proposal is on its way to being reviewed."""

from config.notices import outbox
from members.queries import holders
from members.roles import Permission
from proposals.models import Proposal, Signature
from proposals.states import SignatureRole, SignatureState


def _tell(recipients, kind, proposal: Proposal, title, body="", *, key, at):
    outbox.send(
        set(recipients), kind=kind, title=title, body=body, url=proposal.get_absolute_url(), key=f"{kind}:{key}",
        at=at, scope=proposal.committee_id,
    )  # fmt: skip


def _person(signature: Signature):
    return [signature.member.user_id] if signature.member_id else []


def asked(signature: Signature, *, at) -> None:
    """An invitation to sign, once each time it is given."""
    proposal = signature.proposal
    what = {
        SignatureRole.CONVENER: f"请以“{proposal.body}”名义签名：《{proposal.title}》",
        SignatureRole.WRITER: f"请确认您是主要撰稿人：《{proposal.title}》",
    }.get(signature.role, f"{proposal.drafter}邀请您联名：《{proposal.title}》")
    words = "请看过全文后确认或不同意；确认以后，内容有改动会请您再看一遍。"
    _tell(_person(signature), "signature-asked", proposal, what, words, key=f"{signature.pk}:{at.isoformat()}", at=at)


def changed(signature: Signature, *, at) -> None:
    proposal = signature.proposal
    title = f"《{proposal.title}》的内容有改动，请再确认签名"
    key = f"{signature.pk}:{at.isoformat()}"
    _tell(_person(signature), "signature-changed", proposal, title, "您原来的签名不再算数。", key=key, at=at)


def answered(signature: Signature, words: str, *, at) -> None:
    """To the drafter: signed, or not."""
    proposal, who = signature.proposal, signature.get_role_display()
    said = "已签名" if signature.state == SignatureState.SIGNED else "不同意署名"
    key = f"{signature.pk}:{at.isoformat()}"
    title = f"{who}{signature.member}{said}：《{proposal.title}》"
    _tell([proposal.drafter_id], "signature-answered", proposal, title, words, key=key, at=at)


def lapsed(signature: Signature, *, at) -> None:
    proposal = signature.proposal
    title = f"《{proposal.title}》已提交，您没有签名，不再署您的名"
    _tell(_person(signature), "signature-lapsed", proposal, title, key=f"{signature.pk}:{at.isoformat()}", at=at)


def dropped(signature: Signature, *, at) -> None:
    """The proposal was taken back: who signed or was asked need not wait."""
    proposal = signature.proposal
    title = f"《{proposal.title or '未命名的提案'}》已由起草人撤回，您不用再签名"
    _tell(_person(signature), "signature-dropped", proposal, title, key=f"{signature.pk}", at=at)


def taken_off(signature: Signature, *, by, at) -> None:
    """Told is the other side: the person when the drafter did it, the drafter when the person left."""
    proposal, own = signature.proposal, bool(by) and signature.member.user_id == by.pk
    if own:
        title, whom = f"{signature.member}退出署名：《{proposal.title}》", [proposal.drafter_id]
    else:
        title, whom = f"《{proposal.title or '未命名的提案'}》不再署您的名", _person(signature)
    _tell(whom, "signature-taken-off", proposal, title, key=f"{signature.pk}", at=at)


def submitted(proposal: Proposal, *, at) -> None:
    desk = holders(Permission.PROPOSAL_REVIEW, proposal.committee)
    title = f"待审查：《{proposal.title}》"
    words = f"{proposal.get_timing_display()}，{proposal.proposer}"
    _tell(desk, "proposal-submitted", proposal, title, words, key=f"{proposal.pk}:{at.isoformat()}", at=at)


def withdrawn(proposal: Proposal, *, at) -> None:
    desk = holders(Permission.PROPOSAL_REVIEW, proposal.committee)
    title = f"{proposal.proposer}撤回了提案《{proposal.title}》，不用再审查"
    _tell(desk, "proposal-withdrawn", proposal, title, key=f"{proposal.pk}", at=at)
