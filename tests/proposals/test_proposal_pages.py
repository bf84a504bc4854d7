"""The pages of the members' side: writing, signing, submitting, the list, and one case on one page."""

import datetime
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from config.uploads import store
from members.models import BodyKind, Post
from proposals import offers
from proposals.models import Proposal, ProposalReview
from proposals.services import drafting, signing
from proposals.services.draft_text import digest_of
from proposals.states import (
    AssignmentState,
    MicroState,
    ProposalState,
    PublicationLevel,
    ReviewResult,
    SignatureState,
)
from tests.factories import bodies, formal
from tests.factories import proposals as matters
from tests.factories.formal import AT
from tests.proposals.test_drafting import colleague, invited, party, written

pytestmark = pytest.mark.django_db


def photo(name="公交站.jpg"):
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def typed(cast, **fields):
    return {
        "kind": "member", "committee": cast.committee.pk, "title": "关于优化农村公交线路的提案",
        "situation": "部分村组公交班次少。", "analysis": "线路多年未调整。", "point_0": "加密早晚班次",
        "point_2": "增设金田村停靠点", "sphere": formal.sphere().pk, **fields,
    }  # fmt: skip


def page_of(browser, made):
    return browser.get(reverse("proposal-detail", args=[made.key]))


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


# --- 写 ----------------------------------------------------------------------------------------------------------


def test_writing_checking_and_submitting(cast, as_):
    formal.plenary(cast.committee)
    browser = as_(cast.wang)
    page = browser.get(reverse("proposal-new"), {"kind": "member"}, follow=True)
    key = page.context["key"]
    assert "建议之三" not in text_of(page)
    assert "建议之3" in text_of(page)
    sent = browser.post(reverse("proposal-edit", args=[key]), typed(cast, photos=photo()))
    assert sent.url == reverse("proposal-check", args=[key])
    made = Proposal.objects.get(key=key)
    assert made.points == ["加密早晚班次", "增设金田村停靠点"]
    assert store.of(made, "photo").count() == 1
    check = text_of(browser.get(sent.url))
    assert "没有找到相似的提案" in check
    browser.post(reverse("proposal-submit", args=[key]))
    again = browser.post(reverse("proposal-submit", args=[key]), follow=True)
    made.refresh_from_db()
    assert made.state == ProposalState.SUBMITTED
    assert "不能提交" in text_of(again)


def test_who_has_several_voices_chooses_one_first(cast, as_):
    group = bodies.body(cast.committee, BodyKind.ACTIVITY_GROUP, "一组")
    bodies.seat(group, cast.wang_member, Post.LEADER)
    page = as_(cast.wang).get(reverse("proposal-new"))
    labels = [voice.label for voice in page.context["voices"]]
    assert labels == ["我自己（可以邀请联名）", "一组", "经济界"]
    chosen = as_(cast.wang).get(page.context["voices"][1].url, follow=True)
    assert "以“一组”名义提出" in text_of(chosen)


def test_a_speaker_has_one_voice_and_room_for_the_sealed_page(cast, as_):
    where, speaker = party(cast)
    page = as_(speaker).get(reverse("proposal-new"), follow=True)
    assert "盖章页" in text_of(page)
    key = page.context["key"]
    sent = {**typed(cast), "kind": "party", "organisation": where.pk, "seals": photo("盖章页.jpg")}
    as_(speaker).post(reverse("proposal-edit", args=[key]), sent)
    made = Proposal.objects.get(key=key)
    assert (made.organisation, store.of(made, "seal").count()) == (where, 1)


@pytest.mark.parametrize("who", ["li", "zhang", "zhao"])
def test_who_cannot_propose_is_told_whom_to_ask(cast, as_, who):
    refused = as_(getattr(cast, who)).get(reverse("proposal-new"))
    assert refused.status_code == 403
    assert "政协办" in refused.content.decode()


@pytest.mark.parametrize(
    "given", [{"kind": "party"}, {"kind": "sector", "body": "0"}, {"committee": "99999"}, {"kind": "x"}]
)
def test_a_name_that_is_not_ones_own_opens_no_form(cast, as_, given):
    url = reverse("proposal-edit", args=[uuid.uuid4()])
    assert as_(cast.wang).get(url, given).status_code == 403
    assert as_(cast.wang).post(url, typed(cast, **given)).status_code == 403
    assert not Proposal.objects.exists()


