"""How far a proposal is published: reasons, summaries, no contact data, and who may say so."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from proposals.models import Proposal
from proposals.services import disclosure as services
from proposals.states import FILED, ProposalState, PublicationLevel
from tests.factories import formal
from tests.factories.formal import AT

pytestmark = pytest.mark.django_db
L = PublicationLevel


def filed(cast, **fields):
    return formal.proposal(cast, ProposalState.FILED, **fields)


def disclose(cast, made, publication, **fields):
    return services.disclose(made, publication=publication, by=fields.pop("by", cast.li), at=AT, **fields)


def test_published_in_full_everybody_reads_it_and_the_signers_are_told(cast):
    made = filed(cast)
    disclose(cast, made, L.FULL)
    assert Proposal.objects.public().get() == made
    [notice] = Notice.objects.filter(recipient=cast.wang)
    assert "全文公开" in notice.title
    entry = AuditEntry.objects.get(verb="proposal.disclose")
    assert (entry.data["before"], entry.data["after"]) == (L.NONE, L.FULL)


def test_a_reason_is_kept_only_while_it_is_not_public(cast):
    made = filed(cast)
    disclose(cast, made, L.NONE, private_reason="涉及个人隐私")
    assert Proposal.objects.get().private_reason == "涉及个人隐私"
    disclose(cast, made, L.FULL, private_reason="涉及个人隐私")
    assert Proposal.objects.get().private_reason == ""


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"publication": "none"}, "private_reason"),
        ({"publication": "none", "private_reason": "   "}, "private_reason"),
        ({"publication": "summary"}, "public_summary"),
        ({"publication": "summary", "public_summary": "请打13912345678找我"}, "public_summary"),
        ({"publication": "summary", "public_summary": "写信到 a@b.cn"}, "public_summary"),
        ({"publication": "summary", "public_summary": "字" * 1001}, "public_summary"),
        ({"publication": "everything"}, "publication"),
    ],
)
def test_what_is_missing_or_leads_to_a_person_is_refused_at_its_field(cast, given, field):
    made = filed(cast)
    with pytest.raises(Incomplete) as refused:
        services.disclose(made, by=cast.li, at=AT, **given)
    assert field in refused.value.fields
    made.refresh_from_db()
    assert (made.publication, made.public_summary) == (L.NONE, "")


@pytest.mark.parametrize("where", ["situation", "analysis", "points"])
def test_a_text_with_a_number_in_it_is_not_published_whole(cast, where):
    text = "联系人电话13912345678"
    made = filed(cast, **{where: [text] if where == "points" else text})
    with pytest.raises(Incomplete, match="摘要公开"):
        disclose(cast, made, L.FULL)
    disclose(cast, made, L.SUMMARY, public_summary="建议加密公交班次。")
    assert Proposal.objects.public().get() == made


def test_nothing_changed_is_said_and_who_was_slower_is_told(cast):
    made = filed(cast)
    disclose(cast, made, L.FULL)
    with pytest.raises(WrongState, match="没有改动"):
        disclose(cast, made, L.FULL)
    stale = Proposal.objects.get(pk=made.pk)
    disclose(cast, made, L.SUMMARY, public_summary="建议加密公交班次。")
    with pytest.raises(WrongState, match="刚刚被改过"):
        disclose(cast, stale, L.NONE, private_reason="涉及个人隐私")
    assert Proposal.objects.get().publication == L.SUMMARY


@pytest.mark.parametrize("state", list(ProposalState), ids=str)
def test_only_a_filed_one_is_published(cast, state):
    made = formal.proposal(cast, state if state not in FILED else ProposalState.FILED)
    if state in FILED:
        lead = formal.proposal(cast, ProposalState.FILED) if state == ProposalState.MERGED else None
        Proposal.objects.filter(pk=made.pk).update(
            state=state, lead=lead, closed_at=AT if state == ProposalState.CLOSED else None
        )
        made.refresh_from_db()
        assert disclose(cast, made, L.FULL).publication == L.FULL
    else:
        with pytest.raises(PermissionDenied):
            disclose(cast, made, L.FULL)


@pytest.mark.parametrize(
    ("who", "answer"), [("wang", 403), ("zhou", 403), ("sun", 403), ("zhao", 404), ("qian", 404), ("li", 200)]
)
def test_who_opens_the_page_and_who_may(cast, as_, who, answer):
    made = filed(cast)
    assert as_(getattr(cast, who)).get(reverse("proposal-disclosure", args=[made.key])).status_code == answer
    if who != "li":
        with pytest.raises(PermissionDenied):
            disclose(cast, made, L.FULL, by=getattr(cast, who))


def test_the_page_keeps_what_was_typed_and_saves_once(cast, as_):
    made = filed(cast)
    browser, url = as_(cast.li), reverse("proposal-disclosure", args=[made.key])
    wrong = browser.post(url, {"publication": "summary", "public_summary": "电话13912345678，建议加密班次"})
    assert wrong.status_code == 400
    assert "建议加密班次" in wrong.content.decode()
    sent = {"publication": "summary", "public_summary": "建议加密班次。"}
    assert browser.post(url, sent).url == made.get_absolute_url()
    assert browser.post(url, sent).url == made.get_absolute_url()
    assert Notice.objects.filter(recipient=cast.wang).count() == 1


def test_what_a_unit_proposed_without_a_summary_is_asked_for(cast, as_):
    made = filed(cast)
    Proposal.objects.filter(pk=made.pk).update(publication=L.SUMMARY)
    page = as_(cast.li).get(reverse("proposal-disclosure", args=[made.key])).content.decode()
    assert "还没有写摘要" in page
