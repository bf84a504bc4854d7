"""Official documents of this app: what they say; config.documents knows how they look."""

from django.utils import timezone

from config.documents.docx import Heading, Paragraph, Table, official
from members.models import THREE_OFFICES
from proposals.models import Assignment


def assignment_notice(assignment: Assignment) -> bytes:
    """交办通知 in the three offices' joint name (row 4), with the five fixings as a table (row 10)."""
    committee = assignment.committee
    offices = committee.organisations.filter(kind__in=THREE_OFFICES).order_by("pk")
    issuers = [office.name for office in offices] or [committee.name]
    five = [
        ["定领导", f"{assignment.leader_name}({assignment.leader_post})"],
        ["定人员", str(assignment.handler)],
        ["定时间", f"{assignment.due_on.year}年{assignment.due_on.month}月{assignment.due_on.day}日前办结"],
        ["定责任", assignment.duty],
        ["定质量", assignment.quality],
    ]
    serial = assignment.micro.serial if assignment.micro_id else ""
    return official(
        mark=issuers,
        number=serial,
        title=f"关于办理《{assignment.title}》的通知",
        to=str(assignment.unit.name),
        blocks=[
            Paragraph("经研究，下列事项交由你单位办理。请按五定三包要求落实，并按期书面答复。"),
            Heading(1, "事项"),
            Paragraph(assignment.text),
            Heading(1, "五定"),
            Table(["项目", "内容"], five),
            Heading(1, "三包"),
            Paragraph("包回复、包满意、包落实。如不属于本单位职责，请在规定时限内说明理由退回，不得自行转送。"),
        ],
        signers=issuers,
        on=timezone.localdate(assignment.assigned_at),
    )
