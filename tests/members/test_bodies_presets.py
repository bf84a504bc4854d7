"""Usual trees copied on one click, and the whole tree as a chart."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.refusals import Refusal
from members.models import Body, BodyKind, PartyLevel, Post
from members.presets import bodies as presets
from members.queries import bodies as queries
from tests.factories import bodies as make
from tests.factories.bodies import AT

pytestmark = pytest.mark.django_db


def apply(cast, key, by=None):
    return presets.apply_set(cast.committee, key, by=by or cast.li, at=AT)


@pytest.mark.parametrize("key", presets.sets())
def test_each_set_is_copied_once_and_names_its_source(cast, key):
    make.body(cast.committee)
    found = presets.sets()[key]
    assert found.source
    offer = next(offer for offer in presets.offers(cast.committee) if offer.set.key == key)
    new = apply(cast, key)
    assert [body.name for body in new] == offer.missing
    with pytest.raises(Refusal, match="都有了"):
        apply(cast, key)
    for body in new:
        body.full_clean()


def chain(body):
    return [body.party_level] + (chain(body.parent) if body.parent else [])


def test_the_six_and_the_four_levels_of_party_organisations(cast):
    host = make.body(cast.committee)
    apply(cast, "party-six")
    cell = Body.objects.get(name="提案委员会临时党组织")
    assert chain(cell) == list(reversed(PartyLevel.values))
    assert Body.objects.get(name="提案委员会功能型党支部").host == host
    apply(cast, "party-four")
    short = Body.objects.get(name="提案委员会界别委员活动临时党小组")
    assert short.parent.party_level == PartyLevel.MEMBER_GROUP


def test_a_set_for_each_committee_needs_committees(cast):
    with pytest.raises(Refusal, match="还没有专委会"):
        apply(cast, "party-six")
    with pytest.raises(PermissionDenied):
        apply(cast, "zones", by=cast.wang)
    assert len(apply(cast, "five-committees")) == 5


def test_a_set_is_applied_on_its_page(cast, as_):
    li, address = as_(cast.li), reverse("body-presets")
    assert "嘉禾" in li.get(address).content.decode()
    answer = li.post(address, {"set": "zones"})
    assert answer.url == reverse("body-chart")
    assert Body.objects.filter(committee=cast.committee, kind=BodyKind.ZONE).count() == 4
    assert li.post(address, {"set": "no-such"}).status_code == 404
    assert as_(cast.wang).post(address, {"set": "supervision"}).status_code == 403


# --- the chart -----------------------------------------------------------------------------------------------------


def test_the_chart_shows_leaders_counts_and_folds_what_lies_deep(cast, as_):
    apply(cast, "zones")
    zone = Body.objects.get(name="第一片区")
    make.seat(zone, cast.wang_member, Post.LEADER)
    (top,) = [node for node in queries.chart(cast.committee, cast.wang) if node.name == "领导小组"]
    (group,) = top.children
    assert (group.below, group.is_open) == (8, True)
    first = group.children[0]
    assert (first.name, first.leaders, first.seats, first.below) == ("第一片区", ["组长 王委员"], 1, 4)
    folded = as_(cast.wang).get(reverse("body-chart")).content.decode()
    assert "组长 王委员" in folded
    whole = as_(cast.wang).get(reverse("body-chart"), {"all": "1"}).content.decode()
    assert (folded.count("<details open>"), whole.count("<details open>")) == (1, 4)


def test_the_chart_of_a_large_county_needs_few_statements(cast, as_):
    zones = [Body(committee=cast.committee, kind=BodyKind.ZONE, name=f"第{n}片区") for n in range(8)]
    Body.objects.bulk_create(zones)
    units = [
        Body(committee=cast.committee, kind=BodyKind.WORK_UNIT, name=f"单元{n}", parent=zones[n % 8])
        for n in range(100)
    ]
    Body.objects.bulk_create(units)
    Body.objects.bulk_create(
        Body(committee=cast.committee, kind=BodyKind.DELIBERATION_COUNCIL, name=f"议事会{n}", parent=units[n % 100])
        for n in range(335)
    )
    client = as_(cast.wang)
    client.get(reverse("body-list"))
    with CaptureQueriesContext(connection) as made:
        page = client.get(reverse("body-chart"))
    assert len(made) <= 10
    assert page.content.decode().count("议事会") >= 335
    assert [node.below for node in page.context["nodes"] if node.name == "片区"] == [443]
