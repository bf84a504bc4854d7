"""提案 from two members' phones to the promise that was kept a year later: members and units on the phone, staff at
the desk, every next step found by a link."""

import datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from members.roles import Role
from proposals import presets
from proposals.models import LookBack, Proposal
from proposals.states import AssignmentRole, AssignmentState, LookBackState, ProposalState, ProposerKind
from tests.factories import formal
from tests.factories import members as make
from tests.journeys.conftest import DESK, fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "关于优化金田片区公交线路的提案"
A_YEAR = datetime.timedelta(days=300)


# --- the county ---------------------------------------------------------------------------------------------------


def unit(cast, name, handler, leader):
    """A handling unit with one who handles and one who signs, both signing in by these names."""
    made = make.organisation(cast.committee, name, leader_name="何伟", leader_post="副局长")
    people = SimpleNamespace(
        unit=made, handler=make.user(handler, f"{name}科长"), leader=make.user(leader, f"{name}局长")
    )
    make.grant(people.handler, Role.UNIT_HANDLER, made)
    make.grant(people.leader, Role.UNIT_LEADER, made)
    return people


@pytest.fixture
def county(cast):
    presets.load()
    formal.plenary(cast.committee, year=timezone.localdate().year)
    cast.qin = make.user("qin", "秦委员")
    make.member(cast.qin, cast.committee)
    cast.traffic = unit(cast, "县交通局", "jiao", "jiaozhang")
    cast.police = unit(cast, "县公安局", "gong", "gongzhang")
    return cast


# --- how people move ----------------------------------------------------------------------------------------------


def said(page, words):
    """What the page says after a step, once it is there."""
    expect(page.locator(".messages")).to_contain_text(words)
    assert fits(page)


def menu(page, label):
    page.click(".menu summary")
    page.click(f".menu-nav a:text-is('{label}')")


def open_row(page, title=TITLE):
    """The row of a list that leads to this proposal, or to a unit's case of it."""
    page.click(f"main .row-title:has-text('{title}')")
    expect(page.locator("h1")).to_contain_text(title)
    assert fits(page)


def waiting(page, label, title=TITLE):
    """From the front page over what waits for this person."""
    page.click(f"main .row-title:has-text('{label}')")
    open_row(page, title)


def sure(page, label):
    """A button whose consequence is said first."""
    page.click(f"main button:text-is('{label}')")
    page.click(f"dialog[open] button:text-is('{label}')")


# --- members ------------------------------------------------------------------------------------------------------


def write(page):
    menu(page, "提案")
    page.click("main a:text-is('写提案')")
    page.click("main .row-title.main")  # in one's own name; a member has the voice of the sector too
    page.fill("[name=title]", TITLE)
    page.fill("[name=situation]", "金田片区每天只有四班公交，末班车下午五点。")
    page.fill("[name=analysis]", "线路多年未调整，运力没有跟上。")
    page.fill("[name=point_0]", "加密早晚高峰班次")
    page.fill("[name=point_1]", "增设金田村停靠点")
    page.select_option("[name=sphere]", label="社会建设")
    assert fits(page)
    page.click("button:text-is('下一步')")
    expect(page.locator("h1")).to_have_text("提交前看一看")
    assert fits(page)


def invite(page, name):
    page.click("main a:text-is('邀请联名委员')")
    page.fill("[name=members]", name)
    page.click("button:text-is('发出邀请')")
    said(page, "已发出邀请")
    expect(page.locator("main")).to_contain_text("待确认")


def co_sign(page):
    waiting(page, "提案请您签名")
    page.click("button:text-is('看过全文，签名')")
    said(page, "已签名")


def submit(page):
    menu(page, "提案")
    open_row(page)
    page.click("main a:text-is('看一看，提交')")
    expect(page.locator("main")).to_contain_text("已签名")
    page.click("button:text-is('提交')")
    said(page, "已提交，等待审查立案")


def rate(page, title=TITLE):
    """评价, found on the page of the proposal itself."""
    menu(page, "提案")
    open_row(page, title)
    page.click("main a:text-is('评价答复')")
    expect(page.locator("h2:text-is('请您评价')")).to_be_visible()
    page.check("[name=satisfaction][value=basic]")
    page.check("[name=attitude][value=satisfied]")
    page.click("button:text-is('提交评价')")
    said(page, "谢谢您的评价")


# --- staff --------------------------------------------------------------------------------------------------------


