"""Rooms in shared use: set up, booked without overlap, cancelled, shown by month and week (row 160)."""

import threading
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from tests.factories import members as people
from tests.factories import workstations as make
from workstations.models import PostKind, Room, RoomBooking
from workstations.services import rooms as services
from workstations.services import stations

pytestmark = pytest.mark.django_db
AT = make.AT
HOUR = timedelta(hours=1)


@pytest.fixture
def room(cast):
    """A room of a station where 王委员 resides and 陈局长 keeps."""
    station = make.station(cast.committee)
    make.post(station, cast.wang_member, PostKind.RESIDENT)
    make.post(station, cast.chen, PostKind.KEEPER)
    make.post(station, cast.zhang, PostKind.OBSERVER)
    return make.room(station)


def book(room, by, *, after=1, hours=2, at=AT, purpose="读书会"):
    starts = AT + after * HOUR
    return services.book(room, starts_at=starts, ends_at=starts + hours * HOUR, purpose=purpose, by=by, at=at)


# --- booking -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["wang", "chen", "li"])
def test_residents_keepers_and_the_office_book(cast, room, who):
    booking = book(room, getattr(cast, who))
    assert (booking.when, booking.by) == ("11月10日 10:00–12:00", getattr(cast, who))
    assert AuditEntry.objects.get(verb="room.book").data["purpose"] == "读书会"


@pytest.mark.parametrize("who", ["zhang", "zhao", "qian", "sun"])
def test_others_do_not_and_observers_only_look(cast, room, who):
    with pytest.raises(PermissionDenied):
        book(room, getattr(cast, who))


def test_a_former_resident_books_no_more(cast, room):
    room.station.posts.filter(member=cast.wang_member).update(until=datetime(2021, 1, 1).date())  # noqa: DTZ001
    with pytest.raises(PermissionDenied):
        book(room, cast.wang)


@pytest.mark.parametrize(("after", "hours"), [(1, 2), (0.5, 1), (2, 0.5), (2, 5), (0.5, 6)])
def test_hours_that_overlap_are_refused_in_words(cast, room, after, hours):
    book(room, cast.wang)
    with pytest.raises(Incomplete, match="11月10日 10:00–12:00，读书会"):
        book(room, cast.li, after=after, hours=hours)
    assert RoomBooking.objects.count() == 1


def test_hours_that_touch_another_room_and_cancelled_ones_are_free(cast, room):
    first = book(room, cast.wang)
    book(room, cast.li, after=3)
    book(room, cast.li, after=0, hours=1)
    book(make.room(room.station, "书画室"), cast.li)
    services.cancel(first, by=cast.wang, at=AT)
    book(room, cast.li)
    assert RoomBooking.objects.standing().count() == 4


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"after": -1}, "已经过去"),
        ({"hours": 0}, "晚于开始"),
        ({"hours": -3}, "晚于开始"),
        ({"hours": 25}, "24 小时"),
        ({"after": 24 * 400}, "提前一年"),
        ({"purpose": "找王某 13900000001"}, "会公开"),
        ({"purpose": "  "}, "不能为空|必填|字段"),
        ({"purpose": "长" * 65}, "64"),
    ],
)
def test_what_cannot_be_booked_is_refused(cast, room, wrong, words):
    with pytest.raises(Incomplete, match=words):
        book(room, cast.li, **wrong)
    assert RoomBooking.objects.count() == 0


def test_a_closed_room_and_a_closed_station_take_no_booking_and_tell_those_who_had_one(cast, room):
    mine = book(room, cast.wang)
    running = book(room, cast.wang, after=0, hours=1)
    services.open_or_close(room, is_open=False, by=cast.chen, at=AT)
    assert set(RoomBooking.objects.standing()) == {running}
    assert Notice.objects.get(recipient=cast.wang).body == "11月10日 10:00–12:00，读书会。原因：功能室已停用。"
    with pytest.raises(WrongState, match="停用"):
        book(room, cast.li)
    with pytest.raises(WrongState):
        services.open_or_close(room, is_open=False, by=cast.chen, at=AT)
    services.open_or_close(room, is_open=True, by=cast.chen, at=AT)
    again = book(room, cast.wang)
    stations.close_station(room.station, reason="合并", by=cast.li, at=AT)
    assert Notice.objects.filter(recipient=cast.wang).count() == 2
    again.refresh_from_db()
    assert again.cancelled_at == AT
    with pytest.raises(WrongState, match="已关闭"):
        book(room, cast.li)
    assert mine.pk != again.pk


def test_cancelling_once_by_the_right_person_and_in_time(cast, room):
    booking = book(room, cast.wang)
    for who in (cast.zhang, cast.zhao, people.user("other", "旁人")):
        with pytest.raises(PermissionDenied):
            services.cancel(booking, by=who, at=AT)
    with pytest.raises(WrongState, match="已经过去"):
        services.cancel(booking, by=cast.wang, at=AT + 4 * HOUR)
    stale = RoomBooking.objects.get()
    services.cancel(booking, by=cast.chen, at=AT)
    assert Notice.objects.get().recipient == cast.wang
    with pytest.raises(WrongState, match="已经取消"):
        services.cancel(stale, by=cast.wang, at=AT)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_four_who_book_at_once_one_gets_the_room(cast, room):
    gate, results = threading.Barrier(4), [None] * 4

    def run(place):
        try:
            gate.wait(10)
            results[place] = book(Room.objects.select_related("station").get(pk=room.pk), cast.li)
        except Refusal as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(type(result).__name__ for result in results) == ["Incomplete"] * 3 + ["RoomBooking"]
    assert RoomBooking.objects.count() == 1


