"""The changing code: every way to check in that is not standing in front of the screen is refused in words."""

import datetime
import re
import threading

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from config.audit.models import AuditEntry
from config.refusals import Refusal, WrongState
from members.models import Parameter
from tests.factories import activities as make
from tests.factories.activities import AT, ENDS, MINUTE, STARTS
from workstations.models import ActivityKind, Seat
from workstations.services import activities, seats
from workstations.services import check_in as services
from workstations.services.activities import Outcome
from workstations.services.check_in import AlreadyHere
from workstations.states import SeatState

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)
SOON = STARTS - 10 * MINUTE


def enter(activity, user, *, at=SOON, device="phone", ticket_at=None, **given):
    ticket = services.ticket_for(activity, user, ticket_at or at)
    return services.check_in(activity, **{"user": user, "ticket": ticket, "device": device, "at": at, **given})


@pytest.fixture
def on_site(as_):
    """`on_site(user)` is a phone whose owner signed in shortly before."""

    def enter_site(user):
        with time_machine.travel(SOON, tick=False):
            return as_(user)

    return enter_site


def sign_in(phone, user, at=SOON):
    with time_machine.travel(at, tick=False):
        phone.force_login(user, backend="members.auth.NameOrPhoneBackend")


def page(client, activity, at, code=None, *, code_at=None):
    """GET as if the code had been scanned at `at`; the code is that of `code_at`."""
    code = services.code_at(activity, code_at or at) if code is None else code
    with time_machine.travel(at, tick=False):
        return client.get(reverse("activity-check-in", args=[activity.pk]), {"code": code})


def tap(client, shown, activity, at):
    """POST the ticket that the page carries."""
    found = re.search(r'name="ticket" value="([^"]+)"', shown.content.decode())
    with time_machine.travel(at, tick=False):
        address = reverse("activity-check-in", args=[activity.pk])
        return client.post(address, {"ticket": found[1] if found else ""}, follow=True)


# --- the code ----------------------------------------------------------------------------------------------------


def test_the_code_changes_every_twenty_seconds_and_one_old_step_is_tolerated(cast):
    activity = make.published(cast)
    base = STARTS.replace(second=0)
    code = services.code_at(activity, base)
    assert services.code_at(activity, base + 19 * SECOND) == code
    assert services.code_at(activity, base + 20 * SECOND) != code
    shown = [services.is_shown(activity, code, base + n * SECOND) for n in (0, 19, 20, 39, 40, 600)]
    assert shown == [True, True, True, True, False, False]


def test_the_code_of_another_activity_and_any_other_text_is_none(cast):
    first, second = make.published(cast), make.published(cast)
    assert first.secret != second.secret
    assert not services.is_shown(second, services.code_at(first, SOON), SOON)
    for code in ("", "0" * 20, "签到", "\x00"):
        assert not services.is_shown(first, code, SOON)


# --- the ticket --------------------------------------------------------------------------------------------------


def test_the_tap_may_come_a_minute_after_the_look(cast):
    activity = make.published(cast)
    seat = enter(activity, cast.wang, at=SOON + 60 * SECOND, ticket_at=SOON)
    assert (seat.state, seat.checked_in_at) == (SeatState.PRESENT, SOON + 60 * SECOND)


def test_a_minute_and_a_second_is_too_late(cast):
    with pytest.raises(Refusal, match="请对着屏幕再扫一次"):
        enter(make.published(cast), cast.wang, at=SOON + 61 * SECOND, ticket_at=SOON)


def test_the_ticket_of_another_person_activity_or_moment_is_refused(cast):
    other = make.member(cast, "other")
    activity, second = make.published(cast), make.published(cast)
    tickets = [
        services.ticket_for(activity, other.user, SOON),
        services.ticket_for(second, cast.wang, SOON),
        services.ticket_for(activity, cast.wang, SOON + MINUTE),
        services.ticket_for(activity, cast.wang, SOON)[:-1],
        "",
    ]
    for ticket in tickets:
        with pytest.raises(Refusal, match="再扫一次"):
            enter(activity, cast.wang, ticket=ticket)
    assert not Seat.objects.exists()


# --- when, who, with what ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (STARTS - 61 * MINUTE, "签到还没有开始，08:00 起可以签到"),
        (ENDS + MINUTE, "活动已经结束"),
    ],
)
def test_outside_the_window_the_refusal_says_when(cast, at, words):
    with pytest.raises(WrongState, match=words):
        enter(make.published(cast), cast.wang, at=at)