def file(page):
    waiting(page, "提案等您审查")
    page.check("[name=result][value=file]")
    page.click("button:text-is('作出审查结果')")
    said(page, "立案")


def hand_over(page, lead, co):
    """交办会: a lead unit and a co-unit, by one deed."""
    page.click("main .row-title:has-text('已立案等您交办')")
    page.click("main a:text-is('筹备交办会')")
    page.fill("[name=name]", "十届五次会议提案交办会")
    page.click("button:text-is('保存')")
    said(page, "已保存")
    page.click(f"#filed .row-title:has-text('{TITLE}')")
    page.check("[name=role][value=lead]")
    page.select_option("[name=unit]", label=lead)
    page.click("button:text-is('列上')")
    said(page, "已列上")
    page.check("[name=role][value=co]")
    page.select_option("[name=unit]", label=co)
    page.click("button:has-text('回到交办会')")
    said(page, "已列上")
    sure(page, "交办")
    said(page, "已交办 2 项")


def agree_to_return(page):
    waiting_desk(page, "退回申请等您审批")
    page.click("button:text-is('同意退回')")
    said(page, "已审批")


def waiting_desk(page, label):
    page.click(f"main .row-title:has-text('{label}')")
    page.click(f"main .row-title:has-text('{TITLE}')")
    assert fits(page)


def hand_again(page, to, handler):
    """From the case that came back over its proposal to another unit."""
    page.click("main .page-head a:has-text('号')")
    page.click("main a.main:text-is('交办')")
    page.select_option("#pick", label=to)
    page.click("button:text-is('填入')")
    expect(page.locator("[name=leader_name]")).to_have_value("何伟")
    page.select_option("[name=handler]", label=handler)
    page.click("main button:text-is('交办')")
    said(page, "已交办")


# --- units --------------------------------------------------------------------------------------------------------


def accept(page):
    open_row(page)
    page.click("button:text-is('签收')")
    said(page, "已签收")


def ask_return(page, suggested):
    page.click("main a:has-text('申请退回')")
    page.fill("[name=reason]", "公交线路由交通部门管理，不属于本单位职责。")
    page.select_option("[name=suggested]", label=suggested)
    page.click("button:text-is('提交申请')")
    said(page, "退回申请已提交")


def contact(page):
    page.click("main a:text-is('登记沟通')")
    page.select_option("[name=stage]", label="办前面商")
    page.check("[name=way][value=visit]")
    page.fill("input[name=on]", timezone.localdate().isoformat())
    page.fill("[name=with_whom]", "王委员、秦委员")
    page.fill("[name=words]", "一同看了现场，同意先加密早晚班次。")
    page.click("button:text-is('登记')")
    said(page, "沟通情况已登记")


def draft_opinion(page):
    page.click("main a:text-is('开始写意见')")
    page.fill("[name=text]", "金田村口可以设停靠点，需施划标线。")
    page.click("button:text-is('送核稿')")
    said(page, "已送核稿")


def draft_reply(page):
    expect(page.locator("main")).to_contain_text("需施划标线")
    page.click("main a:text-is('开始写答复')")
    page.fill("[name=answer_0]", "早晚各增加两班，年内实行。")
    page.fill("[name=answer_1]", "金田村停靠点列入明年计划。")
    page.fill("[name=text]", "感谢关心，欢迎继续监督。")
    page.check("[name=grade][value=B]")
    page.fill("[name=promise]", "建成金田村停靠点")
    page.fill("[name=promised_on]", (timezone.localdate() + datetime.timedelta(days=200)).isoformat())
    page.select_option("[name=publication]", "full")
    page.click("button:text-is('送核稿')")
    said(page, "已送核稿")


def check_and_sign(page, number):
    """The leader of a small unit checks what the handler drafted, and signs it."""
    menu(page, "交办件")
    page.click(f".now .row-title:has-text('{TITLE}')")
    page.click("button:text-is('核稿通过')")
    said(page, "核稿通过")
    page.fill("[name=number]", number)
    page.click("button:text-is('签发')")
    said(page, "已签发")


def send(page, words):
    menu(page, "交办件")
    page.click(f".now .row-title:has-text('{TITLE}')")
    sure(page, "送达")
    said(page, words)


# --- the year after -----------------------------------------------------------------------------------------------


def start_look_back(page):
    menu_of_desk(page, "回头看")
    page.click("main a:text-is('启动回头看')")
    page.fill("[name=check_due_on]", (timezone.localdate() + datetime.timedelta(days=20)).isoformat())
    page.click("button:text-is('启动')")
    said(page, "已启动")