# --- setting up --------------------------------------------------------------------------------------------------


def test_a_keeper_sets_a_room_up_with_all_its_uses(cast, as_, room):
    chen, station = as_(cast.chen), room.station
    address = reverse("room-new", args=[station.pk])
    given = {"name": "书画室", "uses": "诗书画室、读书室", "seats": "20"}
    assert chen.post(address, given).status_code == 302
    made = Room.objects.get(name="书画室")
    assert made.use_list == ["诗书画室", "读书室"]
    assert "本站已有同名的功能室。" in chen.post(address, given).content.decode()
    assert chen.post(reverse("room-edit", args=[made.pk]), {**given, "seats": "30"}).status_code == 302
    assert chen.post(reverse("room-switch", args=[made.pk]), {"open": "0"}).status_code == 302
    made.refresh_from_db()
    assert (made.seats, made.is_open) == (30, False)
    verbs = AuditEntry.objects.filter(verb__startswith="room.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["room.add", "room.edit", "room.close"]
    with pytest.raises(WrongState):
        services.add_room(Room(station=make.closed_station(cast.committee), name="室", uses="用"), by=cast.li, at=AT)


PAGES = [("room-new", "station"), ("room-edit", "room"), ("room-book", "room")]


@pytest.mark.parametrize(("name", "of"), PAGES)
def test_who_comes_to_which_page(cast, as_, room, name, of):
    address = reverse(name, args=[room.station_id if of == "station" else room.pk])
    who = (None, cast.wang, cast.chen, cast.zhang, cast.zhao, cast.li)
    codes = [as_(user).get(address).status_code for user in who]
    resident = 200 if name == "room-book" else 403
    assert codes == [302, resident, 200, 403, 403, 200]


def test_rooms_of_a_closed_station_are_not_found(cast, as_, room):
    stations.close_station(room.station, reason="合并", by=cast.li, at=AT)
    for address in (room.get_absolute_url(), reverse("station-rooms", args=[room.station_id])):
        assert [as_(user).get(address).status_code for user in (None, cast.zhao, cast.li)] == [404, 404, 200]


# --- the calendar ------------------------------------------------------------------------------------------------


def test_from_the_form_to_the_calendar_and_back(cast, as_, room):
    wang, now = as_(cast.wang), datetime.now(tz=AT.tzinfo)
    starts = (now + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    given = {"starts_at": f"{starts:%Y-%m-%dT%H:%M}", "ends_at": f"{starts:%Y-%m-%dT11:00}", "purpose": "读书会"}
    address = reverse("room-book", args=[room.pk])
    answer = wang.post(address, given)
    assert answer.url == f"{room.get_absolute_url()}?month={starts:%Y-%m}"
    page = as_(None).get(answer.url).content.decode()
    assert "09:00–11:00" in page
    assert "取消" not in page
    refused = wang.post(address, {**given, "purpose": "晨练"})
    assert "这个时段已有预约" in refused.content.decode()
    assert "晨练" in refused.content.decode()
    booking = RoomBooking.objects.get()
    cancel = reverse("room-cancel", args=[booking.pk])
    assert cancel in wang.get(answer.url).content.decode()
    codes = [as_(user).get(cancel).status_code for user in (None, cast.zhang, cast.zhao, cast.chen, cast.wang)]
    assert codes == [302, 403, 403, 200, 200]
    wang.post(cancel)
    assert "09:00–11:00" not in as_(None).get(answer.url).content.decode()


def test_a_week_and_a_month_and_a_night_over_two_days(cast, as_, room):
    make.booking(room, cast.wang, at=AT.replace(day=15, hour=22), hours=4, purpose="守夜")
    address = reverse("station-rooms", args=[room.station_id])
    visitor = as_(None)
    month = visitor.get(address, {"month": "2026-11"}).context["view"]
    assert [day.day for day, found in month.by_day.items() if found] == [15, 16]
    week = visitor.get(address, {"by": "week", "day": "2026-11-16"})
    assert [day.day for day in week.context["view"].by_day] == [16]
    assert (week.context["before"], week.context["after"]) == ("by=week&day=2026-11-09", "by=week&day=2026-11-23")
    for odd in ({"by": "week", "day": "9999-99-99"}, {"by": "week", "day": "x\0"}, {"month": "2026-13"}):
        assert visitor.get(address, odd).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_calendar_costs_as_much_for_more_rows(cast, as_, room, rows, django_assert_num_queries):
    for number in range(rows):
        other = make.room(room.station, f"第{number}室")
        make.booking(other, cast.wang)
    with django_assert_num_queries(3):
        as_(None).get(reverse("station-rooms", args=[room.station_id]), {"month": "2026-11"})


def test_without_rooms_the_page_says_what_to_do(cast, as_):
    station = make.station(cast.committee)
    address = reverse("station-rooms", args=[station.pk])
    assert "登记功能室" in as_(cast.li).get(address).content.decode()
    assert "还没有登记功能室" in as_(None).get(address).content.decode()
