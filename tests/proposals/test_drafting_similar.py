"""Before sending: what was proposed in the committee already, in any year. With migrations: it asks the index."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.search import index, similar
from proposals.models import Proposal
from proposals.queries.proposals import similar_proposals
from proposals.states import ProposalState
from tests.factories import formal
from tests.proposals.test_drafting import colleague, written

pytestmark = pytest.mark.django_db
TEXT = "关于优化农村公交线路的提案 部分村组公交班次少，群众出行不便。"


def test_similar_ones_of_all_years_are_shown_before_sending(cast, as_):
    earlier = formal.proposal(cast, ProposalState.FILED)
    Proposal.objects.filter(pk=earlier.pk).update(plenary=formal.plenary(cast.committee, term=9, number=1, year=2018))
    liu = colleague(cast)
    draft = written(cast, by=liu.user)
    page = as_(liu.user).get(reverse("proposal-check", args=[draft.key])).content.decode()
    assert "以前有 1 件相似的" in page
    assert earlier.title in page
    assert earlier.get_absolute_url() not in page  # not published: its title is known, the rest is not


def test_drafts_secrets_and_other_counties_are_no_likeness(cast):
    formal.proposal(cast)
    secret = formal.proposal(cast, ProposalState.FILED)
    Proposal.objects.filter(pk=secret.pk).update(private_reason="涉及个人")
    assert similar_proposals(cast.committee, TEXT) == []
    formal.proposal(cast, ProposalState.FILED)
    assert len(similar_proposals(cast.committee, TEXT)) == 1
    assert similar_proposals(cast.other_committee, TEXT) == []


def test_something_else_is_not_similar(cast):
    formal.proposal(cast, ProposalState.FILED)
    assert similar_proposals(cast.committee, "建议学校食堂公开菜谱") == []


def test_the_own_one_is_left_out_and_the_search_is_bounded(cast):
    mine = formal.proposal(cast, ProposalState.RETURNED)
    for number in range(8):
        formal.proposal(cast, ProposalState.FILED, title=f"关于优化农村公交线路的提案（{number}）")
    with CaptureQueriesContext(connection) as asked:
        found = similar_proposals(cast.committee, TEXT, but=mine)
    assert len(asked) == 2
    assert len(found) == 5
    assert mine not in found


def test_an_old_one_is_found_behind_any_number_of_newer_ones_that_share_a_few_words(cast):
    old = formal.proposal(cast, ProposalState.FILED)
    kind, scope = Proposal._meta.label_lower, cast.committee.pk
    newer = "关于推进第{}项街面秩序整治的提案 占道经营较多，建议城管部门加强巡查、群众参与，部分路段设置疏导点。"
    index.index_new(kind, [(str(10**9 + number), scope, newer.format(number)) for number in range(900)])
    assert similar.nearest(Proposal, TEXT, scope=scope, limit=5)[0] == old.pk
