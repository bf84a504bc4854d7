"""Every Word document of this app: the sheet of GB/T 9704, and that LibreOffice opens it with all its words on A4."""

import pytest
from django.db import transaction
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

from proposals import services
from proposals.documents import handing, information, matters, proposals, replies, supervision
from proposals.models import Reply
from proposals.services import handing as handing_services
from proposals.services import reviewing
from proposals.states import AssignmentRole, AssignmentState, BulletinState, ProposalState, SupervisionKind
from tests import papers
from tests.factories import formal
from tests.factories import handing as meetings
from tests.factories import information as reports
from tests.factories import proposals as make
from tests.factories import supervision as supervised
from tests.factories.formal import AT
from tests.proposals.test_replies import co_unit

pytestmark = pytest.mark.django_db


def form(cast):
    made = formal.proposal(cast, ProposalState.SUBMITTED)
    reviewing.file(made, words="同意立案。", by=cast.li, at=AT)
    said = ["提案", made.title, "第1号", "王委员", "一、提案者", "三、分析", *made.points, "四、建议", "同意立案。"]
    return proposals.proposal_form(made), said


def notice_of_meeting(cast):
    held = meetings.meeting(cast)
    meetings.line(cast, held)
    handing_services.hand_over(held, by=cast.li, at=AT)
    held.refresh_from_db()
    said = [f"关于交办{held}提案的通知", f"{cast.unit.name}：", "一、提案目录", "主办", "2027年2月20日", "不得自行转送"]
    return handing.meeting_notice(held, cast.unit), said


def _handed(cast):
    return formal.handed(cast, formal.proposal(cast, ProposalState.FILED))


def notice(cast):
    given = _handed(cast)
    said = [f"关于办理《{given.title}》的通知", f"{cast.unit.name}：", "定领导", given.leader_name, "定质量", "包满意"]
    return matters.assignment_notice(given), said


def _replied(cast):
    make.to_state(cast, _handed(cast), AssignmentState.REPLIED)
    return Reply.objects.select_related("round__assignment").get()


def letter(cast):
    sent = _replied(cast)
    proposal = sent.round.assignment.proposal
    opening = f"您提出的《{proposal.title}》收悉，现答复如下："
    said = ["A类", f"{proposal.serial}提案的答复", "王委员：", opening, "第1条已办。", "抄送：政协提案委，督查室。"]
    return replies.letter(sent), said


def rating_sheet(cast):
    sent = _replied(cast)
    said = [
        "提案办理情况征询意见表",
        "对办理态度",
        "□满意",
        "□不满意",
        "提案者签名",
        sent.round.assignment.proposal.title,
    ]
    return replies.rating_sheet(sent), said


def opinion(cast):
    lead = make.to_state(cast, _handed(cast), AssignmentState.HANDLING)
    joined = co_unit(cast, lead)
    assert joined.role == AssignmentRole.CO
    services.accept(joined, by=cast.he, at=AT)
    drafted = services.draft_reply(joined, text="同意加密班次。", by=cast.he, at=AT)
    services.hand_in(drafted, by=cast.he, at=AT)
    services.check(drafted, by=cast.ding, at=AT)
    services.sign(drafted, number="嘉交函〔2026〕3号", by=cast.ding, at=AT)
    said = ["提案的会办意见", "嘉交函〔2026〕3号", "签发人：丁局长", f"{cast.unit.name}：", "同意加密班次。"]
    return replies.opinion(drafted), said


def sheet_to_sign(cast):
    row = reports.bulletin(cast, BulletinState.TO_SIGN)
    said = [
        "社情民意",
        "送签稿",
        row.title,
        "反映人及单位：王委员",
        "一、情况和问题",
        "恢复早晚班次",
        f"报送：{row.range}",
    ]
    return information.sheet_of(row), said


def issue(cast):
    row = reports.bulletin(cast, BulletinState.ISSUED)
    said = ["社情民意", row.serial, "签发人：", str(row.signer), row.title, f"报送：{row.range}", "2026年11月20日印发"]
    return information.sheet_of(row), said


def dunning_letter(cast):
    made = supervised.action(cast, kind=SupervisionKind.DUNNING, words="")
    said = [made.serial, f"关于催办《{made.assignment.title}》的函", "已逾期", "一、催办事项", "反馈期限", "延期申请"]
    return supervision.dunning_letter(made), said


WRITTEN = [form, notice_of_meeting, notice, letter, rating_sheet, opinion, sheet_to_sign, issue, dunning_letter]


@pytest.mark.parametrize("write", WRITTEN, ids=lambda write: write.__name__)
def test_the_sheet_has_the_measures_of_the_standard(cast, write):
    content, said = write(cast)
    assert papers.wrong_measures(content) == {}
    assert said


@papers.needs_office
def test_libreoffice_opens_every_document_on_a4_with_all_its_words(cast, tmp_path):
    """One run for all; each is written in a world of its own, so that every number is the first one."""
    contents, wanted = {}, {}
    for write in WRITTEN:
        contents[write.__name__], wanted[write.__name__] = _alone(write, cast)
    opened = papers.open_all(contents, tmp_path)
    assert {name: size for name, (size, _) in opened.items()} == dict.fromkeys(contents, "A4")
    lost = {name: [words for words in wanted[name] if "".join(words.split()) not in text]
            for name, (_, text) in opened.items()}  # fmt: skip
    assert {name: words for name, words in lost.items() if words} == {}


def _alone(write, cast):
    """What `write` says, and nothing of it stays."""
    with transaction.atomic():
        written = write(cast)
        transaction.set_rollback(True)
    return written


def test_the_grade_stands_at_the_upper_right_before_everything_else(cast):
    content, _ = letter(cast)
    first = papers.opened(content).paragraphs[0]
    assert (first.text, first.alignment) == ("A类", ALIGN.RIGHT)