@pytest.mark.parametrize(
    ("minutes", "state"), [(-60, SeatState.PRESENT), (15, SeatState.PRESENT), (16, SeatState.LATE)]
)
def test_after_a_quarter_of_an_hour_one_is_late(cast, minutes, state):
    assert enter(make.published(cast), cast.wang, at=STARTS + minutes * MINUTE).state == state


def test_from_when_on_one_is_late_is_the_committees_own(cast):
    Parameter.objects.create(committee=cast.committee, code="check_in.late_minutes", value="30")
    assert enter(make.published(cast), cast.wang, at=STARTS + 20 * MINUTE).state == SeatState.PRESENT


@pytest.mark.parametrize("deed", ["close", "call_off"])
def test_what_is_closed_or_called_off_takes_nobody(cast, deed):
    activity = make.published(cast)
    if deed == "close":
        activities.close(activity, outcome=Outcome(), by=cast.li, at=STARTS)
    else:
        activities.call_off(activity, reason="雨", by=cast.li, at=AT)
    with pytest.raises(WrongState, match="不能签到"):
        enter(activity, cast.wang, at=STARTS)


def test_twice_is_told_when_it_was(cast):
    activity = make.published(cast)
    enter(activity, cast.wang)
    with pytest.raises(AlreadyHere, match=r"^您已于 11月25日 08:50 签到。$"):
        enter(activity, cast.wang, at=STARTS)
    assert Seat.objects.get().checked_in_at == SOON
    assert AuditEntry.objects.filter(verb="seat.check_in").count() == 1


def test_one_phone_checks_in_one_member_of_an_activity(cast):
    other = make.member(cast, "other")
    activity, second = make.published(cast), make.published(cast)
    enter(activity, cast.wang, device="a")
    with pytest.raises(Refusal, match=r"这部手机已为另一位委员签到.*工作人员在名单上登记"):
        enter(activity, other.user, device="a")
    assert enter(activity, other.user, device="b").state == SeatState.PRESENT
    assert enter(second, other.user, device="a").state == SeatState.PRESENT
    assert len(set(Seat.objects.filter(activity=activity).values_list("device", flat=True))) == 2


def test_who_did_not_sign_up_gets_a_seat_and_who_was_not_called_to_a_meeting_does_not(cast):
    enter(make.published(cast), cast.wang)
    assert Seat.objects.get().is_called is False
    make.member(cast, "chang", is_standing=True)
    with pytest.raises(Refusal, match="不在应到名单"):
        enter(make.published(cast, kind=ActivityKind.STANDING), cast.wang)


@pytest.mark.parametrize("state", [SeatState.LEAVE_GRANTED, SeatState.LEAVE_ASKED, SeatState.CANCELLED])
def test_who_comes_after_all_is_present(cast, state):
    activity = make.published(cast)
    make.seat(activity, cast.wang_member, state, leave_reason="外出")
    assert enter(activity, cast.wang).state == SeatState.PRESENT


# --- the pages ---------------------------------------------------------------------------------------------------


def test_scan_and_tap(cast, on_site):
    activity, client = make.published(cast), on_site(cast.wang)
    shown = page(client, activity, SOON, code_at=SOON - 20 * SECOND)
    assert "王委员，请确认签到" in shown.content.decode()
    done = tap(client, shown, activity, SOON + 40 * SECOND).content.decode()
    assert "签到成功：已签到。" in done
    assert "您已于 11月25日 08:50 签到。" in done
    assert "您已于 11月25日 08:50 签到。" in page(client, activity, STARTS, code="").content.decode()


def test_a_copied_code_is_refused_in_words(cast, on_site):
    activity, client = make.published(cast), on_site(cast.wang)
    shown = page(client, activity, SOON, code_at=SOON - 60 * SECOND)
    assert "请对着屏幕再扫一次" in shown.content.decode()
    assert 'name="ticket"' not in shown.content.decode()
    refused = tap(client, shown, activity, SOON).content.decode()
    assert "没有签到" in refused
    assert not Seat.objects.exists()


def test_the_phone_is_marked_for_long_and_the_mark_survives_signing_in_as_another(cast, on_site):
    other = make.member(cast, "other")
    activity, phone = make.published(cast), on_site(cast.wang)
    shown = page(phone, activity, SOON)
    mark = phone.cookies["phone"]
    assert (mark["httponly"], int(mark["max-age"]) > 365 * 24 * 3600) == (True, True)
    tap(phone, shown, activity, SOON)
    second = on_site(other.user)
    second.cookies["phone"] = mark.value
    refused = tap(second, page(second, activity, SOON), activity, SOON).content.decode()
    assert "这部手机已为另一位委员签到" in refused
    assert list(Seat.objects.values_list("member__user__username", flat=True)) == ["wang"]


