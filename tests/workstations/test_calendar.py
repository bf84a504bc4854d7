import datetime
import re

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.documents import ical
from tests.factories import activities as make
from tests.factories import workstations as places
from tests.factories.activities import AT, ENDS, HOUR, STARTS
from workstations.models import CalendarFeed, CalendarTheme
from workstations.queries.calendar import Month, month_view
from workstations.services import activities, seats
from workstations.services import calendar as services

pytestmark = pytest.mark.django_db
NOVEMBER = Month(2026, 11)


def unfolded(body):
    return body.decode().replace("\r\n ", "")


def read(client, token):
    with time_machine.travel(AT, tick=False):
        return client.get(reverse("calendar-feed", args=[token]))


# --- the month ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "month"),
    [("2026-11", NOVEMBER), ("2026-12", Month(2026, 12)), ("2026-13", NOVEMBER), ("", NOVEMBER), ("²026-11", NOVEMBER)],
)
def test_a_month_is_read_from_the_address(words, month):
    assert Month.of(words, datetime.date(2026, 11, 20)) == month


def test_months_follow_each_other_over_the_year():
    assert (Month(2026, 12).next, Month(2027, 1).previous) == (Month(2027, 1), Month(2026, 12))
    assert len(NOVEMBER.days) == 30


def test_the_month_shows_public_activities_on_each_of_their_days(cast, as_):
    make.published(cast, ends_at=ENDS + 24 * HOUR)
    make.published(cast, title="内部座谈", is_public=False)
    view = month_view(cast.committee, None, NOVEMBER)
    assert [day.day for day, _ in view.busy] == [25, 26]
    assert [len(view.empty_days), len(view.weeks[0])] == [28, 7]
    page = as_(None).get(reverse("calendar", args=["jiahe"]), {"month": "2026-11"}).content.decode()
    assert "养老服务专题调研" in page
    assert "内部座谈" not in page
    assert "还没有安排的日子" not in page


def test_a_keeper_sets_the_theme_of_the_own_station_and_sees_the_empty_days(cast, as_):
    station, other = places.station(cast.committee), places.station(cast.committee, "塘村镇工作室")
    places.post(station, cast.wang_member)
    keeper = as_(cast.wang)
    address = reverse("calendar-theme", args=["jiahe"])
    keeper.post(f"{address}?month=2026-11&station={station.pk}", {"theme": "关爱“一老一小”"})
    assert str(CalendarTheme.objects.get()) == "2026年11月 关爱“一老一小”"
    month = keeper.get(reverse("calendar", args=["jiahe"]), {"month": "2026-11", "station": station.pk})
    assert "关爱“一老一小”" in month.content.decode()
    assert "还没有安排的日子" in month.content.decode()
    assert keeper.post(f"{address}?station={other.pk}", {"theme": "别人的"}).status_code == 403
    assert keeper.post(address, {"theme": "全县的"}).status_code == 403
    keeper.post(f"{address}?month=2026-11&station={station.pk}", {"theme": "移风易俗"})
    assert CalendarTheme.objects.get().theme == "移风易俗"
    keeper.post(f"{address}?month=2026-11&station={station.pk}", {"theme": ""})
    assert not CalendarTheme.objects.exists()


def test_the_office_of_another_county_sets_nothing_here(cast):
    theme = CalendarTheme(committee=cast.committee, year=2026, month=11, theme="不该有")
    for by in (cast.zhao, cast.wang):
        with pytest.raises(PermissionDenied):
            services.set_theme(theme, by=by, at=AT)
    services.set_theme(theme, by=cast.li, at=AT)
    assert CalendarTheme.objects.get().theme == "不该有"


# --- the feed ----------------------------------------------------------------------------------------------------


def test_the_address_is_shown_once_and_a_new_one_ends_the_old(cast, as_):
    client, page = as_(cast.wang), reverse("calendar-feed-settings")
    first = client.post(page)
    token = re.search(r"/calendar/([\w-]+)\.ics", first.content.decode())[1]
    assert token not in CalendarFeed.objects.get().digest
    assert token not in client.get(page).content.decode()
    visitor = as_(None)
    assert read(visitor, token).status_code == 200
    client.post(page)
    assert read(visitor, token).status_code == 404
    client.post(page, {"revoke": "1"})
    assert not CalendarFeed.objects.exists()


def test_who_may_no_longer_sign_in_has_no_feed(cast, as_):
    token = services.renew_feed(cast.wang, at=AT)
    cast.wang.is_active = False
    cast.wang.save()
    assert read(as_(None), token).status_code == 404


def test_the_feed_holds_what_is_mine_and_nothing_else(cast, as_):
    make.published(cast, called=[cast.wang_member], title="请您参加的")
    seats.sign_up(make.published(cast, title="报了名的"), user=cast.wang, at=AT)
    withdrawn = make.published(cast, title="又取消了的")
    seats.cancel_sign_up(seats.sign_up(withdrawn, user=cast.wang, at=AT), user=cast.wang, at=AT)
    make.published(cast, title="没有报名的")
    body = unfolded(read(as_(None), services.renew_feed(cast.wang, at=AT)).content)
    assert re.findall(r"SUMMARY:(.+)\r", body) == ["请您参加的", "报了名的"]
    organiser = unfolded(read(as_(None), services.renew_feed(cast.li, at=AT)).content)
    assert organiser.count("BEGIN:VEVENT") == 4


def test_changes_and_calling_off_reach_the_phone(cast, as_):
    activity = make.published(cast, called=[cast.wang_member], place="县城,老街;3 号")
    token, visitor = services.renew_feed(cast.wang, at=AT), as_(None)
    answer = read(visitor, token)
    before = unfolded(answer.content)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert "DTSTART:20261125T010000Z\r\nDTEND:20261125T033000Z\r\n" in before
    assert r"LOCATION:县城\,老街\;3 号" in before
    assert (f"UID:activity-{activity.key}@testserver" in before, "SEQUENCE:0" in before) == (True, True)
    activity.starts_at, activity.ends_at = STARTS + HOUR, ENDS + HOUR
    activities.change(activity, changed=["starts_at", "ends_at"], by=cast.li, at=AT + HOUR)
    after = unfolded(read(visitor, token).content)
    assert ("SEQUENCE:1" in after, "LAST-MODIFIED:20261120T020000Z" in after) == (True, True)
    activities.call_off(activity, reason="雨", by=cast.li, at=AT + HOUR)
    off = unfolded(read(visitor, token).content)
    assert ("STATUS:CANCELLED" in off, "SEQUENCE:2" in off) == (True, True)
    assert f"UID:activity-{activity.key}@testserver" in off


def test_lines_are_folded_at_75_octets_and_end_as_the_standard_says():
    event = ical.Event(
        uid="1@x", summary="长" * 90, begins=datetime.date(2026, 12, 31), ends=datetime.date(2027, 1, 1), stamp=AT,
        description="一行\n二行\\",
    )  # fmt: skip
    raw = ical.calendar("日历", [event], product="test")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    body = unfolded(raw)
    assert f"SUMMARY:{'长' * 90}\r\n" in body
    assert r"DESCRIPTION:一行\n二行\\" in body
    assert "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n" in body
