"""承办单位考核 in Chromium: set up at a desk, compared, opened case by case, published; read by the unit on a phone."""

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from proposals.models import Assignment, Measure, UnitAppraisal
from proposals.states import AppraisalState, Satisfaction
from tests.factories import members as people
from tests.factories import supervision as make
from tests.factories.supervision import LATE
from tests.journeys.conftest import DESK, fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_years_appraisal_from_the_first_click_to_the_unit(cast, enter):
    with time_machine.travel(LATE, tick=True):
        done = make.answered(cast, make.handed(cast), satisfaction=Satisfaction.SATISFIED)
        Assignment.objects.filter(pk=make.handed(cast).pk).update(
            unit=people.organisation(cast.committee, "县水利局")
        )  # fmt: skip
        with enter("sun", device=DESK) as page:
            page.goto(reverse("unit-appraisal-list"))
            page.get_by_role("link", name="新建考核").first.click()
            page.check("input[name=of][value=units]")
            page.fill("input[name=least]", "1")
            page.click("main button.main")
            expect(page.locator("h1")).to_have_text("2026 年承办单位考核")
            assert fits(page)
            made = UnitAppraisal.objects.get()
            page.locator("#compare").get_by_role("link", name="办理结果满意率").click()
            expect(page.locator("#compare .bars")).to_contain_text("100.0%")
            line = made.indicators.get(measure=Measure.REPLIED)
            page.goto(reverse("unit-appraisal-cases", args=[made.pk, line.pk, cast.unit.pk]))
            expect(page.locator("main")).to_contain_text(done.title)
            page.goto(made.get_absolute_url())
            page.click("button.main:has-text('发布')")
            page.click("dialog[open] button:has-text('发布')")
            expect(page.locator("body")).to_contain_text("考核已发布")
        made.refresh_from_db()
        assert made.state == AppraisalState.PUBLISHED
        with enter("zhang") as page:
            page.goto(reverse("unit-appraisal-list"))
            page.get_by_role("link", name="2026 年承办单位考核").click()
            expect(page.locator("main")).to_contain_text("1. 县住建局")
            expect(page.locator("main")).not_to_contain_text("县水利局")
            assert fits(page)