def test_a_forged_mark_of_a_phone_is_replaced(cast, on_site):
    activity, phone = make.published(cast), on_site(cast.wang)
    phone.cookies["phone"] = "forged"
    page(phone, activity, SOON)
    assert phone.cookies["phone"].value != "forged"


def test_without_a_mark_nobody_is_checked_in(cast, on_site):
    activity, phone = make.published(cast), on_site(cast.wang)
    shown = page(phone, activity, SOON)
    del phone.cookies["phone"]
    assert "允许使用 Cookie" in tap(phone, shown, activity, SOON).content.decode()
    assert not Seat.objects.exists()


def test_a_visitor_signs_in_and_comes_back_with_the_look_still_counting(cast, on_site):
    activity, phone = make.published(cast), on_site(None)
    answer = page(phone, activity, SOON)
    assert (answer.status_code, answer.url) == (302, f"/login/?next=/activities/{activity.pk}/check-in/")
    sign_in(phone, cast.wang)
    shown = page(phone, activity, SOON + 3 * MINUTE, code="")
    assert "签到成功" in tap(phone, shown, activity, SOON + 3 * MINUTE).content.decode()


def test_signing_in_does_not_take_for_ever_and_an_old_code_is_not_kept(cast, on_site):
    activity, slow = make.published(cast), on_site(None)
    page(slow, activity, SOON)
    sign_in(slow, cast.wang)
    assert 'name="ticket"' not in page(slow, activity, SOON + 6 * MINUTE, code="").content.decode()
    copied = on_site(None)
    page(copied, activity, SOON, code_at=SOON - 5 * MINUTE)
    sign_in(copied, cast.wang)
    assert 'name="ticket"' not in page(copied, activity, SOON, code="").content.decode()


def test_another_county_and_who_is_no_member_find_nothing(cast, on_site):
    activity = make.published(cast)
    assert [page(on_site(user), activity, SOON).status_code for user in (cast.qian, cast.zhao, cast.li)] == [404] * 3


def test_the_screen_shows_the_code_and_who_is_there(cast, on_site):
    activity = make.published(cast, called=[cast.wang_member])
    enter(activity, cast.wang)
    address = reverse("activity-screen", args=[activity.pk])
    with time_machine.travel(SOON, tick=False):
        shown = on_site(cast.li).get(address)
        assert [on_site(user).get(address).status_code for user in (cast.wang, cast.zhao)] == [403, 403]
    text = shown.content.decode()
    assert 'class="qr"' in text
    assert "1</b> 位已到，应到 1 位" in text
    assert 'hx-trigger="every 8s"' in text
    assert "style=" not in text
    assert "no-store" in shown["Cache-Control"]
    with time_machine.travel(AT, tick=False):
        assert 'class="qr"' not in on_site(cast.li).get(address).content.decode()


# --- at the same moment ------------------------------------------------------------------------------------------


def _at_once(*deeds):
    """Run each in a thread of its own, all released together; returns what each gave or raised."""
    gate, results = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place, deed):
        try:
            gate.wait(10)
            results[place] = deed()
        except Refusal as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_check_in(cast):
    activity = make.published(cast)
    results = _at_once(*[lambda: enter(activity, cast.wang)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyHere"] * 3 + ["Seat"]
    assert Seat.objects.get().state == SeatState.PRESENT
    assert AuditEntry.objects.filter(verb="seat.check_in").count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_phone_in_four_hands_at_once_checks_in_one(cast):
    members = [make.member(cast, f"m{n}") for n in range(4)]
    activity = make.published(cast)
    results = _at_once(*[lambda m=m: enter(activity, m.user, device="same") for m in members])
    assert [type(result).__name__ for result in results].count("Seat") == 1
    assert Seat.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once(cast):
    members = [make.member(cast, f"m{n}") for n in range(6)]
    activity = make.published(cast, capacity=2)
    results = _at_once(*[lambda m=m: seats.sign_up(activity, user=m.user, at=AT) for m in members])
    assert [type(result).__name__ for result in results].count("Seat") == 2
    assert Seat.objects.filter(state=SeatState.SIGNED_UP).count() == 2
    assert all("已报满" in str(result) for result in results if isinstance(result, WrongState))
