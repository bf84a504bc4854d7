"""The API of proposals and of what was built."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Body, BodyKind
from proposals.models import Proposal
from proposals.services import results
from proposals.states import MicroState, ProposalState, ProposerKind, PublicationLevel
from tests.factories import formal
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
PROPOSALS, RESULTS = "/api/v1/proposals/", "/api/v1/micro-results/"


@pytest.fixture
def ask(as_):
    """The list, or one by its key, as `user` or a visitor reads it."""

    def get(address, user=None, key=None, **asked):
        return as_(user).get(f"{address}{key}/" if key else address, asked)

    return get


@pytest.fixture
def rows(ask):
    def get(address, user=None, **asked):
        answer = ask(address, user, **asked)
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    return get


def filed(cast, title="关于优化农村公交线路的提案", **fields):
    return formal.proposal(cast, ProposalState.FILED, title=title, **{"publication": "full", **fields})


def test_a_visitor_reads_the_public_ones(cast, ask, rows):
    public, inside = filed(cast), filed(cast, title="不公开的提案", publication="none")
    draft = formal.proposal(cast, title="草稿")
    assert [row["title"] for row in rows(PROPOSALS)] == [public.title]
    assert {row["title"] for row in rows(PROPOSALS, cast.li)} == {public.title, inside.title}
    assert {row["title"] for row in rows(PROPOSALS, cast.wang)} == {public.title, inside.title, draft.title}
    for hidden in (inside, draft):
        assert ask(PROPOSALS, key=hidden.key).status_code == 404
        assert ask(PROPOSALS, cast.zhao, key=hidden.key).status_code == 404


def test_a_row_says_who_what_where_and_how_it_came_out(cast, rows):
    made = filed(cast, is_key=True, unit=cast.unit, grade="A", satisfaction="satisfied")
    (row,) = rows(PROPOSALS)
    told = {name: row[name] for name in ("key", "term", "session", "number", "proposer", "unit", "grade", "is_key")}
    assert told == {
        "key": str(made.key), "term": 10, "session": 5, "number": 1, "proposer": "王委员", "unit": "县住建局",
        "grade": "A", "is_key": True,
    }  # fmt: skip


def test_one_of_them_has_its_text_units_and_course(cast, ask):
    made = filed(cast)
    formal.handed(cast, made)
    whole = ask(PROPOSALS, key=made.key).json()
    assert whole["points"] == ["加密早晚班次", "增设金田村停靠点"]
    assert [(unit["unit"], unit["role"]) for unit in whole["units"]] == [("县住建局", "lead")]
    assert [event["what"] for event in whole["timeline"]][-1] == "提交提案"


def test_of_a_summary_the_public_reads_the_summary(cast, ask):
    made = filed(cast, publication="summary", public_summary="建议加密农村公交班次，联系 13812345678。")
    whole = ask(PROPOSALS, key=made.key).json()
    assert (whole["situation"], whole["analysis"], whole["points"]) == ("", "", [])
    assert "13812345678" not in whole["summary"]
    assert ask(PROPOSALS, cast.wang, key=made.key).json()["points"] == made.points


def test_numbers_of_people_are_covered_in_public(cast, ask):
    made = filed(cast, situation="请联系 13812345678")
    assert "13812345678" not in ask(PROPOSALS, key=made.key).json()["situation"]
    assert "13812345678" in ask(PROPOSALS, cast.li, key=made.key).json()["situation"]


def test_a_sensitive_sector_is_told_by_its_kind(cast, rows):
    sector = Body.objects.create(committee=cast.committee, kind=BodyKind.SECTOR, name="宗教界", is_sensitive=True)
    filed(cast, kind=ProposerKind.SECTOR, body=sector)
    assert rows(PROPOSALS)[0]["proposer"] == "界别"
    assert rows(PROPOSALS, cast.li)[0]["proposer"] == "宗教界"


def test_filters_narrow_and_an_unknown_one_is_refused(cast, ask, rows):
    first = filed(cast, is_key=True, grade="A", unit=cast.unit)
    second = filed(cast, title="关于夜间门诊的提案", grade="B")
    for asked, found in (
        ({"is_key": "true"}, [first]), ({"grade": "B"}, [second]), ({"unit": cast.unit.pk}, [first]),
        ({"plenary": first.plenary_id}, [second, first]), ({"committee": "yongxing"}, []), ({"state": "closed"}, []),
        ({"sphere": first.sphere_id}, [second, first]), ({"kind": "member"}, [second, first]),
        ({"updated_since": "2099-01-01T00:00:00Z"}, []),
    ):  # fmt: skip
        assert [row["title"] for row in rows(PROPOSALS, **asked)] == [made.title for made in found], asked
    assert ask(PROPOSALS, colour="red").status_code == 400


def test_the_search_reads_only_what_one_may_read(cast, rows):
    made = filed(cast, publication="summary", public_summary="建议加密班次", analysis="车辆老旧")
    assert [row["title"] for row in rows(PROPOSALS, q="加密班次")] == [made.title]
    assert rows(PROPOSALS, q="车辆老旧") == []
    assert [row["title"] for row in rows(PROPOSALS, cast.li, q="车辆老旧")] == [made.title]


@pytest.mark.parametrize("level", PublicationLevel.values)
def test_the_state_and_the_publication_decide_together(cast, level, ask):
    made = formal.proposal(cast, ProposalState.SUBMITTED, publication=level)
    assert ask(PROPOSALS, key=made.key).status_code == 404


def test_a_list_of_three_asks_as_often_as_a_list_of_one(cast, rows):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            rows(PROPOSALS)
        return len(seen)

    user = people.user("wu", "吴委员")
    filed(cast, co=[people.member(user, cast.committee)])
    one = statements()
    for title in ("第二件", "第三件"):
        filed(cast, title=title)
    assert statements() == one


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(cast, as_, verb):
    made = filed(cast)
    for address in (PROPOSALS, f"{PROPOSALS}{made.key}/"):
        assert getattr(as_(cast.li), verb)(address, {}, content_type="application/json").status_code in (403, 405)
        assert getattr(as_(None), verb)(address, {}, content_type="application/json").status_code in (401, 405)
    assert Proposal.objects.get().title == made.title


# --- what was built ----------------------------------------------------------------------------------------------


def test_what_was_built_is_read_with_its_suggestion(cast, rows):
    given = {"title": "装了信号灯", "before": "过街危险", "now": "安全了", "on": AT.date()}
    results.add_result(make.micro(cast, MicroState.CLOSED), tag="build", **given, by=cast.li, at=AT)
    hidden = make.micro(cast, MicroState.ASSIGNED, title="还在办")
    results.add_result(hidden, tag="service", **{**given, "title": "还没公开"}, by=cast.li, at=AT)
    (row,) = rows(RESULTS)
    assert (row["title"], row["suggestion"], row["before"]) == ("装了信号灯", "西街路口增设信号灯", "过街危险")
    assert rows(RESULTS, tag="service") == []
    assert rows(RESULTS, within="431024100") == [row]
    assert rows(RESULTS, committee="yongxing") == []
    assert {row["title"] for row in rows(RESULTS, cast.li)} == {"装了信号灯", "还没公开"}
