"""答复函, 会办意见, 征询意见表: what stands on them; their sheet is measured in test_documents_open."""

import pytest

from proposals import services
from proposals.documents import replies as documents
from proposals.models import Reply
from proposals.states import AssignmentState, ProposalState
from tests.factories import formal
from tests.factories import proposals as make
from tests.factories.proposals import AT
from tests.papers import lines, opened
from tests.proposals.test_replies import co_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(cast):
    made = formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    make.to_state(cast, made, AssignmentState.REPLIED)
    return Reply.objects.select_related("round__assignment").get()


def test_the_letter_says_what_a_reply_must_say(cast, sent):
    told = lines(documents.letter(sent))
    assert told[0] == "A类"  # upper right of the first page
    whole = "\n".join(told)
    for words in (
        "嘉住建函〔2026〕12号", "签发人：陈局长", f"关于{cast.committee.name}十届五次会议第1号提案的答复", "王委员：",
        "您提出的《关于优化农村公交线路的提案》收悉，现答复如下：", "一、关于“加密早晚班次”", "第 1 条已办。",
        "联系人：张科长", "2026年11月20日",
    ):  # fmt: skip
        assert words in whole
    tables = opened(documents.letter(sent)).tables
    assert tables[-1].cell(0, 0).text == "抄送：政协提案委，督查室。"


def test_no_private_number_stands_on_the_letter(cast, sent):
    cast.zhang.phone = "13912345678"
    cast.zhang.save()
    assert "13912345678" not in "\n".join(lines(documents.letter(sent)))


def test_an_opinion_goes_to_the_lead_unit_with_its_own_number(cast):
    lead = make.to_state(
        cast, formal.handed(cast, formal.proposal(cast, ProposalState.FILED)), AssignmentState.HANDLING
    )
    joined = co_unit(cast, lead)
    services.accept(joined, by=cast.he, at=AT)
    opinion = services.draft_reply(joined, text="同意加密班次。", by=cast.he, at=AT)
    services.hand_in(opinion, by=cast.he, at=AT)
    services.check(opinion, by=cast.ding, at=AT)
    services.sign(opinion, number="嘉交函〔2026〕3号", by=cast.ding, at=AT)
    whole = "\n".join(lines(documents.opinion(opinion)))
    for words in ("第1号提案的会办意见", "县住建局：", "嘉交函〔2026〕3号", "同意加密班次。"):
        assert words in whole


def test_the_rating_sheet_is_a_table_to_fill_in(sent):
    table = opened(documents.rating_sheet(sent)).tables[0]
    assert [row.cells[0].text for row in table.rows][-2:] == ["意见和建议", "提案者签名"]