def test_one_more_point_works_without_javascript(cast, as_):
    made = written(cast, points=["一", "二", "三"])
    sent = as_(cast.wang).post(
        reverse("proposal-edit", args=[made.key]),
        {**typed(cast), "point_0": "一", "point_1": "二", "point_2": "三", "add": "1"},
    )
    assert sent.url.endswith("?more=1#id_point_3")
    page = text_of(as_(cast.wang).get(sent.url))
    assert 'name="point_3"' in page
    assert 'name="point_4"' not in page


def test_autosave_keeps_a_draft_and_says_when(cast, as_):
    browser, key = as_(cast.wang), uuid.uuid4()
    url = reverse("proposal-edit", args=[key])
    saved = browser.post(url, typed(cast, title="关"), headers={"X-Autosave": "1"}).json()
    assert saved["saved"]
    assert re.fullmatch(r"\d\d:\d\d", saved["at"])
    wrong = browser.post(url, typed(cast, title="关" * 51), headers={"X-Autosave": "1"})
    assert (wrong.status_code, wrong.json()["saved"]) == (400, False)
    assert Proposal.objects.get().title == "关"


def test_what_was_typed_stays_when_something_is_wrong(cast, as_):
    sent = as_(cast.wang).post(
        reverse("proposal-edit", args=[uuid.uuid4()]), typed(cast, title="关" * 51, point_1="特别的建议")
    )
    assert sent.status_code == 400
    assert "特别的建议" in sent.content.decode()
    assert not Proposal.objects.exists()


def test_too_many_photos_are_refused_and_the_draft_is_as_before(cast, as_):
    made = written(cast)
    files = [photo(f"{number}.jpg") for number in range(6)]
    url = reverse("proposal-edit", args=[made.key])
    as_(cast.wang).post(url, typed(cast, photos=files))
    refused = as_(cast.wang).post(url, typed(cast, title="新案由", photos=[photo()]))
    assert (refused.status_code, store.of(made, "photo").count()) == (400, 6)
    assert "照片最多 6 张" in refused.content.decode()
    made.refresh_from_db()
    assert made.title != "新案由"


def test_a_paper_is_removed_before_submission_only(cast, as_):
    made = written(cast)
    paper = store.attach(made, photo(), by=cast.wang, at=AT, purpose="photo")
    url = reverse("proposal-paper-remove", args=[made.key, paper.pk])
    Proposal.objects.update(state=ProposalState.SUBMITTED, submitted_at=AT)
    assert as_(cast.wang).post(url).status_code == 403
    Proposal.objects.update(state=ProposalState.RETURNED)
    as_(cast.wang).post(url)
    assert not store.of(made).exists()


def test_the_check_names_what_is_missing_and_offers_no_submitting(cast, as_):
    made = written(cast, points=[], analysis="")
    page = text_of(as_(cast.wang).get(reverse("proposal-check", args=[made.key])))
    assert "请写分析" in page
    assert "至少写一条" in page
    assert reverse("proposal-submit", args=[made.key]) not in page
    as_(cast.wang).post(reverse("proposal-submit", args=[made.key]))
    assert Proposal.objects.get().state == ProposalState.DRAFT


def test_the_check_warns_of_numbers_that_lead_to_a_person(cast, as_):
    made = written(cast, situation="请联系 13812345678。")
    assert "像电话" in text_of(as_(cast.wang).get(reverse("proposal-check", args=[made.key])))


def test_going_on_from_ones_own_micro_proposal(cast, as_):
    micro = matters.micro(cast, MicroState.DECLINED)
    browser = as_(cast.wang)
    page = browser.get(reverse("proposal-new"), {"kind": "member", "micro": micro.pk}, follow=True)
    assert "关于西街路口增设信号灯的提案" in text_of(page)
    browser.post(reverse("proposal-edit", args=[page.context["key"]]), typed(cast, micro=micro.pk))
    made = Proposal.objects.get()
    assert made.micro == micro
    assert micro.title in text_of(page_of(browser, made))


def test_anothers_micro_proposal_fills_nothing_in(cast, as_):
    micro, liu = matters.micro(cast, MicroState.DECLINED), colleague(cast)
    page = as_(liu.user).get(reverse("proposal-new"), {"kind": "member", "micro": micro.pk}, follow=True)
    assert "信号灯" not in text_of(page)


# --- 署名 ---------------------------------------------------------------------------------------------------------


