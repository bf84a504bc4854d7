"""Bodies for programs of the committee's own people: numbers, no names."""

import pytest

from members.models import BodyKind, Bond, PartyLevel
from tests.factories import bodies as make

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/bodies/"


def rows(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


@pytest.fixture
def branch(cast):
    made = make.body(
        cast.committee, BodyKind.PARTY_ORGANISATION, "提案委支部",
        party_level=PartyLevel.FUNCTIONAL_BRANCH, feature="红色调研",
    )  # fmt: skip
    make.seat(made, cast.wang_member, bond=Bond.AFFILIATION)
    return made


def test_ones_own_bodies_with_numbers_and_no_names(cast, as_, branch):
    make.body(cast.other_committee, BodyKind.ZONE, "永兴片区")
    answer = as_(cast.wang).get(ADDRESS, {"kind": "party_organisation"})
    assert rows(answer) == [
        {
            "id": branch.pk, "committee": "jiahe", "kind": "party_organisation", "name": "提案委支部", "parent": None,
            "parent_name": None, "region": None, "feature": "红色调研", "seats": 1,
        }
    ]  # fmt: skip
    assert "王委员" not in answer.content.decode()
    assert {row["name"] for row in rows(as_(cast.wang).get(ADDRESS))} == {"提案委支部", "经济界"}
    assert as_(cast.zhao).get(f"{ADDRESS}{branch.pk}/").status_code == 404


def test_visitors_and_typos_are_refused(cast, as_, branch):
    assert as_(None).get(ADDRESS).status_code in (401, 403)
    assert as_(cast.wang).get(ADDRESS, {"kinds": "zone"}).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_needs_the_same_statements_for_more_rows(cast, as_, count, django_assert_max_num_queries):
    for number in range(count):
        body = make.body(cast.committee, BodyKind.ZONE, f"第{number}片区")
        make.seat(body, "甲某")
    client = as_(cast.wang)
    client.get(ADDRESS)
    with django_assert_max_num_queries(7):
        assert len(rows(client.get(ADDRESS, {"kind": "zone"}))) == count
