import cProfile
import datetime
import pstats

import pytest
from django.utils import timezone

from tests.factories import members, workstations
from workstations.models import PostKind, Workstation
from workstations.services import stations as services

ADDRESS = "/api/v1/workstations/"


def names(answer):
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


@pytest.fixture
def stations(cast):
    workstations.station(cast.committee, "珠泉镇委员工作室")
    workstations.station(cast.committee, "塘村镇委员工作室", region=workstations.town(cast.committee, 101))
    workstations.station(cast.other_committee, "永兴委员工作室")
    workstations.closed_station(cast.committee)
    return cast


def test_open_stations_by_committee_place_kind_and_words(stations, client):
    assert names(client.get(ADDRESS)) == ["永兴委员工作室", "塘村镇委员工作室", "珠泉镇委员工作室"]
    assert names(client.get(ADDRESS, {"committee": "yongxing"})) == ["永兴委员工作室"]
    assert names(client.get(ADDRESS, {"within": "431024101"})) == ["塘村镇委员工作室"]
    assert names(client.get(ADDRESS, {"q": "塘村"})) == ["塘村镇委员工作室"]
    assert names(client.get(ADDRESS, {"kind": "member_home"})) == []
    told = client.get(ADDRESS, {"committee": "nowhere"})
    assert (told.status_code, list(told.json()["errors"])) == (400, ["committee"])


def test_closed_stations_are_not_here_even_for_the_office(stations, as_):
    closed = Workstation.objects.get(is_open=False)
    assert "旧工作室" not in names(as_(stations.li).get(ADDRESS))
    assert as_(stations.li).get(f"{ADDRESS}{closed.pk}/").status_code == 404


def test_a_station_tells_who_serves_there_now(stations, client):
    station = Workstation.objects.get(name="珠泉镇委员工作室")
    workstations.post(station, stations.wang_member, PostKind.RESIDENT)
    workstations.post(station, stations.li, PostKind.STAFF)
    workstations.post(station, members.user("former", "前站长"), until=datetime.date(2021, 1, 1))
    one = client.get(f"{ADDRESS}{station.pk}/").json()
    assert one["posts"] == [
        {"post": "staff", "person": "李主任", "since": "2020-01-01"},
        {"post": "resident", "person": "王委员", "since": "2020-01-01"},
    ]
    assert (one["committee"], one["region"], one["place"]) == ("jiahe", "431024100000", "珠泉镇")


def test_every_verb_is_a_change_to_those_who_follow(stations, client):
    station = Workstation.objects.get(name="珠泉镇委员工作室")

    def followed(at):
        return names(client.get(ADDRESS, {"updated_since": at.isoformat()}))

    def later(hours):
        return timezone.now() + datetime.timedelta(hours=hours)

    post = services.post_member(
        station, post=PostKind.RESIDENT, member=stations.wang_member, by=stations.li, at=later(1)
    )
    assert followed(later(0.9)) == ["珠泉镇委员工作室"]
    services.end_post(post, on=timezone.localdate(), by=stations.li, at=later(2))
    assert followed(later(1.9)) == ["珠泉镇委员工作室"]
    before = Workstation.objects.get(pk=station.pk).updated_at
    station.feature = "一站一特色"
    services.edit_station(station, changed=["feature"], by=stations.li, at=timezone.now())
    assert Workstation.objects.get(pk=station.pk).updated_at != before


def test_the_list_needs_as_many_queries_for_three_rows_as_for_one(stations, client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(ADDRESS, {"within": "431024101"})
    with django_assert_num_queries(1):
        client.get(ADDRESS)


def test_a_page_of_fifty_rows_is_read_without_an_object_for_each(cast, client):
    for number in range(50):
        workstations.station(cast.committee, f"第{number}工作室")
    query = {"committee": "jiahe", "kind": "township_studio"}
    assert len(names(client.get(ADDRESS, query))) == 50
    profile = cProfile.Profile()
    profile.runcall(client.get, ADDRESS, query)
    assert pstats.Stats(profile).total_calls <= 10_000
