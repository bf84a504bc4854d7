"""微建议 from the phone of the member to the closed case, by seven accounts, in a real browser at 390 px."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from proposals.models import Assignment, MicroProposal
from proposals.states import AssignmentState, MicroState
from tests.factories import proposals as make
from tests.journeys.conftest import fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "建议在西街小学门口增设信号灯"
BODY = "早晚高峰车多人多，学生过街危险。建议增设信号灯和斑马线，并安排护学岗。"


def write(page):
    page.goto("/micro/new/")
    page.fill("[name=title]", TITLE)
    page.fill("[name=body]", BODY)
    page.select_option("[name=category]", label="交通出行")
    page.select_option("[name=region]", "431024100001")
    assert fits(page)
    page.click("button:has-text('下一步')")


def submit(page):
    write(page)
    expect(page.locator("h2", has_text="没有找到相似的")).to_be_visible()
    page.click("button:has-text('提交')")
    page.wait_for_selector("text=已提交")
    assert fits(page)


def agree(page):
    page.goto("/office/review/")
    page.click(f"text={TITLE}")
    page.check("input[value=agree]")
    page.click("button:has-text('出具意见')")
    page.wait_for_selector("text=意见已出具")
    assert fits(page)


def hand_over(page):
    page.goto("/office/assign/")
    page.click(f"text={TITLE}")
    page.click("main a:text-is('交单位办理')")
    page.select_option("#pick", label="县住建局")
    page.click("button:has-text('填入')")
    expect(page.locator("[name=leader_name]")).to_have_value("罗一鸣")
    page.select_option("[name=handler]", label="县住建局 张科长")
    page.click("button:has-text('交办')")
    page.wait_for_selector("text=已交办")


def answer(page, *, grade, text, first=True):
    page.goto("/assignments/")
    page.click(f".board >> text={TITLE}")
    if first:
        page.click("button:has-text('签收')")
        page.wait_for_selector("text=已签收")
    page.click("a:has-text('写答复')")
    page.fill("[name=text]", text)
    page.check(f"input[name=grade][value={grade}]")
    if grade == "B":
        page.fill("[name=promise]", "安装信号灯")
        page.fill("[name=promised_on]", (timezone.localdate() + timedelta(days=30)).isoformat())
    page.click("button:has-text('送单位负责人签发')")
    page.wait_for_selector("text=待签发")
    assert fits(page)


def sign(page):
    page.goto("/assignments/")
    page.click(f".now >> text={TITLE}")
    page.click("button:has-text('签发并送达')")
    page.click("dialog[open] button:has-text('签发并送达')")
    page.wait_for_selector("text=已签发")


def rate(page, value, words=""):
    page.goto("/micro/")
    page.click(f"text={TITLE}")
    page.check(f"input[name=satisfaction][value={value}]")
    if words:
        page.fill("[name=words]", words)
    page.click("button:has-text('提交评价')")
    page.wait_for_selector("text=谢谢您的评价")


def verify(page):
    page.goto(Assignment.objects.get().get_absolute_url())
    page.check("input[name=kept][value=yes]")
    page.fill("[name=words]", "到现场看过，信号灯已启用。")
    page.click("button:has-text('提交核实情况')")
    page.wait_for_selector("text=核实情况已记录")


def test_from_the_phone_to_the_closed_case(cast, enter):
    """Written, agreed by three offices, assigned, answered B, refused, answered again, promised, verified, public."""
    make.category()
    with enter("wang") as page:
        submit(page)
    for reviewer in ("dang", "zheng", "xie"):
        with enter(reviewer) as page:
            agree(page)
    with enter("li") as page:
        hand_over(page)
    with enter("zhang") as page:
        answer(page, grade="A", text="经研究，该路口符合设置条件。")
    with enter("chen") as page:
        sign(page)
    with enter("wang") as page:
        rate(page, "unsatisfied", "没有说什么时候装")
    assert Assignment.objects.get().round == 2
    with enter("zhang") as page:
        answer(page, grade="B", text="已列入计划，下月安装。", first=False)
    with enter("chen") as page:
        sign(page)
    with enter("wang") as page:
        rate(page, "basic")
        expect(page.locator(".steps li:not(.done)", has_text="办结")).to_have_count(1)
    assert Assignment.objects.get().state == AssignmentState.FOLLOWING
    with enter("sun") as page:
        verify(page)
    assert MicroProposal.objects.get().state == MicroState.CLOSED
    with enter(None) as page:
        page.goto("/c/jiahe/micro/")
        page.click(f"text={TITLE}")
        expect(page.locator("text=已列入计划，下月安装")).to_have_count(1)
        assert fits(page)
        expect(page.locator(".timeline li").first).to_contain_text("办结")


def test_a_draft_survives_a_lost_connection(cast, enter):
    """What was typed without a network is said to be kept, and reaches the server by itself when it is back."""
    make.category()
    with enter("wang") as page:
        page.goto("/micro/new/")
        page.fill("[name=title]", "先写")
        page.wait_for_selector("text=已保存")
        page.context.set_offline(True)
        page.fill("[name=title]", TITLE)
        page.fill("[name=body]", BODY)
        page.wait_for_selector("text=没有连上网络")
        page.context.set_offline(False)
        page.locator("[data-saved]", has_text="已保存").wait_for(timeout=60_000)
    draft = MicroProposal.objects.get()
    assert (draft.title, draft.body, draft.state) == (TITLE, BODY, MicroState.DRAFT)


def test_it_works_without_script(cast, enter):
    make.category()
    with enter("wang", java_script_enabled=False) as page:
        submit(page)
    assert MicroProposal.objects.get().state == MicroState.REVIEWING
