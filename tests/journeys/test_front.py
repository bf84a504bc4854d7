"""What the front adds to working pages: kept drafts, a question before a dangerous step, lists without a reload."""

import pytest
from playwright.sync_api import expect

from proposals.models import MicroProposal
from proposals.states import MicroState
from tests.factories import proposals as make
from tests.journeys.conftest import DESK, fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = "[data-saved]:has-text('已保存')"


def test_what_was_typed_offline_comes_back_with_the_page(cast, enter):
    make.category()
    with enter("wang") as page:
        page.goto("/micro/new/")
        address = page.url
        page.fill("[name=title]", "路灯坏了三个月")
        page.wait_for_selector(SAVED)
        page.context.set_offline(True)
        page.fill("[name=body]", "金田居委会门口没有路灯，晚上看不见路。")
        page.wait_for_selector("text=内容保存在本机")
        page.click("button:has-text('下一步')")
        page.wait_for_selector("text=连上后请再提交一次")
        page.goto("about:blank")
        page.context.set_offline(False)
        page.goto(address)
        expect(page.locator("[name=body]")).to_have_value("金田居委会门口没有路灯，晚上看不见路。")
        page.wait_for_selector(SAVED)
        page.wait_for_function("!Object.keys(sessionStorage).some((key) => key.startsWith('draft:'))")
    draft = MicroProposal.objects.get()
    assert (draft.title, draft.body) == ("路灯坏了三个月", "金田居委会门口没有路灯，晚上看不见路。")


def test_a_dangerous_step_is_asked_first(cast, enter):
    micro = make.micro(cast, MicroState.REVIEWING)
    with enter("wang") as page:
        page.goto(micro.get_absolute_url())
        page.click("button:has-text('撤回')")
        page.click("dialog >> text=再想想")
        page.wait_for_selector("dialog", state="detached")
        micro.refresh_from_db()
        assert micro.state == MicroState.REVIEWING
        page.click("button:has-text('撤回')")
        page.click("dialog >> button:has-text('撤回')")
        expect(page.locator("main .badge").first).to_contain_text("已撤回")
    micro.refresh_from_db()
    assert micro.state == MicroState.WITHDRAWN


def test_a_list_is_filtered_in_place_and_by_its_address(cast, enter):
    make.micro(cast, MicroState.DRAFT, title="还是草稿")
    make.micro(cast, MicroState.REVIEWING, title="正在联审")
    with enter("wang") as page:
        page.goto("/micro/")
        page.click("text=更多条件")
        page.select_option("[name=state]", "draft")
        page.wait_for_selector("text=正在联审", state="detached")
        page.wait_for_url(lambda url: "state=draft" in url)
        page.reload()
        expect(page.locator(".row-title")).to_have_text(["还是草稿"])
        page.go_back()
        page.wait_for_selector("text=正在联审")


def test_the_main_action_is_a_few_keys_away(cast, enter):
    with enter("wang", device=DESK) as page:
        page.goto("/micro/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "跳到正文"
        page.keyboard.press("Enter")
        stops = []
        while "写微建议" not in stops:
            page.keyboard.press("Tab")
            stops.append(page.evaluate("document.activeElement.textContent.trim()"))
            assert len(stops) < 8, stops


@pytest.mark.parametrize("address", ["/", "/micro/", "/micro/new/", "/notices/", "/password/"])
def test_large_type_fits_a_phone(cast, enter, address):
    cast.wang.large_type = True
    cast.wang.save()
    with enter("wang") as page:
        page.goto(address)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "21.248px"
        assert fits(page)
