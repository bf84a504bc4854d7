"""答复函, 会办意见 and 征询意见表: what they say; config.documents knows how they look."""

from django.utils import timezone

from config.documents.docx import Colophon, Heading, Paragraph, Table, official
from proposals.models import Proposal, Reply
from proposals.states import Satisfaction, SignatureRole

BLANK = "　" * 6


def _signers(proposal: Proposal) -> list[str]:
    rows = proposal.signatures.signed().exclude(role=SignatureRole.WRITER).select_related("member__user")
    return [str(row) for row in rows.order_by("position", "pk")]


def _to(proposal: Proposal) -> str:
    """The body or organisation that put it, else everybody who signed it."""
    return str(proposal.organisation or proposal.body or "") or "、".join(_signers(proposal))


def _day(reply):
    return timezone.localdate(reply.sent_at or reply.signed_at or timezone.now())


def letter(reply: Reply) -> bytes:
    """答复函 point by point, the grade's letter at the upper right of the first page; no private number."""
    assignment = reply.round.assignment
    proposal, committee, unit = assignment.proposal, assignment.committee, assignment.unit
    titled = proposal.title.strip("《》")
    put = f"《{titled}》" if titled.startswith("关于") else f"关于《{titled}》的提案"
    many = proposal.is_collective or proposal.signatures.signed().count() > 1
    blocks = [Paragraph(f"{'你们' if many else '您'}提出的{put}收悉，现答复如下：")]
    for point, answer in zip(proposal.points, reply.answers, strict=False):
        blocks += [Heading(1, f"关于“{point}”"), Paragraph(answer)]
    blocks.append(Paragraph(reply.text))
    if reply.promise and reply.promised_on:
        day = reply.promised_on
        blocks.append(Paragraph(f"承诺事项：{reply.promise}（{day.year}年{day.month}月{day.day}日前完成）。"))
    if reply.reason:
        blocks.append(Paragraph(f"不能解决的原因：{reply.reason}"))
    blocks.append(Paragraph("感谢对我们工作的关心和支持。"))
    blocks.append(Paragraph(f"联系人：{assignment.handler}"))
    on = _day(reply)
    return official(
        mark=[unit.name],
        suffix="",
        corner=f"{reply.grade}类" if reply.grade else "",
        number=reply.number,
        approved_by=str(reply.signed_by or ""),
        title=f"关于{committee.name}{proposal.serial}提案的答复",
        to=_to(proposal),
        blocks=blocks,
        signers=[unit.name],
        on=on,
        colophon=Colophon(unit.name, on, ["政协提案委", "督查室"]),
    )


def opinion(reply: Reply) -> bytes:
    """会办意见 of a co-unit, to the lead unit, with a number of its own."""
    assignment = reply.round.assignment
    proposal, unit = assignment.proposal, assignment.unit
    return official(
        mark=[unit.name],
        suffix="",
        number=reply.number,
        approved_by=str(reply.signed_by or ""),
        title=f"关于{assignment.committee.name}{proposal.serial}提案的会办意见",
        to=assignment.lead.unit.name,
        blocks=[
            Paragraph(f"关于《{proposal.title}》，经研究，提出会办意见如下："),
            Paragraph(reply.text),
            Paragraph(f"联系人：{assignment.handler}"),
        ],
        signers=[unit.name],
        on=_day(reply),
    )


def rating_sheet(reply: Reply) -> bytes:
    """征询意见表: what a signer who rates on paper fills in and signs."""
    assignment = reply.round.assignment
    proposal = assignment.proposal
    choices = "　".join(f"□{label}" for label in Satisfaction.labels)
    rows = [
        ["提案", f"{proposal.serial} {proposal.title}"],
        ["提案者", "、".join(_signers(proposal))],
        ["承办单位", str(assignment.unit.name)],
        ["答复文号", reply.number or BLANK],
        ["答复前是否与您沟通", "□是　□否"],
        ["对办理态度", choices],
        ["对办理结果", choices],
        ["意见和建议", BLANK],
        ["提案者签名", f"{BLANK}年　　月　　日"],
    ]
    return official(
        mark=[assignment.committee.name],
        suffix="",
        title="提案办理情况征询意见表",
        blocks=[
            Table(["项目", "内容"], rows),
            Paragraph("请本人填写并签名，送政协提案委。对办理结果不满意的，请写明理由。"),
        ],
        on=_day(reply),
    )
