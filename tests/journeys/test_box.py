"""An opinion from the poster on the wall to the unit's answer, at 390 px: nobody knows who wrote; who did, reads it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from config.milestones import clock
from proposals.models import MicroProposal
from proposals.states import MicroState
from tests.factories import boxes as boxes
from tests.factories import proposals as make
from tests.factories.boxes import BODY
from tests.journeys import test_micro_proposal as micro
from tests.journeys.conftest import fits
from workstations.models import OpinionBox, Word
from workstations.states import WordState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def put_in(page, box, body=BODY) -> str:
    page.goto(box.get_absolute_url())
    assert fits(page)
    page.fill("[name=body]", body)
    page.fill("[name=place]", "金田村三组")
    page.wait_for_timeout(3500)  # nobody writes faster
    page.click("button:has-text('投入意见箱')")
    page.wait_for_selector("text=已收到，明早送达")
    assert fits(page)
    return page.inner_text(".now b")


def look_up(page, box, code) -> str:
    page.goto(box.get_absolute_url())
    page.click("a:has-text('看办到哪一步')")
    page.fill("[name=code]", code)
    page.click("button:has-text('查询')")
    page.wait_for_selector("section .badge")
    assert fits(page)
    return page.inner_text("main")


def the_day_passes(box):
    """Its letters are of yesterday then; the sweep of this morning takes them out."""
    tomorrow = timezone.now() + timedelta(days=1)
    clock.sweep(max(tomorrow, timezone.localtime(tomorrow).replace(hour=6, minute=1)))


def take_up(page, word):
    page.goto(word.get_absolute_url())
    assert fits(page)
    page.click("a:has-text('转为微建议')")
    page.fill("[name=title]", micro.TITLE)
    page.select_option("[name=category]", label="交通出行")
    page.select_option("[name=region]", "431024100001")
    page.click("button:has-text('下一步')")
    page.click("button:has-text('提交')")
    page.wait_for_selector("text=已提交")


def test_from_the_poster_to_the_answer(cast, enter):
    """The office hangs it up, a citizen writes, the keeper takes it up, the unit answers, the code shows it all."""
    make.category()
    box = boxes.kept(cast)
    with enter("li") as page:
        page.goto("/office/boxes/")
        page.click(f"text={box.name}")
        assert fits(page)
        page.click("a:has-text('海报')")
        assert fits(page)
        assert page.inner_text(".poster-address").endswith(box.get_absolute_url())
        expect(page.locator(".poster-code svg")).to_have_count(1)
    with enter(None) as page:
        code = put_in(page, box)
        assert "第二天早上送达" in look_up(page, box, code)
        assert page.context.cookies() == []
    the_day_passes(box)
    word = Word.objects.get()
    with enter("wang") as page:
        take_up(page, word)
    word.refresh_from_db()
    assert word.state == WordState.CARRIED
    for reviewer in ("dang", "zheng", "xie"):
        with enter(reviewer) as page:
            micro.agree(page)
    with enter("li") as page:
        micro.hand_over(page)
    with enter("zhang") as page:
        micro.answer(page, grade="A", text="路灯已修好。")
    with enter("chen") as page:
        micro.sign(page)
    with enter("wang") as page:
        micro.rate(page, "satisfied")
    assert MicroProposal.objects.get().state == MicroState.CLOSED
    with enter(None) as page:
        told = look_up(page, box, code)
        assert "县住建局" in told
        assert "已办结" in told
        assert BODY in told


def test_who_is_signed_in_writes_as_nobody_and_without_script(cast, enter):
    box = boxes.kept(cast)
    with enter("li", java_script_enabled=False) as page:
        code = put_in(page, box)
        expect(page.locator("body")).not_to_contain_text("李主任")
        assert "已收到" in look_up(page, box, code)
        page.goto("/office/boxes/")
        expect(page.locator("main")).to_contain_text(box.name)
    assert OpinionBox.objects.get().words.count() == 0


def test_a_closed_box_shows_other_ways(cast, enter):
    box = boxes.kept(cast)
    with enter("li") as page:
        page.goto(f"/office/boxes/{box.pk}/close/")
        page.fill("[name=reason]", "迁址")
        page.click("main button:has-text('关闭意见箱')")
        page.wait_for_selector("text=已关闭，已经投进去的信")
        assert fits(page)