def test_inviting_by_name_signing_and_declining(cast, as_):
    liu, deng, made = colleague(cast), colleague(cast, "deng", "邓委员"), written(cast)
    browser, signers = as_(cast.wang), reverse("proposal-signers", args=[made.key])
    assert browser.post(signers, {"members": "没有人"}).status_code == 400
    browser.post(signers, {"members": "刘委员、邓委员"})
    assert set(made.signatures.values_list("state", flat=True)) == {SignatureState.SIGNED, SignatureState.ASKED}
    page = text_of(page_of(as_(liu.user), made))
    assert "请您确认联名" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    as_(liu.user).post(reverse("proposal-sign", args=[made.key]), {"seen": seen})
    as_(deng.user).post(reverse("proposal-decline", args=[made.key]), {"words": "情况不了解"})
    assert made.signatures.get(member=liu).state == SignatureState.SIGNED
    assert made.signatures.get(member=deng).state == SignatureState.DECLINED
    assert page_of(as_(deng.user), made).status_code == 404
    assert "王委员等2人" in text_of(page_of(as_(liu.user), made))


def test_signing_an_older_text_is_refused_in_words(cast, as_):
    liu, made = colleague(cast), written(cast)
    invited(cast, made, liu, signed=False)
    answer = as_(liu.user).post(reverse("proposal-sign", args=[made.key]), {"seen": "别的"}, follow=True)
    assert "刚刚改过" in text_of(answer)
    assert made.signatures.get(member=liu).state == SignatureState.ASKED


def test_a_name_goes_off_by_the_drafter_or_by_oneself(cast, as_):
    liu, deng, made = colleague(cast), colleague(cast, "deng", "邓委员"), written(cast)
    invited(cast, made, liu, deng)
    of = {row.member: reverse("proposal-signature-remove", args=[made.key, row.pk]) for row in made.signatures.all()}
    assert as_(cast.qian).post(of[liu]).status_code == 404
    as_(cast.wang).post(of[liu])
    left = as_(deng.user).post(of[deng])
    assert left.url == reverse("proposal-list")
    assert made.signatures.count() == 1


def test_asking_the_leader_from_the_check(cast, as_):
    group, leader = bodies.body(cast.committee, BodyKind.ACTIVITY_GROUP, "一组"), colleague(cast)
    bodies.seat(group, cast.wang_member)
    bodies.seat(group, leader, Post.LEADER)
    made = written(cast, kind="group", body=group)
    browser, check = as_(cast.wang), reverse("proposal-check", args=[made.key])
    assert "还差负责人签名" in text_of(browser.get(check))
    browser.post(reverse("proposal-ask", args=[made.key]))
    assert "以“一组”名义签名" in text_of(page_of(as_(leader.user), made))
    as_(leader.user).post(reverse("proposal-sign", args=[made.key]), {"seen": digest_of(made)})
    assert reverse("proposal-submit", args=[made.key]) in text_of(browser.get(check))


@pytest.mark.parametrize("name", ["check", "submit", "withdraw", "signers", "ask", "sign", "decline"])
@pytest.mark.parametrize("who", ["li", "zhang", "qian", "zhou"])
def test_what_is_the_signers_is_not_there_for_others(cast, as_, who, name):
    made = written(cast)
    browser, url = as_(getattr(cast, who)), reverse(f"proposal-{name}", args=[made.key])
    answer = browser.get(url) if name in ("check", "signers", "decline") else browser.post(url)
    assert answer.status_code == 404
    assert Proposal.objects.get().state == ProposalState.DRAFT


# --- 列表 ---------------------------------------------------------------------------------------------------------


def titles(response):
    return {row.title for row in response.context["page"].rows}


def test_what_each_finds_in_the_list(cast, as_):
    draft, liu = written(cast, title="草稿"), colleague(cast)
    sent = formal.proposal(cast, ProposalState.SUBMITTED, title="已提交")
    open_one = formal.proposal(cast, ProposalState.FILED, title="公开的")
    Proposal.objects.filter(pk=open_one.pk).update(publication=PublicationLevel.FULL)
    signing.invite(draft, [liu], by=cast.wang, at=AT)
    url = reverse("proposal-list")
    assert titles(as_(cast.wang).get(url)) == {"草稿", "已提交", "公开的"}
    assert titles(as_(cast.li).get(url)) == {"已提交", "公开的"}
    assert titles(as_(liu.user).get(url, {"whose": "sign"})) == {"草稿"}
    assert titles(as_(liu.user).get(url, {"whose": "all"})) == {"草稿", "公开的"}
    assert titles(as_(cast.zhang).get(url)) == {"公开的"}
    assert titles(as_(cast.qian).get(url, {"whose": "all"})) == set()
    assert as_(None).get(url).status_code == 302
    assert sent.state == ProposalState.SUBMITTED


