import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import Parameter
from proposals.models import Proposal, Showcase, ShowcaseComment, ShowcaseEntry, ShowcaseVote
from proposals.offers import actions
from proposals.services import showcase as services
from proposals.services import showcase_voices as voices
from proposals.states import CommentState
from proposals.views.showcase_public import COOKIE
from tests.factories import formal
from tests.factories.proposals import AT
from tests.proposals.test_showcase import GIVEN, REPORT, SAID, in_state, key_proposal, left, showcase

pytestmark = pytest.mark.django_db
__all__ = ["showcase"]  # a fixture


def page(client, made, **asked):
    answer = client.get(made.get_absolute_url(), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def stamped(client, address, **given):
    """The hidden stamp of the form at `address`, sent some seconds after it was drawn, as a person would."""
    now = timezone.now()
    with time_machine.travel(now - timedelta(seconds=30), tick=False):
        drawn = client.get(address).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', drawn)[1]
    return {"stamp": stamp, "website": "", **given}


def vote(client, made, said, **given):
    sent = stamped(client, made.get_absolute_url(), satisfaction=said, **given)
    return client.post(reverse("showcase-vote", args=[made.proposal.key]), sent)


# --- for everybody -----------------------------------------------------------------------------------------------


def test_everybody_reads_what_is_published_with_the_reports(cast, as_, showcase):
    services.add_entry(showcase, **{**GIVEN, "title": "还没公开的环节"}, by=cast.li, at=AT)
    told = page(as_(None), showcase)
    assert all(
        words in told for words in (GIVEN["title"], "县电视台：农村公交怎么优化", 'href="https://tv.example.cn/1"')
    )
    assert "还没公开的环节" not in told
    assert "我们记下了什么" in told


@pytest.mark.parametrize("who", [None, "wang", "zhang", "zhao"])
def test_before_it_is_open_only_the_staff_look(cast, as_, showcase, who):
    services.close_showcase(showcase, by=cast.li, at=AT)
    answer = as_(who and getattr(cast, who)).get(showcase.get_absolute_url())
    assert answer.status_code == 404
    assert "还没有对外公开" in page(as_(cast.li), showcase)


def test_a_visitor_votes_once_changes_it_and_is_known_by_the_cookie(as_, showcase):
    visitor = as_(None)
    answer = vote(visitor, showcase, "basic")
    assert answer.status_code == 302
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert vote(visitor, showcase, "satisfied").status_code == 302
    assert ShowcaseVote.objects.get().satisfaction == "satisfied"
    assert "您已经评价过" in page(visitor, showcase)
    assert vote(as_(None), showcase, "unsatisfied").status_code == 302
    assert ShowcaseVote.objects.count() == 2


def test_the_same_form_twice_is_one_vote(as_, showcase):
    sent = stamped(as_(None), showcase.get_absolute_url(), satisfaction="basic")
    url = reverse("showcase-vote", args=[showcase.proposal.key])
    for client in (as_(None), as_(None)):  # the second click goes before the first one's cookie has come
        assert client.post(url, sent).status_code == 302
    assert ShowcaseVote.objects.count() == 1


def test_an_account_has_one_vote_from_wherever(cast, as_, showcase):
    for _ in range(2):
        answer = vote(as_(cast.wang), showcase, "satisfied")
        assert COOKIE not in answer.cookies
    assert ShowcaseVote.objects.count() == 1


def test_a_forged_cookie_is_no_voter(as_, showcase):
    visitor = as_(None)
    vote(visitor, showcase, "basic")
    visitor.cookies[COOKIE] = "user:1"
    assert "您已经评价过" not in page(visitor, showcase)


def test_programs_and_the_undecided_are_told_why(as_, showcase):
    assert vote(as_(None), showcase, "").status_code == 400
    assert vote(as_(None), showcase, "basic", website="https://spam.example").status_code == 400
    url = reverse("showcase-vote", args=[showcase.proposal.key])
    assert as_(None).post(url, {"satisfaction": "basic"}).status_code == 400
    assert as_(None).get(url).status_code == 405
    assert not ShowcaseVote.objects.exists()


def test_the_tally_is_told_when_there_are_enough(cast, as_, showcase):
    assert "还差 30 人" in page(as_(None), showcase)
    Parameter.objects.create(committee=cast.committee, code="showcase.least_votes", value="5")
    for number in range(5):
        voices.vote(Showcase.objects.get(), satisfaction="satisfied", voter=f"user:{number}", at=AT)
    assert 'class="bars"' in page(as_(None), showcase)


def test_a_visitor_writes_gets_a_code_and_looks_it_up(cast, as_, showcase):
    visitor = as_(None)
    address = reverse("showcase-comment-new", args=[showcase.proposal.key])
    refused = visitor.post(address, stamped(visitor, address, words="请打 13812345678 联系我"))
    assert refused.status_code == 400
    assert "请打 13812345678 联系我" in refused.content.decode()
    answer = visitor.post(address, stamped(visitor, address, words=SAID))
    code = re.search(r'class="code">([^<]+)<', answer.content.decode())[1]
    assert SAID not in page(as_(None), showcase)
    receipt = reverse("showcase-receipt", args=[cast.committee.slug])
    assert "正在审看" in visitor.post(receipt, {"code": code}).content.decode()
    comment = ShowcaseComment.objects.get()
    voices.hide(comment, reason="请说提案的事", by=cast.li, at=AT)
    assert "请说提案的事" in visitor.post(receipt, {"code": code}).content.decode()
    voices.show(comment, by=cast.li, at=AT)
    voices.answer(comment, answer="下月再加一趟。", by=cast.zhang, at=AT)
    assert "下月再加一趟。" in visitor.post(receipt, {"code": code}).content.decode()
    assert "下月再加一趟。" in page(visitor, showcase)
    assert visitor.post(receipt, {"code": "nonsense"}).status_code == 400
    other = reverse("showcase-receipt", args=[cast.other_committee.slug])
    assert visitor.post(other, {"code": code}).status_code == 400


def test_many_comments_are_read_with_as_many_statements_as_one(cast, as_, showcase):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            page(as_(None), showcase)
        return len(seen)

    in_state(cast, showcase, CommentState.SHOWN)
    statements()
    one = statements()
    for number in range(2):
        in_state(cast, showcase, CommentState.SHOWN, f"第{number}条不同的留言，说说看法。")
    entry = services.add_entry(showcase, **{**GIVEN, "title": "又一条"}, reports=[REPORT], by=cast.li, at=AT)
    services.publish_entry(entry, shown=True, by=cast.li, at=AT)
    assert statements() == one
    assert one <= 14


# --- for the staff -----------------------------------------------------------------------------------------------


def test_the_staff_compose_publish_and_open_on_the_pages(cast, as_):
    proposal, li = key_proposal(cast), as_(cast.li)
    edit = reverse("showcase-edit", args=[proposal.key])
    assert proposal.title in li.get(reverse("showcase-desk")).content.decode()
    assert "还没有建立" in li.get(edit).content.decode()
    li.post(reverse("showcase-begin", args=[proposal.key]))
    given = {
        **GIVEN, "on": AT.date().isoformat(), "report-TOTAL_FORMS": "2", "report-INITIAL_FORMS": "0",
        "report-0-outlet": "红网", "report-0-title": "调研见闻", "report-0-url": "https://rednet.example.cn/1",
        "report-1-outlet": "", "report-1-title": "", "report-1-url": "",
    }  # fmt: skip
    new = reverse("showcase-entry-new", args=[proposal.key])
    bad = li.post(new, {**given, "report-0-url": "javascript:alert(1)"})
    assert bad.status_code == 400
    assert "走访三个村" in bad.content.decode()
    assert li.post(new, {**given, "report-0-url": ""}).status_code == 400
    assert li.post(new, given).status_code == 302
    entry = ShowcaseEntry.objects.get()
    switch = reverse("showcase-switch", args=[proposal.key])
    li.post(switch, {"to": "open"})
    assert not Showcase.objects.get().is_open  # no stage is public yet
    li.post(reverse("showcase-entry-publish", args=[entry.pk]), {"to": "publish"})
    li.post(switch, {"to": "open"})
    assert Showcase.objects.public().exists()
    for to in ("no-votes", "votes", "close", "nonsense"):
        assert li.post(switch, {"to": to}).status_code == 302
    assert not Showcase.objects.public().exists()
    change = reverse("showcase-entry", args=[entry.pk])
    assert "rednet.example.cn" in li.get(change).content.decode()
    assert li.post(change, {**given, "title": "改过的标题"}).status_code == 302
    li.post(reverse("showcase-entry-publish", args=[entry.pk]), {"to": "withdraw"})
    li.post(reverse("showcase-entry-remove", args=[entry.pk]))
    assert not ShowcaseEntry.objects.exists()


@pytest.mark.parametrize("who", ["wang", "zhang", "zhou", "zhao", "qian"])
def test_nobody_else_composes(cast, as_, showcase, who):
    client, entry = as_(getattr(cast, who)), showcase.entries.get()
    for name, key in (
        ("showcase-edit", showcase.proposal.key), ("showcase-entry-new", showcase.proposal.key),
        ("showcase-entry", entry.pk),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[key])).status_code in (403, 404)
    assert client.post(reverse("showcase-entry-publish", args=[entry.pk]), {"to": "withdraw"}).status_code in (403, 404)
    assert ShowcaseEntry.objects.get().published_at


