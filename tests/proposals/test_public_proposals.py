import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from proposals.models import Category, Scheme, Showcase
from proposals.states import ProposalState
from tests.factories import formal

pytestmark = pytest.mark.django_db


def filed(cast, title, **fields):
    return formal.proposal(cast, ProposalState.FILED, title=title, **{"publication": "full", **fields})


@pytest.fixture
def listed(cast):
    key = filed(cast, "关于公交的提案", is_key=True, unit=cast.unit, grade="A", satisfaction="satisfied")
    plain = filed(cast, "关于门诊的提案", publication="summary", public_summary="建议开夜间门诊", grade="B")
    filed(cast, "不公开的提案", publication="none")
    formal.proposal(cast, ProposalState.SUBMITTED, title="还在审查的提案", publication="full")
    return key, plain


def titles(client, cast, **asked):
    answer = client.get(reverse("proposal-public-list", args=[cast.committee.slug]), asked)
    assert answer.status_code == 200
    return [proposal.title for proposal in answer.context["page"]]


@pytest.mark.parametrize("who", [None, "li", "wang", "zhao"])
def test_everybody_reads_the_same_list(cast, as_, listed, who):
    assert titles(as_(who and getattr(cast, who)), cast) == ["关于门诊的提案", "关于公交的提案"]


def test_each_leads_to_its_page_and_says_how_it_came_out(cast, as_, listed):
    page = as_(None).get(reverse("proposal-public-list", args=[cast.committee.slug])).content.decode()
    assert listed[0].get_absolute_url() in page
    assert all(words in page for words in ("重点提案", "县住建局", "A类", "满意"))


def test_filters_narrow(cast, as_, listed):
    key, plain = listed
    field = Category.objects.create(committee=None, name="夜间医疗", scheme=Scheme.FIELD)
    plain.fields.add(field)
    both = [plain.title, key.title]
    for asked, found in (
        ({"key": "1"}, [key.title]), ({"grade": "B"}, [plain.title]), ({"unit": cast.unit.pk}, [key.title]),
        ({"plenary": key.plenary_id}, both), ({"sphere": key.sphere_id}, both), ({"field": field.pk}, [plain.title]),
        ({"state": "closed"}, []), ({"state": "submitted"}, both), ({"unit": "99999999999999999999"}, both),
        ({"key": "x"}, both),
    ):  # fmt: skip
        assert titles(as_(None), cast, **asked) == found, asked


def test_of_a_summary_only_the_title_and_the_summary_are_searched(cast, as_, listed):
    key, plain = listed
    assert titles(as_(None), cast, q="夜间门诊") == [plain.title]
    assert titles(as_(None), cast, q="金田村停靠点") == [key.title]  # its points; those of the summary stay inside
    assert titles(as_(None), cast, q="没有这样的词") == []


def test_an_open_showcase_is_one_step_away(cast, as_, listed):
    key = listed[0]
    url = reverse("showcase", args=[key.key])
    address = reverse("proposal-public-list", args=[cast.committee.slug])
    Showcase.objects.create(proposal=key)
    assert url not in as_(None).get(address).content.decode()
    Showcase.objects.update(is_open=True)
    assert url in as_(None).get(address).content.decode()


def test_another_county_has_its_own(cast, as_, listed):
    answer = as_(None).get(reverse("proposal-public-list", args=[cast.other_committee.slug]))
    assert "目前还没有" in answer.content.decode()
    assert as_(None).get(reverse("proposal-public-list", args=["nowhere"])).status_code == 404


def test_three_are_read_with_as_many_statements_as_one(cast, as_):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            titles(as_(None), cast)
        return len(seen)

    filed(cast, "第一件", is_key=True, unit=cast.unit)
    statements()
    one = statements()
    for title in ("第二件", "第三件"):
        filed(cast, title, is_key=True, unit=cast.unit)
    assert statements() == one
    assert one <= 14
