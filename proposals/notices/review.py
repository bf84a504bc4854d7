"""What is said to the signers of a proposal, and to the unit, when the office has spoken."""

from config.notices import outbox
from members.queries import holders
from members.roles import Permission
from proposals.models import Assignment, Proposal, ProposalReview
from proposals.services import cases
from proposals.states import PublicationLevel, ReviewResult


def signers(proposal: Proposal) -> set[int]:
    """Everybody who signed and has an account, and who typed it."""
    return {user.pk for user in cases.raters_of(proposal)} | {proposal.drafter_id}


def _tell(recipients, kind, proposal, title, body="", *, key, url="", at):
    outbox.send(
        recipients,
        kind=kind,
        title=title,
        body=body,
        url=url or proposal.get_absolute_url(),
        key=f"{kind}:{key}",
        at=at,
        scope=proposal.committee_id,
    )


def reviewed(review: ProposalReview, *, at) -> None:
    """The result of a review, in words, at once (domain 1.2)."""
    proposal = review.proposal
    said = {
        ReviewResult.FILE: f"《{proposal.title}》已立案",
        ReviewResult.MERGE: f"《{proposal.title}》已并案办理",
        ReviewResult.RETURN: f"请补充《{proposal.title}》后再次提交",
        ReviewResult.TURN: f"《{proposal.title}》已转为社情民意信息",
        ReviewResult.REJECT: f"《{proposal.title}》不予立案",
    }[review.result]
    _tell(signers(proposal), "proposal-reviewed", proposal, said, _reasons(review), key=review.pk, at=at)


def _reasons(review):
    proposal = review.proposal
    lines = []
    if review.result in (ReviewResult.FILE, ReviewResult.MERGE):
        lines.append(f"编号：{proposal.serial}。")
    if review.result == ReviewResult.MERGE:
        lines.append(f"并入{proposal.lead.serial}《{proposal.lead.title}》一并办理；编号、署名保留，答复单独送达。")
    if review.result == ReviewResult.TURN:
        lines.append("内容作为社情民意信息报送，采用情况会通知您；这件不再按提案办理。")
    if review.result == ReviewResult.REJECT:
        lines.append("理由：" + "；".join(str(ground) for ground in review.grounds.all()) + "。")
    return "\n".join([*lines, *filter(None, [review.words])])


def unmerged(proposal: Proposal, lead: Proposal, words: str, *, at) -> None:
    title = f"《{proposal.title}》不再并入《{lead.title}》，单独办理"
    _tell(signers(proposal), "proposal-unmerged", proposal, title, words, key=f"{proposal.pk}:{at.isoformat()}", at=at)


def taken_away(assignment: Assignment, *, at) -> None:
    """改办: the unit need not go on with it."""
    unit = holders(Permission.MATTER_HANDLE, assignment.unit)
    title = f"已收回，不用再办：{assignment.title}"
    _tell(unit, "assignment-taken-away", assignment, title, assignment.return_reason, key=assignment.pk, at=at)


def disclosed(proposal: Proposal, *, at) -> None:
    how = {
        PublicationLevel.FULL: "全文公开",
        PublicationLevel.SUMMARY: "摘要公开",
        PublicationLevel.NONE: "不公开",
    }[proposal.publication]
    title, key = f"《{proposal.title}》改为{how}", f"{proposal.pk}:{at.isoformat()}"
    words = proposal.private_reason or proposal.public_summary
    _tell(signers(proposal), "proposal-disclosed", proposal, title, words, key=key, at=at)


def chosen(candidate, label: str, words: str, *, at) -> None:
    """Selected as 重点 or 优秀; who signed, and the unit that handles it, are told."""
    proposal = candidate.proposal
    told = signers(proposal)
    if proposal.unit_id:
        told |= holders(Permission.MATTER_HANDLE, proposal.unit)
    title = f"《{proposal.title}》被确定为{label}"
    _tell(told, "proposal-chosen", proposal, title, words, key=candidate.pk, at=at)
