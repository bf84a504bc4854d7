import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from config.audit.models import AuditEntry
from config.refusals import Incomplete, WrongState
from tests.factories import workstations as make
from workstations.models import PostKind, StationKind, StationPost, Workstation
from workstations.services import stations as services

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 21, 10, tzinfo=timezone.get_default_timezone())
TODAY = datetime.date(2026, 11, 21)


def trail():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "actor", "scope"))


def draft(committee, **fields):
    return Workstation(
        committee=committee,
        **{"kind": StationKind.TOWNSHIP_STUDIO, "name": "珠泉镇委员工作室", "region": make.town(committee), **fields},
    )


def test_the_office_opens_a_station_and_the_trail_says_so(cast):
    station = services.open_station(draft(cast.committee), by=cast.li, at=NOW)
    assert Workstation.objects.get() == station
    assert trail() == [("station.open", "李主任", cast.committee.pk)]


def test_a_second_station_of_the_name_is_refused_in_words(cast):
    services.open_station(draft(cast.committee), by=cast.li, at=NOW)
    with pytest.raises(Incomplete, match=r"^本会已有同名的站点，请换一个名称。$"):
        services.open_station(draft(cast.committee), by=cast.li, at=NOW)
    assert len(trail()) == 1


@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhao"])
def test_nobody_else_opens_posts_or_closes(cast, who):
    by = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        services.open_station(draft(cast.committee), by=by, at=NOW)
    station = make.station(cast.committee)
    post = make.post(station, cast.wang_member, PostKind.OBSERVER)
    for attempt in (
        lambda: services.post_member(station, post=PostKind.KEEPER, member=cast.wang_member, by=by, at=NOW),
        lambda: services.end_post(post, on=TODAY, by=by, at=NOW),
        lambda: services.close_station(station, reason="合并", by=by, at=NOW),
        lambda: services.edit_station(station, changed=["feature"], by=by, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert trail() == []


def test_a_keeper_edits_only_what_changed(cast):
    station = make.station(cast.committee, address="老街 1 号")
    make.post(station, cast.wang_member, PostKind.KEEPER)
    Workstation.objects.update(address="新街 2 号")
    station.feature = "矛盾调解"
    services.edit_station(station, changed=["feature"], by=cast.wang, at=NOW)
    station.refresh_from_db()
    assert (station.feature, station.address) == ("矛盾调解", "新街 2 号")
    assert AuditEntry.objects.get().data == {"fields": ["特色"]}


def test_an_edit_without_a_change_leaves_no_trace(cast):
    services.edit_station(make.station(cast.committee), changed=[], by=cast.li, at=NOW)
    assert trail() == []


def test_a_member_is_posted_from_today_on(cast):
    station = make.station(cast.committee)
    post = services.post_member(station, post=PostKind.KEEPER, member=cast.wang_member, by=cast.li, at=NOW)
    assert (post.since, post.until, post.member) == (TODAY, None, cast.wang_member)
    assert AuditEntry.objects.get().data == {"post": "站长", "person": "王委员"}


def test_posting_twice_is_refused_with_one_effect(cast):
    station = make.station(cast.committee)
    services.post_member(station, post=PostKind.KEEPER, member=cast.wang_member, by=cast.li, at=NOW)
    with pytest.raises(Incomplete, match=r"^这位委员已在本站担任这个职务。$"):
        services.post_member(station, post=PostKind.KEEPER, member=cast.wang_member, by=cast.li, at=NOW)
    assert StationPost.objects.count() == 1
    assert len(trail()) == 1


def test_nobody_is_posted_to_a_closed_station_even_by_a_stale_page(cast):
    station = make.station(cast.committee)
    services.close_station(Workstation.objects.get(), reason="合并", by=cast.li, at=NOW)
    with pytest.raises(WrongState, match=r"^“珠泉镇委员工作室”已关闭，不能再派驻人员。$"):
        services.post_member(station, post=PostKind.KEEPER, member=cast.wang_member, by=cast.li, at=NOW)
    assert StationPost.objects.count() == 0


def test_a_member_of_another_county_is_refused(cast):
    station = make.station(cast.committee)
    with pytest.raises(Incomplete) as refused:
        services.post_member(station, post=PostKind.RESIDENT, member=cast.qian_member, by=cast.li, at=NOW)
    assert refused.value.fields == {"member": "委员须属于本会或上级政协。"}


def test_a_post_ends_once(cast):
    post = make.post(make.station(cast.committee), cast.wang_member)
    stale = StationPost.objects.get()
    services.end_post(post, on=TODAY, by=cast.li, at=NOW)
    with pytest.raises(WrongState, match=r"^王委员的站长一职已由他人办理卸任。$"):
        services.end_post(stale, on=TODAY, by=cast.li, at=NOW)
    assert StationPost.objects.get().until == TODAY
    assert trail() == [("station.end_post", "李主任", cast.committee.pk)]


def test_a_post_does_not_end_before_it_began(cast):
    post = make.post(make.station(cast.committee), cast.wang_member, since=TODAY)
    with pytest.raises(Incomplete):
        services.end_post(post, on=TODAY - datetime.timedelta(days=1), by=cast.li, at=NOW)
    assert StationPost.objects.get().until is None


def test_closing_ends_the_posts_and_keeps_everything(cast):
    station = make.station(cast.committee)
    make.post(station, cast.wang_member)
    stale = Workstation.objects.get()
    services.close_station(station, reason="与县城工作室合并", by=cast.li, at=NOW)
    station.refresh_from_db()
    assert (station.is_open, station.closed_on, StationPost.objects.get().until) == (False, TODAY, TODAY)
    assert AuditEntry.objects.get().data == {
        "reason": "与县城工作室合并",
        "posts_ended": 1,
        "bookings_cancelled": 0,
    }
    with pytest.raises(WrongState, match=r"^“珠泉镇委员工作室”已经关闭。$"):
        services.close_station(stale, reason="再关一次", by=cast.li, at=NOW)
    assert len(trail()) == 1


def test_closing_needs_a_reason(cast):
    station = make.station(cast.committee)
    with pytest.raises(Incomplete):
        services.close_station(station, reason=" ", by=cast.li, at=NOW)
    assert Workstation.objects.get().is_open
