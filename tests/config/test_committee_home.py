"""The public front page of a committee: what is discussed, planned, near, and what became of it."""

import pytest
from django.urls import reverse

from consultation.states import ConsultationState, OutcomeState, PlanState
from proposals.states import MicroState, ProposalState
from tests.factories import activities as acts
from tests.factories import consultation as talks
from tests.factories import formal
from tests.factories import proposals as matters
from tests.factories import workstations as stations

pytestmark = pytest.mark.django_db
SECTIONS = ["now", "later", "nearby", "doing", "proposed", "settled", "carried_out"]
NOTHING = {name: [] for name in SECTIONS}


@pytest.fixture
def shown(as_):
    def read(user=None, slug="jiahe"):
        page = as_(user).get(reverse("committee-home", args=[slug]))
        return {name: [row["title"] for row in page.context[name][0]["rows"]] for name in SECTIONS}, page

    return read


def test_an_empty_county_says_what_each_section_is_for(cast, shown):
    rows, page = shown()
    assert rows == NOTHING
    assert page.content.decode().count('class="empty"') == len(SECTIONS)


@pytest.mark.time_machine("2026-03-10 10:00:00+08:00")
def test_every_section_shows_what_is_public_and_nothing_else(cast, shown):
    talks.plan(cast, PlanState.ISSUED)
    running = talks.consultation(cast, ConsultationState.RUNNING, title="正在进行的协商")
    talks.consultation(cast, title="还没有启动的协商")
    talks.outcome(running, cast, OutcomeState.DONE, text="已落实的成果", given=talks.class_b(cast))
    talks.outcome(running, cast, OutcomeState.DONE, text="只是解释过")
    talks.outcome(running, cast, text="还没有分类的成果")
    matters.micro(cast, MicroState.CLOSED, title="办成的微建议", at=talks.AT)
    matters.micro(cast, MicroState.REVIEWING, title="审核中的微建议", at=talks.AT)
    formal.proposal(cast, ProposalState.FILED, publication="full")
    formal.proposal(cast, ProposalState.FILED, title="不公开的提案")
    stations.station(cast.committee)
    stations.closed_station(cast.committee)
    acts.published(cast, title="视察农村饮水", is_public=True)
    expected = {
        "now": ["正在进行的协商"],
        "later": ["推进农村饮水安全"],
        "nearby": ["珠泉镇委员工作室"],
        "doing": ["视察农村饮水"],
        "proposed": ["关于优化农村公交线路的提案"],
        "settled": ["办成的微建议"],
        "carried_out": ["已落实的成果"],
    }
    for user in (None, cast.li, cast.zhao):
        assert shown(user)[0] == expected
    assert shown(slug="yongxing")[0] == NOTHING


def test_every_link_of_the_page_leads_somewhere(cast, as_, shown):
    talks.plan(cast, PlanState.ISSUED)
    talks.outcome(talks.consultation(cast, ConsultationState.RUNNING), cast, OutcomeState.DONE)
    matters.micro(cast, MicroState.CLOSED)
    formal.proposal(cast, ProposalState.FILED, publication="full")
    stations.station(cast.committee)
    _, page = shown()
    links = {row["url"] for name in SECTIONS for row in page.context[name][0]["rows"]}
    links |= {page.context[name][0].get("more", "") for name in SECTIONS} - {""}
    assert {as_(None).get(link).status_code for link in links} == {200}


@pytest.mark.parametrize("rows", [1, 3])
def test_more_rows_need_no_more_queries(cast, as_, rows, django_assert_num_queries):
    for number in range(rows):
        stations.station(cast.committee, f"第{number}站")
        talks.consultation(cast, ConsultationState.RUNNING, title=f"第{number}次协商")
    with django_assert_num_queries(10):
        as_(None).get(reverse("committee-home", args=["jiahe"]))


def test_an_unknown_committee_is_not_found(cast, as_):
    assert as_(None).get("/c/nowhere/").status_code == 404
