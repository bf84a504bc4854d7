"""The 提案表: a proposal as an official document, with who put it and what the review said (row 80)."""

from django.utils import timezone

from config.documents.docx import Heading, Paragraph, Table, chinese_date, official
from proposals.models import Proposal
from proposals.states import ProposalState, SignatureRole

NOTHING = "（未写）"


def proposal_form(proposal: Proposal) -> bytes:
    """The bytes of one form; contact data stand in it nowhere."""
    committee = proposal.committee
    received = proposal.submitted_at and chinese_date(timezone.localdate(proposal.submitted_at))
    rows = [
        ["届次", str(proposal.plenary or "") or NOTHING],
        ["类别", "，".join(filter(None, [proposal.get_timing_display(), str(proposal.sphere or "")])) or NOTHING],
        ["编号", f"第{proposal.number}号" if proposal.number else "未编号"],
        ["提案者类别", proposal.get_kind_display()],
        ["收文时间", received or NOTHING],
    ]
    if proposal.lead_id:
        rows.append(["并案", f"并入{proposal.lead.serial}《{proposal.lead}》，单独答复"])
    points = [Paragraph(f"{number}. {point}") for number, point in enumerate(proposal.points, start=1)]
    return official(
        mark=[committee.name],
        suffix="提案",
        title=proposal.title,
        blocks=[
            Table(["项目", "内容"], rows),
            Heading(1, "提案者"),
            Table(["姓名或名称", "界别", "署名"], _proposers(proposal)),
            Heading(1, "情况"),
            Paragraph(proposal.situation or NOTHING),
            Heading(1, "分析"),
            Paragraph(proposal.analysis or NOTHING),
            Heading(1, "建议"),
            *(points or [Paragraph(NOTHING)]),
            Heading(1, "审查意见"),
            *_reviews(proposal),
        ],
        on=timezone.localdate(proposal.submitted_at or proposal.created_at),
    )


def _proposers(proposal):
    rows = []
    if behind := proposal.organisation or proposal.body:
        rows.append([str(getattr(behind, "name", behind)), proposal.get_kind_display(), "提案单位"])
    signed = proposal.signatures.signed().select_related("member__user", "member__sector")
    for signature in signed:
        sector = signature.member.sector if signature.member_id else None
        alone = signature.role == SignatureRole.FIRST and len(signed) == 1
        rows.append([str(signature), str(sector or ""), "提案人" if alone else signature.get_role_display()])
    return rows


def _reviews(proposal):
    reviews = list(proposal.reviews.prefetch_related("grounds").order_by("pk"))
    if not reviews:
        return [Paragraph("待审查。" if proposal.state == ProposalState.SUBMITTED else NOTHING)]
    return [Paragraph(_said(review)) for review in reviews]


def _said(review):
    words = [review.get_result_display(), *(ground.words for ground in review.grounds.all())]
    day = chinese_date(timezone.localdate(review.at))
    return f"{day}：{'；'.join(words)}。{review.words}"