def test_filters_and_search_of_the_list(cast, as_):
    one = formal.proposal(cast, ProposalState.FILED, title="关于公交的提案")
    one.fields.set([matters.category()])
    two = formal.proposal(
        cast, ProposalState.SUBMITTED, title="关于学校的提案", situation="食堂", analysis="设施", points=["新建"]
    )
    Proposal.objects.filter(pk=two.pk).update(is_key=True)
    url, browser = reverse("proposal-list"), as_(cast.li)
    for asked, found in [
        ({"state": "filed"}, {one.title}), ({"q": "食堂"}, {two.title}), ({"is_key": "on"}, {two.title}),
        ({"field": matters.category().pk}, {one.title}), ({"plenary": one.plenary_id}, {one.title, two.title}),
        ({"kind": "party"}, set()), ({"timing": "interim"}, {one.title, two.title}),
    ]:  # fmt: skip
        assert titles(browser.get(url, asked)) == found, asked
    assert "没有符合条件的提案" in text_of(browser.get(url, {"kind": "party"}))


def test_an_empty_list_says_what_to_do(cast, as_):
    url = reverse("proposal-list")
    assert "写一件试试" in text_of(as_(cast.wang).get(url))
    assert "没有请您签名" in text_of(as_(cast.wang).get(url, {"whose": "sign"}))
    assert "目前还没有" in text_of(as_(cast.zhang).get(url))


def statements(browser, url):
    browser.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(url).status_code == 200
    return len(asked)


def test_the_list_asks_as_much_for_three_as_for_one(cast, as_):
    formal.proposal(cast, ProposalState.FILED, co=[colleague(cast)])
    browser, url = as_(cast.li), reverse("proposal-list")
    one = statements(browser, url)
    for number in range(2):
        formal.proposal(cast, ProposalState.FILED, co=[colleague(cast, f"x{number}", f"委员{number}")])
    assert statements(browser, url) == one
    assert one <= 20


# --- 一件提案 ------------------------------------------------------------------------------------------------------


def test_the_page_asks_as_much_for_three_units_as_for_one(cast, as_):
    from tests.factories.members import organisation

    made = formal.proposal(cast, ProposalState.FILED, co=[colleague(cast)])
    first = matters.to_state(cast, formal.handed(cast, made), AssignmentState.HANDLING)
    browser, url = as_(cast.wang), reverse("proposal-detail", args=[made.key])
    one = statements(browser, url)
    from members.roles import Role
    from tests.factories.members import grant

    for name in ("县教育局", "县交通局"):
        unit = organisation(cast.committee, name)
        grant(cast.zhang, Role.UNIT_HANDLER, unit)
        cast.zhang = type(cast.zhang).objects.get(pk=cast.zhang.pk)
        formal.handed(cast, made, role="co", lead=first, unit=unit, handler=cast.zhang)
    assert statements(browser, url) == one
    assert one <= 24


def test_the_course_of_a_handled_proposal(cast, as_):
    made = formal.proposal(cast, ProposalState.FILED)
    matters.to_state(cast, formal.handed(cast, made), AssignmentState.CLOSED)
    page = page_of(as_(cast.wang), made)
    shown = text_of(page)
    assert [step["name"] for step in page.context["steps"]] == ["提交", "审查", "交办", "办理", "答复", "评价", "办结"]
    assert {step["state"] for step in page.context["steps"]} == {"done"}
    assert "县住建局的答复" in shown
    assert "十届五次会议第1号" in shown
    assert page.context["events"][-1].what == "提交提案"


def test_visitors_read_what_was_published_and_no_number_of_anybody(cast, as_):
    made = formal.proposal(cast, ProposalState.FILED, situation="请联系 13812345678。", co=[colleague(cast)])
    store.attach(made, photo(), by=cast.wang, at=AT, purpose="photo")
    assert page_of(as_(None), made).status_code == 404
    Proposal.objects.update(publication=PublicationLevel.FULL)
    shown = text_of(page_of(as_(None), made))
    assert "加密早晚班次" in shown
    assert "王委员等2人" in shown
    assert "13812345678" not in shown
    assert "/files/" not in shown
    Proposal.objects.update(publication=PublicationLevel.SUMMARY, public_summary="公交要加密")
    shown = text_of(page_of(as_(None), made))
    assert "公交要加密" in shown
    assert "加密早晚班次" not in shown
    assert "退出署名" not in shown