def test_the_staff_moderate_and_the_unit_answers_on_the_pages(cast, as_, showcase):
    comment, _ = left(showcase)
    li, zhang = as_(cast.li), as_(cast.zhang)
    assert str(comment) in li.get(reverse("showcase-comment-list")).content.decode()
    assert zhang.get(comment.get_absolute_url()).status_code == 404
    assert li.post(reverse("showcase-comment-hide", args=[comment.pk]), {"reason": ""}).status_code == 400
    assert li.post(reverse("showcase-comment-show", args=[comment.pk])).status_code == 302
    assert str(comment) in zhang.get(reverse("showcase-comment-list")).content.decode()
    url = reverse("showcase-comment-answer", args=[comment.pk])
    assert li.post(url, {"answer": "代单位回应一下"}).status_code == 403
    wrong = zhang.post(url, {"answer": "请打 13812345678"})
    assert (wrong.status_code, "请打 13812345678" in wrong.content.decode()) == (400, True)
    assert zhang.post(url, {"answer": "谢谢，下月再加一趟。"}).status_code == 302
    for who in ("wang", "zhao"):
        assert as_(getattr(cast, who)).get(comment.get_absolute_url()).status_code == 404
    assert as_(cast.wang).get(reverse("showcase-comment-list")).status_code == 403


