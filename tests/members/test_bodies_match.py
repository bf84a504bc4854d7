"""Members who fit the units of a supervision team are proposed with the reason, and seated when ticked."""

import pytest
from django.urls import reverse

from members.models import BodyKind, OrganisationKind
from members.queries import body_match
from tests.factories import bodies as make
from tests.factories import members as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(cast):
    party = people.organisation(cast.committee, "民革支部", OrganisationKind.PARTY_GROUP)
    return make.body(
        cast.committee, BodyKind.SUPERVISION_TEAM, "住建监督小组", organisations=[cast.unit, party]
    )  # fmt: skip


@pytest.fixture
def builder(cast):
    return people.member(people.user("builder", "建筑师"), cast.committee, specialties="建筑设计、城乡规划")


def test_the_fitting_come_first_with_the_reason_and_others_not_at_all(cast, team, builder):
    insider = people.member(
        people.user("in", "局里人"), cast.committee, specialties="建筑", work_post="县住建局工程师"
    )  # fmt: skip
    units, matches = body_match.proposals(team, cast.li)
    assert units == [cast.unit]
    assert [match.member for match in matches] == [builder, insider]
    assert matches[0].reasons == ["专长“建筑设计、城乡规划”与县住建局相关（建筑、规划）"]
    assert matches[1].recused == "在县住建局任职，应当回避"


@pytest.mark.parametrize(
    ("name", "specialty", "fits"),
    [
        ("县卫生健康局", "中医", True),
        ("市场监督管理局", "食品安全", True),
        ("县残联", "康复", True),
        ("县地方志编纂中心", "地方史研究", True),
        ("县教育局", "种植", False),
    ],
)
def test_words_of_units_meet_words_of_people(cast, name, specialty, fits):
    team = make.body(
        cast.committee, BodyKind.SUPERVISION_TEAM, "小组", organisations=[people.organisation(cast.committee, name)]
    )
    people.member(people.user("x", "某委员"), cast.committee, specialties=specialty)
    _, matches = body_match.proposals(team, cast.li)
    assert bool([match for match in matches if match.member.user.name == "某委员"]) is fits


def test_who_is_ticked_is_seated_and_proposed_no_more(cast, team, builder, as_):
    li, address = as_(cast.li), reverse("body-match", args=[team.pk])
    assert "建筑师" in li.get(address).content.decode()
    assert "至少勾选" in li.post(address, {}).content.decode()
    assert li.post(address, {"members": [builder.pk]}).status_code == 302
    assert [seat.member for seat in team.posts.all()] == [builder]
    assert body_match.proposals(team, cast.li)[1] == []
    assert as_(cast.wang).get(address).status_code == 403
    assert li.get(reverse("body-match", args=[make.body(cast.committee).pk])).status_code == 404


def test_a_team_without_units_is_told_what_to_do_first(cast, as_):
    team = make.body(cast.committee, BodyKind.SUPERVISION_TEAM, "空小组")
    assert "选对接单位" in as_(cast.li).get(reverse("body-match", args=[team.pk])).content.decode()
