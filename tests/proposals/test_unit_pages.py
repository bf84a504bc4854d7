"""The unit's desk and the case page of a proposal, through the browser."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from proposals import services
from proposals.models import Assignment, Dispute, Reply
from proposals.services.coordination import hold
from proposals.services.opinions import waive
from proposals.services.pauses import pause
from proposals.services.returns import ask_return, refuse_return
from proposals.states import AssignmentState, ProposalState
from tests.factories import formal
from tests.factories import proposals as make
from tests.proposals.test_replies import WHOLE, case, co_unit

pytestmark = pytest.mark.django_db
S = AssignmentState


def page(answer):
    return answer.content.decode()


def test_the_whole_way_of_a_proposal_through_the_pages(cast, as_):
    made = formal.handed(
        cast, formal.proposal(cast, ProposalState.FILED), at=timezone.now(), due_on=timezone.localdate()
    )
    zhang, chen, wang = as_(cast.zhang), as_(cast.chen), as_(cast.wang)

    def to(name, *more):
        return reverse(name, args=[made.pk, *more])

    zhang.post(to("assignment-accept"))
    text = {"text": "感谢支持。", "answer_0": "已加密。", "answer_1": "已增设。", "grade": "A", "publication": "full"}
    refused = zhang.post(to("reply-edit"), {**text, "forward": "1"})
    assert refused.status_code == 400
    assert "还没有登记与提案者的沟通" in page(refused)
    assert "已增设。" in page(refused)
    today = timezone.localdate().isoformat()
    talk = {"stage": "before", "way": "visit", "on": today, "with_whom": "王委员", "words": "同意方案"}
    assert zhang.post(to("contact-new"), talk).status_code == 302
    assert zhang.post(to("reply-edit"), {**text, "forward": "1"}).status_code == 302
    assert Reply.objects.get().answers == ["已加密。", "已增设。"]
    assert zhang.post(to("reply-check")).status_code == 403
    assert "核稿通过" in page(chen.get(made.get_absolute_url()))
    chen.post(to("reply-check"))
    assert chen.post(to("reply-sign"), {"number": ""}).status_code == 400
    chen.post(to("reply-sign"), {"number": "嘉函〔2026〕1号"})
    zhang.post(to("reply-send"), {"scan": SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")})
    assert Assignment.objects.get().state == S.REPLIED
    before = page(wang.get(made.get_absolute_url()))
    assert "有一位不满意，就重新办理" in before
    assert zhang.get(to("reply-letter", 1)).content[:2] == b"PK"
    assert wang.get(to("reply-sheet", 1)).content[:2] == b"PK"
    assert wang.post(to("assignment-rate"), {"satisfaction": "satisfied"}).status_code == 400  # attitude is missing
    wang.post(to("assignment-rate"), {"satisfaction": "satisfied", "attitude": "basic"})
    assert Assignment.objects.get().state == S.CLOSED


def test_a_draft_is_nobodys_but_the_units(cast, as_):
    made = case(cast)
    services.draft_reply(made, by=cast.zhang, at=make.AT, **{**WHOLE, "text": "草稿里的话"})
    seen = {who: "草稿里的话" in page(as_(getattr(cast, who)).get(made.get_absolute_url()))
            for who in ("zhang", "chen", "li", "sun", "wang")}  # fmt: skip
    assert seen == {"zhang": True, "chen": True, "li": False, "sun": False, "wang": False}
    letter = reverse("reply-letter", args=[made.pk, 1])
    assert [as_(getattr(cast, who)).get(letter).status_code for who in ("zhang", "li", "zhao")] == [200, 404, 404]


def test_signers_stand_there_by_name_and_nothing_that_reaches_them(cast, as_):
    cast.wang.phone = "13912345678"
    cast.wang.save()
    shown = page(as_(cast.zhang).get(case(cast).get_absolute_url()))
    assert "王委员" in shown
    assert "13912345678" not in shown
    assert "加密早晚班次" in shown


def test_the_lead_reads_opinions_and_supervisors_waive(cast, as_):
    lead = case(cast)
    joined = co_unit(cast, lead)
    assert "县交通局" in page(as_(cast.zhang).get(lead.get_absolute_url()))
    waive = reverse("opinion-waive", args=[joined.pk])
    assert as_(cast.he).post(waive, {"reason": "不必"}).status_code == 403
    assert as_(cast.sun).post(waive, {"reason": ""}).status_code == 400
    assert as_(cast.sun).post(waive, {"reason": "职责无关"}).status_code == 302
    assert "免报" in page(as_(cast.zhang).get(lead.get_absolute_url()))


def test_the_office_enters_paper_and_a_stranger_finds_nothing(cast, as_):
    made = make.to_state(cast, formal.handed(cast, formal.proposal(cast, ProposalState.FILED)), S.REPLIED)
    address = reverse("assignment-paper", args=[made.pk])
    sheet = {"paper-signer": cast.wang.pk, "paper-satisfaction": "satisfied", "paper-attitude": "satisfied"}
    assert as_(cast.zhao).post(address, sheet).status_code == 404
    assert as_(cast.zhang).post(address, sheet).status_code == 403
    assert as_(cast.li).post(address, sheet).status_code == 400
    scan = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    assert as_(cast.li).post(address, {**sheet, "paper-scan": scan}).status_code == 302
    assert Assignment.objects.get().state == S.CLOSED


def test_the_board_costs_the_same_with_three_and_shows_part_pause_and_window(cast, as_):
    """Handed over on different days, so that each has a window of its own."""
    browser, now = as_(cast.zhang), timezone.now()
    due = timezone.localdate() + timedelta(days=60)

    def hand(title, days):
        made = formal.proposal(cast, ProposalState.FILED, title=title)
        return formal.handed(cast, made, at=now - timedelta(days=days), due_on=due)

    hand("第一件", 0)
    browser.get(reverse("assignment-list"))
    with CaptureQueriesContext(connection) as one:
        shown = page(browser.get(reverse("assignment-list")))
    assert "主办" in shown
    assert "前可退回" in shown
    asked = hand("第二件", 1)
    ask_return(asked, reason="属于交通部门", by=cast.zhang, at=now)
    paused = hand("第三件", 2)
    Assignment.objects.filter(pk=paused.pk).update(paused_on="2026-11-20", due_on="2026-11-01")
    hand("第四件", 40)
    with CaptureQueriesContext(connection) as four:
        shown = page(browser.get(reverse("assignment-list")))
    assert "中止" in shown
    assert shown.count("前可退回") == 2  # not of the one that is asked for, nor of the one that is too old
    assert "已申请退回，待审批" in shown
    assert "已逾期</span> 0 件" in shown
    assert len(four) == len(one) <= 14


def test_a_micro_proposal_on_the_board_may_be_given_back_inside_its_window(cast, as_):
    make.assignment(cast, at=timezone.now())
    make.assignment(cast, at=timezone.now() - timedelta(days=40), title="早先的一件")
    assert page(as_(cast.zhang).get(reverse("assignment-list"))).count("前可退回") == 1


def test_everything_of_a_case_stands_on_its_page_for_twenty_statements(cast, as_):
    make.ladders()
    now = timezone.now()
    lead = formal.handed(
        cast, formal.proposal(cast, ProposalState.FILED), at=now, due_on=timezone.localdate() + timedelta(days=60)
    )
    services.accept(lead, by=cast.zhang, at=now)
    joined = co_unit(cast, lead)
    make.talk(cast, lead, at=now)
    make.talk(cast, lead, at=now, stage="during", way="site", words="一同到现场看过")
    request = ask_return(lead, reason="部分属于交通部门", by=cast.zhang, at=now)
    refuse_return(request, words="仍由住建局牵头", by=cast.li, at=now)
    hold(
        lead, about=Dispute.RETURN, held_on=timezone.localdate(), chaired_by="周主席", attended="住建局、交通局",
        decision="住建局主办", by=cast.li, at=now,
    )  # fmt: skip
    services.ask_extension(lead, until=lead.due_on + timedelta(days=20), reason="等待批复", by=cast.zhang, at=now)
    services.draft_reply(lead, by=cast.zhang, at=now, **WHOLE)
    waive(joined, reason="与其职责无关", by=cast.sun, at=now)
    stands = ["提醒阶梯", "退回申请", "仍由住建局牵头", "协调会", "住建局主办", "延期申请", "会办意见", "免报",
              "一同到现场看过", "王委员", "包回复"]  # fmt: skip

    def look(who, *wanted):
        browser = as_(getattr(cast, who))
        browser.get(lead.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            shown = page(browser.get(lead.get_absolute_url()))
        missing = [words for words in wanted if words not in shown]
        assert not missing, (who, missing)
        assert len(asked) <= 20, (who, len(asked))

    look("zhang", *stands, "继续写答复")
    look("sun", *stands, "同意延期", "督办", "中止")
    look("li", *stands, "改办")
    pause(lead, reason="等待规划批复", by=cast.sun, at=now)
    look("zhang", "已中止", "等待规划批复")
    look("sun", "已中止", "恢复办理")


@pytest.mark.parametrize("name", ["contact-new", "opinion-waive", "reply-check", "reply-sign", "assignment-conclude"])
@pytest.mark.parametrize("who", ["zhao", "qian"])
def test_another_county_finds_nothing(cast, as_, name, who):
    made = case(cast)
    services.draft_reply(made, by=cast.zhang, at=make.AT, **WHOLE)
    assert as_(getattr(cast, who)).post(reverse(name, args=[made.pk]), {}).status_code == 404
