"""The 提案表 as a document: what stands in it, what does not, who gets it."""

import io
from zipfile import ZipFile

import pytest
from django.urls import reverse

from members.models import OrganisationKind
from proposals.documents.proposals import proposal_form
from proposals.services import reviewing
from proposals.states import ProposalState, ProposerKind
from tests.factories import formal
from tests.factories import members as make
from tests.factories.formal import AT

pytestmark = pytest.mark.django_db
S = ProposalState


def text(content: bytes) -> str:
    return ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


def test_a_filed_one_has_everything_that_the_form_asks_for(cast):
    other = make.member(make.user("co", "联名的刘"), cast.committee)
    made = formal.proposal(cast, S.SUBMITTED, co=[other])
    reviewing.file(made, words="同意，转交通部门。", by=cast.li, at=AT)
    found = text(proposal_form(made))
    for part in (
        made.title, "十届五次会议", "第1号", "委员联名", "王委员", "联名的刘", "第一提案人", "联名人", "2026年11月20日",
        made.situation, made.analysis, *made.points, "立案", "同意，转交通部门", str(made.sphere), "平时提案",
        str(cast.wang_member.sector), cast.committee.name,
    ):  # fmt: skip
        assert part in found, part


def test_before_the_review_it_has_no_number_and_says_so(cast):
    found = text(proposal_form(formal.proposal(cast, S.SUBMITTED)))
    assert "未编号" in found
    assert "待审查" in found


def test_a_party_stands_in_it_by_its_name(cast):
    party = make.organisation(cast.committee, "民盟嘉禾县支部委员会", OrganisationKind.PARTY_GROUP, short_name="民盟")
    made = formal.proposal(cast, S.FILED, kind=ProposerKind.PARTY, organisation=party)
    assert "民盟嘉禾县支部委员会" in text(proposal_form(made))


def test_the_phone_of_nobody_stands_in_it(cast):
    cast.wang.phone = "13912345678"
    cast.wang.save()
    assert "13912345678" not in text(proposal_form(formal.proposal(cast, S.FILED)))


def test_text_with_signs_of_markup_and_empty_parts_does_not_break_it(cast):
    made = formal.proposal(cast, S.SUBMITTED, situation="a<b>&\x0b", analysis="", points=[])
    assert "a&lt;b&gt;&amp;" in text(proposal_form(made))


@pytest.mark.parametrize(
    ("who", "answer"), [("wang", 200), ("li", 200), ("zhou", 200), ("zhang", 404), ("zhao", 404), ("qian", 404)]
)
def test_who_downloads_it(cast, as_, who, answer):
    made = formal.proposal(cast, S.FILED)
    page = as_(getattr(cast, who)).get(reverse("proposal-form", args=[made.key]))
    assert page.status_code == answer
    if answer == 200:
        assert page["Content-Disposition"].startswith("attachment")


def test_the_unit_downloads_what_it_handles_and_a_visitor_signs_in_first(cast, as_):
    made = formal.proposal(cast, S.FILED)
    formal.handed(cast, made)
    url = reverse("proposal-form", args=[made.key])
    assert as_(cast.zhang).get(url).status_code == 200
    assert as_(None).get(url).status_code == 302


def test_a_draft_is_no_document_yet(cast, as_):
    made = formal.proposal(cast, S.DRAFT)
    assert as_(cast.wang).get(reverse("proposal-form", args=[made.key])).status_code == 404
