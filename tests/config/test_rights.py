"""The four rights of the public (row 212): what can be done here, and how often it was done this year."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import workstations as places
from workstations.models import Activity, Channel, Word


@pytest.fixture
def said(cast):
    """Two words of this year, one of them answered; one of another committee, one of years ago."""
    today = timezone.localdate()
    for number, fields in enumerate(
        [
            {"committee": cast.committee, "received_on": today},
            {"committee": cast.committee, "received_on": today, "state": "settled"},
            {"committee": cast.other_committee, "received_on": today},
            {"committee": cast.committee, "received_on": today.replace(year=2020, day=1)},
        ]
    ):
        Word.objects.create(channel=Channel.PAGE, body="路灯不亮", receipt=f"r{number}", **fields)
    return cast


def numbers(page):
    return {number.label: (number.done, number.total) for right in page.context["rights"] for number in right.numbers}


def test_all_four_rights_lead_to_something_that_opens(cast, client):
    page = client.get("/c/jiahe/rights/")
    assert [right.name for right in page.context["rights"]] == ["知情权", "参与权", "表达权", "监督权"]
    for right in page.context["rights"]:
        assert len(right.ways) >= 2
        for way in right.ways:
            assert client.get(way.url).status_code == 200, way


def test_the_numbers_are_of_this_year_and_of_this_committee(said, client):
    found = numbers(client.get("/c/jiahe/rights/"))
    assert found["群众反映"] == (2, None)
    assert found["反映已有回音"] == (1, 2)
    assert found["答复评价满意"] == (0, 0)


def test_what_is_not_public_is_not_counted_not_even_for_the_office(said, as_):
    now = timezone.now()
    for shown in (True, False):
        Activity.objects.create(
            committee=said.committee, kind="visit", title="走访", starts_at=now, ends_at=now + timedelta(hours=2),
            state="open", is_public=shown, created_at=now, updated_at=now,
        )  # fmt: skip
    places.station(said.committee)
    places.closed_station(said.committee)
    for user in (None, said.li, said.wang, said.zhao):
        found = numbers(as_(user).get("/c/jiahe/rights/"))
        assert (found["公开的活动"], found["开放的站点"]) == ((1, None), (1, None))


def test_the_statements_do_not_grow(said, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(14) as captured:
        client.get("/c/jiahe/rights/")
    for number in range(3):
        places.station(said.committee, f"站{number}")
    with django_assert_max_num_queries(len(captured)):
        client.get("/c/jiahe/rights/")


def test_an_unknown_committee_is_not_there(cast, client):
    assert client.get(reverse("rights", args=["nowhere"])).status_code == 404
    assert client.post("/c/jiahe/rights/").status_code == 405