def test_files_stay_with_those_who_follow_it(cast, as_):
    made = formal.proposal(cast, ProposalState.FILED)
    paper = store.attach(made, photo(), by=cast.wang, at=AT, purpose="photo")
    Proposal.objects.update(publication=PublicationLevel.FULL)
    assert as_(cast.wang).get(paper.get_absolute_url()).status_code == 200
    assert as_(cast.li).get(paper.get_absolute_url()).status_code == 200
    assert as_(cast.qian).get(paper.get_absolute_url()).status_code in (403, 404)


def test_visitors_see_a_reply_as_far_as_it_was_published(cast, as_):
    made = formal.proposal(cast, ProposalState.FILED)
    given = formal.handed(cast, made)
    matters.to_state(cast, given, AssignmentState.REPLIED)
    reply = given.rounds.get().reply
    made.refresh_from_db()
    assert reply.text in text_of(page_of(as_(None), made))
    type(reply).objects.update(publication=PublicationLevel.SUMMARY, public_text="已经加密")
    shown = text_of(page_of(as_(None), made))
    assert "已经加密" in shown
    assert reply.text not in shown
    type(reply).objects.update(publication=PublicationLevel.NONE)
    shown = text_of(page_of(as_(None), made))
    assert "已经加密" not in shown
    assert reply.text in text_of(page_of(as_(cast.wang), made))


def test_merged_ones_link_both_ways(cast, as_):
    lead = formal.proposal(cast, ProposalState.FILED, title="主案")
    made = formal.proposal(cast, ProposalState.FILED, title="并入的")
    Proposal.objects.filter(pk=made.pk).update(state=ProposalState.MERGED, lead=lead)
    assert lead.get_absolute_url() in text_of(page_of(as_(cast.wang), made))
    assert made.get_absolute_url() in text_of(page_of(as_(cast.wang), lead))
    liu = colleague(cast)
    Proposal.objects.filter(pk=lead.pk).update(drafter=liu.user)
    lead.signatures.update(member=liu)
    shown = text_of(page_of(as_(cast.wang), made))
    assert "主案" in shown
    assert lead.get_absolute_url() not in shown


def test_a_supplement_is_asked_for_in_words(cast, as_):
    made = formal.proposal(cast, ProposalState.RETURNED)
    ProposalReview.objects.create(proposal=made, result=ReviewResult.RETURN, words="请写明线路", by=cast.li, at=AT)
    shown = text_of(page_of(as_(cast.wang), made))
    assert "请补充后再次提交" in shown
    assert "请写明线路" in shown
    assert "请写明线路" in text_of(as_(cast.wang).get(reverse("proposal-edit", args=[made.key])))
    drafting.submit(made, by=cast.wang, at=AT + datetime.timedelta(days=1))
    assert "请补充后再次提交" not in text_of(page_of(as_(cast.wang), made))


@pytest.mark.parametrize("who", ["wang", "li", "zhang", "zhou", None])
@pytest.mark.parametrize("state", ProposalState.values)
def test_one_thing_to_do_at_most_in_every_state(cast, as_, state, who):
    from tests.proposals.test_drafting import in_state

    made = in_state(cast, state)
    answer = page_of(as_(who and getattr(cast, who)), made)
    if answer.status_code == 200:
        assert len(re.findall(r'class="(?:[^"]* )?main(?: [^"]*)?"', answer.content.decode())) <= 1
        assert who in ("wang", "li", "zhou")
    else:
        assert answer.status_code == 404


def test_who_signed_is_asked_to_rate_the_reply(cast, as_):
    liu = colleague(cast)
    made = formal.proposal(cast, ProposalState.FILED, co=[liu])
    given = matters.to_state(cast, formal.handed(cast, made), AssignmentState.REPLIED)
    for user in (cast.wang, liu.user):
        now = page_of(as_(user), made).context["now"]
        assert (now.label, now.url) == ("评价答复", given.get_absolute_url())
    assert page_of(as_(cast.zhou), made).context["now"] is None


def test_other_topics_put_their_buttons_on_the_page(cast, as_, monkeypatch):
    monkeypatch.setattr(offers, "OFFERS", [])

    @offers.register
    def offer(user, proposal):
        return offers.Action("先办这个", "/x/", main=True, why="到期了") if user == cast.li else None

    offers.register(offer)
    offers.register(lambda user, proposal: offers.Action("看一看", "/y/"))
    made = formal.proposal(cast, ProposalState.SUBMITTED)
    page = page_of(as_(cast.li), made)
    assert (page.context["now"].label, [action.label for action in page.context["actions"]]) == ("先办这个", ["看一看"])
    assert page_of(as_(cast.wang), made).context["now"] is None
