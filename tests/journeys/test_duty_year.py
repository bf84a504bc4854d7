"""履职: from the sign-up on the phone to the answered objection, in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from members.models import Objection, ScoreScheme
from members.presets import schemes as presets
from members.services.scoring import schemes
from members.states import ObjectionState
from tests.journeys.conftest import DESK, fits
from workstations.models import Activity, ActivityKind, Seat
from workstations.presets import duty
from workstations.services import activities, check_in, quotas
from workstations.states import ActivityState, SeatState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "塘村镇农村饮水调研"


@pytest.fixture
def year(cast):
    """A scheme in force, 六个一, and an activity that begins in half an hour."""
    now = timezone.now()
    presets.load()
    scheme = schemes.copy_preset(
        ScoreScheme.objects.presets().get(name="桐城市2019"), cast.committee, now.year, by=cast.li, at=now
    )
    schemes.enact(scheme, by=cast.li, at=now)
    quota, lines = duty.make_quota(duty.quotas()["six-ones"], cast.committee)
    quotas.create(quota, lines, by=cast.li, at=now)
    cast.activity = activities.draft(
        Activity(
            committee=cast.committee, kind=ActivityKind.SURVEY, title=TITLE, place="塘村镇水厂",
            starts_at=now + timedelta(minutes=30), ends_at=now + timedelta(hours=3),
        ),
        by=cast.li,
        at=now,
    )  # fmt: skip
    activities.publish(cast.activity, by=cast.li, at=now)
    cast.scheme = scheme
    return cast


def sign_up(page):
    page.goto("/activities/")
    page.click(f"text={TITLE}")
    page.click("button:has-text('报名参加')")
    page.wait_for_selector("text=已报名")
    assert fits(page)


def check_in_by_code(page, activity):
    """The address in the QR code of this moment, as the phone's camera opens it."""
    page.goto(f"/activities/{activity.pk}/check-in/?code={check_in.code_at(activity, timezone.now())}")
    page.click("button:has-text('签到')")
    page.wait_for_selector("text=已签到")
    assert fits(page)


def close(page, activity):
    """It is over: the organiser writes down what came of it."""
    over = timezone.now() - timedelta(minutes=5)
    Activity.objects.filter(pk=activity.pk).update(starts_at=over - timedelta(hours=2), ends_at=over)
    page.goto(f"/activities/{activity.pk}/close/")
    page.fill("[name=effect]", "找到两处管网漏点。")
    page.click("button.main:has-text('办结')")
    page.wait_for_selector("text=已举办")


def freeze_and_publish(page, scheme):
    page.goto(f"/office/appraisals/freeze/{scheme.pk}/")
    page.fill("[name=reason]", "年度工作已经结束，提前定格。")
    page.click("button.main:has-text('定格')")
    page.click("a.main:has-text('反馈给委员')")
    page.click("button.main:has-text('反馈给')")
    page.click("dialog[open] button:has-text('反馈给')")
    page.wait_for_selector(".badge:has-text('已反馈')")


def test_a_year_of_duty(year, enter):
    with enter("wang") as wang:
        sign_up(wang)
        with enter("li", device=DESK) as screen:
            screen.goto(f"/activities/{year.activity.pk}/screen/")
            expect(screen.locator(".screen-code svg")).to_have_count(1)
        check_in_by_code(wang, year.activity)
    seat = Seat.objects.get(activity=year.activity, member=year.wang_member)
    assert seat.state == SeatState.PRESENT

    with enter("li", device=DESK) as li:
        close(li, year.activity)
        year.activity.refresh_from_db()
        assert year.activity.state == ActivityState.HELD

    with enter("wang") as wang:
        wang.goto("/my/duty/")
        wang.click("summary:has-text('活动')")
        expect(wang.locator(f"a:has-text('{TITLE}')")).to_have_count(1)
        quota = wang.locator("tr:has-text('参加一次履职活动'), li:has-text('参加一次履职活动')").first
        expect(quota).to_contain_text("1 / 1")
        assert fits(wang)

    with enter("li", device=DESK) as li:
        freeze_and_publish(li, year.scheme)

    with enter("wang") as wang:
        wang.goto("/my/appraisals/")
        wang.click(f"text={year.scheme.year} 年度")
        wang.click("summary:has-text('对结果有异议')")
        wang.fill("[name=words]", "我还参加了一次走访，明细里没有，请核实。")
        wang.click("button:has-text('提交申诉')")
        wang.wait_for_selector(".badge:has-text('待答复')")
        assert fits(wang)
    objection = Objection.objects.get()

    with enter("li", device=DESK) as li:
        li.goto(objection.get_absolute_url())
        li.click("summary:has-text('维持原结果')")
        li.fill("details [name=answer]", "走访没有凭证，可以补充材料申报，记入下一年度。")
        li.click("button:has-text('维持原结果并答复')")
        li.click("dialog[open] button:has-text('维持原结果并答复')")
        li.wait_for_selector(".badge:has-text('维持原结果')")
    objection.refresh_from_db()
    assert objection.state == ObjectionState.REFUSED

    with enter("wang") as wang:
        wang.goto(f"/my/appraisals/{objection.result_id}/")
        expect(wang.locator("text=走访没有凭证")).to_have_count(1)
        assert fits(wang)
