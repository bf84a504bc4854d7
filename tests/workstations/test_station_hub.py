"""我的工作室: all a keeper does, one tap away, with what waits; and the way there from the front page."""

import pytest
from django.urls import reverse

from tests.factories import lists as rows
from tests.factories import workstations as make
from workstations.models import OpinionBox
from workstations.states import DemandState

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(cast):
    station = make.station(cast.committee)
    make.post(station, cast.wang_member)
    return station


def test_every_work_of_a_keeper_is_one_tap_away_and_opens(cast, as_, station):
    box = OpinionBox.objects.create(committee=cast.committee, station=station, name="农贸市场意见箱")
    page = as_(cast.wang).get(reverse("my-stations")).content.decode()
    wanted = [reverse(name, args=[station.pk]) for name in (
        "visit-new", "visit-list", "station-words", "station-word-new", "station-roster", "roster-plan",
        "inspection-begin", "station-rooms", "station-fund-add", "station-keep", "station-photos", "station-poster",
    )]  # fmt: skip
    wanted += [reverse("box-poster", args=[box.pk]), reverse("lists-office"), reverse("demand-new", args=["jiahe"])]
    assert [address for address in wanted if f'href="{address}"' not in page] == []
    assert {as_(cast.wang).get(address).status_code for address in wanted} == {200}


def test_what_waits_is_counted_for_the_own_station_only(cast, as_, station):
    rows.demand(cast, DemandState.RAISED, station=station)
    rows.demand(cast, DemandState.RAISED)
    (kept,) = as_(cast.wang).get(reverse("my-stations")).context["stations"]
    assert (kept.raised, kept.new_words, kept.to_mark) == (1, 0, 0)


@pytest.mark.parametrize("keeper", ["wang", "li"])
def test_demands_to_look_at_lead_from_the_front_page_to_the_list(cast, as_, station, keeper):
    rows.demand(cast, DemandState.RAISED, station=station)
    client = as_(getattr(cast, keeper))
    page = client.get(reverse("home"))
    assert f'href="{reverse("lists-office")}"' in page.content.decode()
    assert "给村小添一套音响" in client.get(reverse("lists-office")).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_more_stations_cost_no_more_statements(cast, as_, number, django_assert_max_num_queries):
    for place in range(number):
        make.post(make.station(cast.committee, f"第{place}工作室"), cast.wang_member)
    client = as_(cast.wang)
    with django_assert_max_num_queries(14):
        client.get(reverse("my-stations"))
