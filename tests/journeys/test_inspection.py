"""自查: the keeper looks at the station with the phone, item by item, with photos; the office sees what is missing."""

import pytest
from playwright.sync_api import expect

from config.uploads import store
from tests.factories import standards as make
from tests.factories import workstations as places
from tests.journeys.conftest import DESK, fits
from workstations.models import Finding, Inspection
from workstations.presets import standards as presets
from workstations.states import InspectionState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(cast):
    presets.load()
    cast.station = places.station(cast.committee)
    cast.ma = make.keeper(cast.station)
    make.standard(cast.committee)
    return cast


def shot(name, colour="white"):
    return {"name": name, "mimeType": "image/jpeg", "buffer": make.photo(name, colour).read()}


def card(page, name):
    return page.locator(f".finding:has(h2:has-text('{name}'))")


def saved(page, name):
    card(page, name).locator("[data-saved]:has-text('已保存')").wait_for()


def test_the_keeper_checks_the_station_with_photos_and_the_office_sees_what_is_missing(place, enter):
    with enter("ma") as page:
        page.goto(f"/stations/{place.station.pk}/")
        page.click("text=自查一次")
        page.click("button:has-text('开始')")
        page.wait_for_selector(".finding")
        assert fits(page)

        plaque = card(page, "有标牌")
        plaque.locator("label:has-text('有')").first.click()
        plaque.locator("[data-saved]:has-text('须附照片')").wait_for()
        plaque.locator("input[type=file]").set_input_files([shot("门口.jpg"), shot("近看.jpg", "blue")])
        saved(page, "有标牌")
        expect(plaque.locator(".files img")).to_have_count(2)
        assert fits(page)

        room = card(page, "有场所")
        room.locator("input[type=file]").set_input_files(shot("大厅.jpg", "green"))
        saved(page, "有场所")
        room.locator("label:has-text('有')").first.click()
        for name in ("有制度", "有活动", "有驻站委员", "有专"):
            card(page, name).locator(".pick:has-text('有')").first.click()
            saved(page, name)

        page.context.set_offline(True)
        for name in ("有经费", "有记录"):
            card(page, name).locator(".pick:has-text('没有')").click()
            card(page, name).locator("[data-saved]:has-text('没有连上网络')").wait_for()
        page.context.set_offline(False)
        for name in ("有经费", "有记录"):
            saved(page, name)
        expect(page.locator("[data-answered]")).to_have_text("8")

        page.click("button:has-text('看结果')")
        page.wait_for_selector("text=还缺 2 项")
        assert fits(page)
        page.click("button.main:has-text('完成')")
        page.wait_for_selector("h1:has-text('八有 6/8')")
        assert fits(page)
    row = Inspection.objects.get()
    assert row.state == InspectionState.DONE
    assert store.of(Finding.objects.get(name="有标牌")).count() == 2

    with enter("li", device=DESK) as page:
        page.goto("/office/inspections/")
        page.wait_for_selector("text=缺 2 项")
        page.click("text=八有 6/8，还缺：有记录、有经费")
        page.wait_for_selector("text=逐项结果")
        expect(page.locator(".files img")).to_have_count(3)


def test_one_that_was_begun_by_mistake_is_dropped_after_a_question(place, enter):
    row = make.begun(place.station, place.committee.standards.get(), "self", by=place.ma)
    with enter("ma") as page:
        page.goto(f"/inspections/{row.pk}/fill/")
        page.click("button:has-text('作废这一次')")
        page.click("dialog[open] button:has-text('作废这一次')")
        page.wait_for_selector("text=已作废")
    row.refresh_from_db()
    assert row.state == InspectionState.DROPPED
