"""Official documents of this app: what they say; config.documents knows how they look."""

from django.utils import timezone

from config.documents.docx import Heading, Paragraph, Table, official
from members.models import THREE_OFFICES, Committee
from proposals.models import Assignment


def assignment_notice(assignment: Assignment) -> bytes:
    """交办通知 in the three offices' joint name (row 4), with the five fixings as a table (row 10).

    Of a proposal it has the proposal's number and says which part the unit has.
    """
    committee = assignment.committee
    issuers = issuers_of(committee)
    five = [
        ["定领导", f"{assignment.leader_name}（{assignment.leader_post}）"],
        ["定人员", str(assignment.handler)],
        [
            "定时间",
            f"{assignment.due_on.year}年{assignment.due_on.month}月{assignment.due_on.day}日前{_what(assignment)}",
        ],
        ["定责任", assignment.duty],
        ["定质量", assignment.quality],
    ]
    if assignment.proposal_id:
        five.insert(0, ["分工", _part(assignment)])
    return official(
        mark=issuers,
        number=assignment.matter.serial if assignment.matter else "",
        title=f"关于办理《{assignment.title}》的通知",
        to=str(assignment.unit.name),
        blocks=[
            Paragraph("经研究，下列事项交由你单位办理。请按五定三包要求落实，并按期书面答复。"),
            Heading(1, "事项"),
            Paragraph(assignment.text),
            Heading(1, "五定"),
            Table(["项目", "内容"], five),
            Heading(1, "三包"),
            Paragraph(f"包回复、包满意、包落实。{return_rule(committee)}"),
        ],
        signers=issuers,
        on=timezone.localdate(assignment.assigned_at),
    )


def issuers_of(committee: Committee) -> list[str]:
    """The three offices, or where they are not set up the committee itself."""
    offices = committee.organisations.filter(kind__in=THREE_OFFICES).order_by("pk")
    return [office.name for office in offices] or [committee.name]


def return_rule(committee: Committee) -> str:
    days = committee.parameter("return.workdays")
    return f"如不属于本单位职责，请在收到交办之日起 {days} 个工作日内说明理由退回，不得自行转送。"


def _what(assignment):
    if not assignment.proposal_id:
        return "办结"
    return "报送会办意见" if assignment.is_co else "答复提案者"


def _part(assignment):
    if assignment.is_co:
        return f"会办（主办：{assignment.lead.unit.name}）"
    return assignment.get_role_display()
