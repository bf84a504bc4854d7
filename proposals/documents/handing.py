"""交办通知 of a whole meeting: what one unit was handed there, with its part and the dates."""

from django.utils import timezone

from config.documents.docx import Heading, Paragraph, Table, chinese_date, official
from members.models import Organisation
from proposals.documents.matters import issuers_of, return_rule
from proposals.models import HandingMeeting
from proposals.states import HandingState


def meeting_notice(meeting: HandingMeeting, unit: Organisation) -> bytes:
    """For one unit, of the lines that were handed over to it."""
    committee = meeting.committee
    issuers = issuers_of(committee)
    lines = meeting.lines.filter(unit=unit, state=HandingState.DONE).select_related("proposal__plenary", "assignment")
    rows = [
        [line.proposal.serial, line.proposal.title, line.get_role_display(), chinese_date(line.assignment.due_on)]
        for line in lines.order_by("proposal__number", "pk")
    ]
    return official(
        mark=issuers,
        title=f"关于交办{meeting.name}提案的通知",
        to=unit.name,
        blocks=[
            Paragraph(f"现将{len(rows)}件提案交由你单位办理，请按五定三包要求落实。"),
            Heading(1, "提案目录"),
            Table(["编号", "案由", "分工", "期限"], rows),
            Heading(1, "办理要求"),
            Heading(2, "主办和分办"),
            Paragraph(f"定责任：{meeting.duty}\n定质量：{meeting.quality}"),
            Heading(2, "会办"),
            Paragraph("按期向主办单位报送书面会办意见，由主办单位统一答复提案者。"),
            Heading(2, "退回"),
            Paragraph(return_rule(committee)),
        ],
        signers=issuers,
        on=timezone.localdate(meeting.done_at),
    )
