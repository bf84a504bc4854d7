import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from members.models import RegionLevel
from tests.factories import members as people
from tests.factories import workstations as make
from workstations.models import KEEPERS, PostKind, StationKind, StationPost, Workstation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": StationKind.SECTOR_STUDIO}, "界别委员工作室要指明界别。"),
        ({"kind": StationKind.PERSONAL_STUDIO}, "个人委员工作室要指明领衔委员。"),
    ],
)
def test_a_studio_of_a_sector_or_a_person_names_it(cast, fields, words):
    row = Workstation(committee=cast.committee, name="某工作室", region=make.town(cast.committee), **fields)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.messages == [words]
    with pytest.raises(IntegrityError):
        row.save()


def test_a_closed_station_has_its_day(cast):
    with pytest.raises(IntegrityError):
        make.station(cast.committee, is_open=False)


def test_a_name_is_used_once_in_a_committee(cast):
    make.station(cast.committee, "甲")
    make.station(cast.other_committee, "甲")
    with pytest.raises(IntegrityError):
        make.station(cast.committee, "甲")


def test_away_from_home_it_says_whom_it_serves(cast):
    guangdong = people.region("440000000000", "广东省", RegionLevel.PROVINCE)
    dongguan = people.region("441900000000", "东莞市", RegionLevel.CITY, guangdong)
    row = Workstation(committee=cast.committee, kind=StationKind.MEMBER_HOME, name="在粤委员工作室", region=dongguan)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.message_dict == {"serves": ["设在本辖区以外，请填写服务对象。"]}
    row.serves = "在粤嘉禾籍乡亲"
    row.full_clean()
    assert row.is_away


def test_what_belongs_to_another_committee_is_refused(cast):
    row = Workstation(
        committee=cast.committee,
        kind=StationKind.PERSONAL_STUDIO,
        name="某工作室",
        region=make.town(cast.committee),
        host=cast.other_unit,
        member=cast.qian_member,
        sector=people.sector(cast.other_committee),
    )
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.message_dict == {
        "host": ["依托单位须属于同一个政协委员会。"],
        "sector": ["界别须属于同一个政协委员会。"],
        "member": ["领衔委员须属于同一个政协委员会。"],
    }


def test_open_stations_are_public_and_closed_ones_are_for_those_who_run_them(cast):
    shown, closed = make.station(cast.committee), make.closed_station(cast.committee)
    make.post(closed, cast.wang_member)

    def seen(user):
        return set(Workstation.objects.visible_to(user))

    for user in (AnonymousUser(), cast.zhang, cast.zhao, cast.qian):
        assert seen(user) == {shown}
    assert seen(cast.li) == {shown, closed}
    assert seen(cast.wang) == {shown, closed}


def test_past_posts_and_posts_at_closed_stations_are_not_public(cast):
    shown, closed = make.station(cast.committee), make.closed_station(cast.committee)
    now = make.post(shown, cast.wang_member)
    past = make.post(shown, cast.li, PostKind.STAFF, until=people.SINCE)
    hidden = make.post(closed, cast.wang_member)

    def seen(user):
        return set(StationPost.objects.visible_to(user))

    for user in (AnonymousUser(), cast.zhang, cast.zhao):
        assert seen(user) == {now}
    assert seen(cast.li) == {now, past, hidden}
    assert seen(cast.wang) == {now, past, hidden}


@pytest.mark.parametrize("post", PostKind.values)
def test_who_holds_a_keepers_post_today_keeps_the_station(cast, post):
    station = make.station(cast.committee)
    make.post(station, cast.wang_member, post)
    assert Workstation.objects.kept_by(cast.wang).exists() == (post in KEEPERS)
    assert not Workstation.objects.kept_by(cast.zhang).exists()


def test_a_post_that_has_ended_keeps_nothing(cast):
    station = make.station(cast.committee)
    make.post(station, cast.wang_member, until=datetime.date(2020, 2, 1))
    assert not Workstation.objects.kept_by(cast.wang).exists()


def test_a_clerk_keeps_a_station_as_well(cast):
    station = make.station(cast.committee)
    make.post(station, cast.zhang, PostKind.STAFF)
    assert list(Workstation.objects.kept_by(cast.zhang)) == [station]


def test_a_post_is_held_by_one_person(cast):
    station = make.station(cast.committee)
    with pytest.raises(IntegrityError):
        StationPost.objects.create(station=station, post=PostKind.STAFF, member=cast.wang_member, user=cast.li)


def test_a_resident_is_a_member(cast):
    with pytest.raises(IntegrityError):
        make.post(make.station(cast.committee), cast.li, PostKind.RESIDENT)


def test_a_post_is_held_once_while_in_force(cast):
    station = make.station(cast.committee)
    make.post(station, cast.wang_member, PostKind.RESIDENT, until=people.SINCE)
    make.post(station, cast.wang_member, PostKind.RESIDENT)
    with pytest.raises(IntegrityError):
        make.post(station, cast.wang_member, PostKind.RESIDENT)


def test_members_of_an_upper_committee_may_serve_and_those_beside_may_not(cast):
    city = people.committee(cast.committee.region.parent, slug="chenzhou")
    cast.committee.upper = city
    cast.committee.save()
    above = people.member(people.user("above"), city)
    station = make.station(cast.committee)
    StationPost(station=station, member=above).full_clean()
    with pytest.raises(ValidationError):
        StationPost(station=station, member=cast.qian_member).full_clean()


def test_conveners_stand_first_and_observers_last(cast):
    station = make.station(cast.committee)
    for post in reversed(PostKind.values):
        make.post(station, cast.wang_member, post)
    assert list(StationPost.objects.by_rank().values_list("post", flat=True)) == PostKind.values


def test_a_station_is_found_by_its_words(cast):
    found = make.station(cast.committee, feature="矛盾调解")
    make.station(cast.committee, "塘村镇委员工作室", region=make.town(cast.committee, 101))
    assert list(Workstation.objects.matching("矛盾")) == [found]
    assert list(Workstation.objects.matching("珠泉鎮")) == [found]