def menu_of_desk(page, label):
    page.click(".nav a:text-is('提案和办理')")
    page.click(f"main a:text-is('{label}') >> nth=0")


def self_check(page):
    waiting_desk_of_campaign(page)
    page.check("[name=found][value=kept]")
    page.fill("section:has(h2:text-is('请自查')) [name=words]", "停靠点已于五月建成启用。")
    page.click("button:text-is('提交自查')")
    said(page, "自查已提交")


def waiting_desk_of_campaign(page):
    page.click("main .row-title:has-text('回头看')")
    page.click("main .row-title:has-text('年提案“回头看”')")
    open_row(page)


def spot_and_verify(page):
    waiting_desk_of_campaign(page)
    page.click("summary:text-is('登记抽查')")
    for question in ("has_leader", "has_person", "in_order"):
        page.check(f"[name={question}][value=yes]")
    page.fill("#spot_words", "到金田村看过，站牌、标线齐全。")
    page.click("button:text-is('保存抽查')")
    said(page, "抽查已登记")
    page.check("[name=end][value=verified]")
    page.fill("#end_words", "停靠点已启用，承诺兑现。")
    page.click("button:text-is('登记结论')")
    said(page, "结论已登记")


def finish(page):
    page.click("main a.back")
    sure(page, "结束回头看")
    said(page, "已结束")


def in_public(page):
    """A visitor, from the front page of the county to the whole story."""
    page.goto("/c/jiahe/")
    expect(page.locator(f"main .row-title:has-text('{TITLE}')")).to_have_count(1)
    assert fits(page)
    menu(page, "提案")
    open_row(page)
    main = page.locator("main")
    for words in ("已办结", "县交通局", "建成金田村停靠点", "金田村停靠点"):
        expect(main).to_contain_text(words)
    assert fits(page)


# --- the story ----------------------------------------------------------------------------------------------------


def test_from_the_joint_draft_to_the_promise_kept(county, enter):
    with enter("wang") as wang:
        write(wang)
        invite(wang, "秦委员")
    with enter("qin") as qin:
        co_sign(qin)
    with enter("wang") as wang:
        submit(wang)
    made = Proposal.objects.get()
    assert (made.kind, made.state) == (ProposerKind.JOINT, ProposalState.SUBMITTED)

    with enter("li", device=DESK) as li:
        file(li)
    with enter("li", device=DESK) as li:
        hand_over(li, "县住建局", "县公安局")
    with enter("zhang") as zhang:
        accept(zhang)
        ask_return(zhang, "县交通局")
    with enter("li", device=DESK) as li:
        agree_to_return(li)
        hand_again(li, "县交通局", "县交通局 县交通局科长")
    lead = made.assignments.get(role=AssignmentRole.LEAD, unit=county.traffic.unit)
    assert made.assignments.get(unit=county.unit).state == AssignmentState.RETURNED

    with enter("jiao") as handler:
        accept(handler)
        contact(handler)
    with enter("gong") as handler:
        accept(handler)
        draft_opinion(handler)
    with enter("gongzhang") as leader:
        check_and_sign(leader, "嘉公函〔2026〕5号")
    with enter("gong") as handler:
        send(handler, "会办意见已报送主办单位")
    with enter("jiao") as handler:
        menu(handler, "交办件")
        open_row(handler)
        draft_reply(handler)
    with enter("jiaozhang") as leader:
        check_and_sign(leader, "嘉交函〔2026〕12号")
    with enter("jiao") as handler:
        send(handler, "答复已签发并送达")

    with enter("wang") as wang:
        rate(wang)
    lead.refresh_from_db()
    assert lead.state == AssignmentState.REPLIED  # the other signer has not spoken: silence is never 满意
    with enter("qin") as qin:
        rate(qin)
    lead.refresh_from_db()
    assert lead.state == AssignmentState.FOLLOWING

    with time_machine.travel(timezone.now() + A_YEAR):
        with enter("sun", device=DESK) as sun:
            start_look_back(sun)
        with enter("jiao") as handler:
            self_check(handler)
        with enter("sun", device=DESK) as sun:
            spot_and_verify(sun)
            finish(sun)
        lead.refresh_from_db()
        made.refresh_from_db()
        assert (lead.state, made.state) == (AssignmentState.CLOSED, ProposalState.CLOSED)
        assert LookBack.objects.get().state == LookBackState.CLOSED
        with enter(None) as page:
            in_public(page)