def test_the_page_of_the_proposal_offers_it(cast, showcase):
    assert [a.label for a in actions(cast.li, showcase.proposal) if "全程公开" in a.label] == ["全程公开"]
    assert [a.label for a in actions(cast.wang, showcase.proposal) if "全程公开" in a.label] == ["看全程公开"]
    services.close_showcase(showcase, by=cast.li, at=AT)
    assert not [a for a in actions(cast.wang, showcase.proposal) if "全程公开" in a.label]
    Proposal.objects.update(is_key=False)
    assert not [a for a in actions(cast.li, Proposal.objects.get()) if "全程公开" in a.label]


def test_beside_its_case_the_unit_reads_what_people_say(cast, as_, showcase):
    comment = in_state(cast, showcase, CommentState.SHOWN)
    case = formal.handed(cast, showcase.proposal).get_absolute_url()
    told = as_(cast.zhang).get(case).content.decode()
    assert "群众怎么看" in told
    assert comment.get_absolute_url() in told
    services.close_showcase(showcase, by=cast.li, at=AT)
    assert "群众怎么看" not in as_(cast.zhang).get(case).content.decode()


@pytest.mark.parametrize(("who", "status"), [("li", 200), ("zhao", 404)])
def test_the_office_finds_showcases_and_comments_in_the_admin_another_county_does_not(cast, as_, showcase, who, status):
    comment = in_state(cast, showcase, CommentState.WAITING)
    client = as_(getattr(cast, who))
    for row, words in ((showcase, str(showcase.proposal)), (comment, SAID)):
        name = f"admin:proposals_{row._meta.model_name}"
        listed = client.get(reverse(f"{name}_changelist"))
        assert listed.status_code == 200
        assert (words in listed.content.decode()) is (status == 200)
        assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == status
