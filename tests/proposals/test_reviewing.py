"""The review: five results, each with its words, its number, its notices and its facts; the desk and the form."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.facts import Fact, Share
from members.models import DutyRecord, OrganisationKind
from members.models.sequences import NumberSequence
from members.roles import Role
from proposals import offers, presets
from proposals.models import Information, Proposal, ProposalReview, RejectionGround
from proposals.services import merging, reviewing
from proposals.services.reviewing import Checks
from proposals.states import InformationState, ProposalState, ProposerKind, ReviewResult, SignatureRole, SignatureState
from tests.factories import formal
from tests.factories import members as make
from tests.factories.formal import AT

pytestmark = pytest.mark.django_db
S = ProposalState


def submitted(cast, **fields):
    return formal.proposal(cast, S.SUBMITTED, **fields)


def joint(cast, count=2, **fields):
    others = [make.member(make.user(f"joint{n}", f"联名{n}"), cast.committee) for n in range(count)]
    return submitted(cast, co=others, **fields), others


def ground(**fields):
    presets.load()
    return RejectionGround.objects.filter(committee=None, **fields).first()


def told(user):
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("title", "body"))


# --- 立案 --------------------------------------------------------------------------------------------------------


def test_filing_gives_the_next_number_of_the_plenary_and_tells_every_signer(cast):
    made, others = joint(cast)
    reviewing.file(made, words="同意立案。", by=cast.li, at=AT)
    made.refresh_from_db()
    assert (made.state, made.number, made.filed_at, made.serial) == (S.FILED, 1, AT, "十届五次会议第1号")
    review = ProposalReview.objects.get()
    assert (review.proposal, review.result, review.by, review.at) == (made, ReviewResult.FILE, cast.li, AT)
    for user in [cast.wang, *(member.user for member in others)]:
        [(title, body)] = told(user)
        assert "已立案" in title
        assert "十届五次会议第1号" in body
        assert "同意立案" in body
    entry = AuditEntry.objects.get(verb="proposal.file")
    assert (entry.actor_id, entry.data["number"]) == (cast.li.pk, 1)


def test_every_signer_gets_the_fact_with_the_own_share(cast):
    made, others = joint(cast)
    reviewing.file(made, by=cast.li, at=AT)
    facts = {row.member_id: (row.share, row.sharers) for row in DutyRecord.objects.filter(fact=Fact.PROPOSAL_FILED)}
    assert facts == {
        cast.wang_member.pk: (Share.FIRST, 2),
        others[0].pk: (Share.JOINT, 2),
        others[1].pk: (Share.JOINT, 2),
    }


def test_alone_is_alone_and_a_party_credits_its_writer(cast):
    reviewing.file(submitted(cast), by=cast.li, at=AT)
    assert DutyRecord.objects.get(fact=Fact.PROPOSAL_FILED).share == Share.SOLE
    party = make.organisation(cast.committee, "民盟嘉禾支部", OrganisationKind.PARTY_GROUP)
    made = submitted(cast, kind=ProposerKind.PARTY, organisation=party)
    made.signatures.update(role=SignatureRole.WRITER)
    reviewing.file(made, by=cast.li, at=AT)
    assert DutyRecord.objects.get(fact=Fact.PROPOSAL_FILED, key=f"proposal:{made.pk}").share == Share.WRITER


def test_who_was_asked_and_did_not_sign_hears_nothing_and_counts_nothing(cast):
    made, [other] = joint(cast, 1)
    made.signatures.filter(member=other).update(state=SignatureState.LAPSED)
    reviewing.file(made, by=cast.li, at=AT)
    assert told(other.user) == []
    assert DutyRecord.objects.get(fact=Fact.PROPOSAL_FILED).share == Share.SOLE


def test_what_is_refused_takes_no_number(cast):
    first, second = submitted(cast), submitted(cast)
    stale = Proposal.objects.get(pk=first.pk)
    reviewing.file(first, by=cast.li, at=AT)
    with pytest.raises(WrongState, match="已立案"):
        reviewing.file(stale, by=cast.li, at=AT)
    with pytest.raises(Incomplete) as refused:
        reviewing.file(second, checks=Checks(content_ok=False), by=cast.li, at=AT)
    assert set(refused.value.fields) == {"content_ok"}
    reviewing.file(second, by=cast.li, at=AT)
    assert second.number == 2
    assert ProposalReview.objects.count() == 2


def test_numbers_of_two_plenaries_and_of_two_counties_run_apart(cast):
    later = formal.plenary(cast.committee, number=6, year=2027)
    one, two = submitted(cast), submitted(cast)
    Proposal.objects.filter(pk=two.pk).update(plenary=later)
    two.refresh_from_db()
    for made in (one, two):
        reviewing.file(made, by=cast.li, at=AT)
    assert [one.serial, two.serial] == ["十届五次会议第1号", "十届六次会议第1号"]


def test_without_any_plenary_it_cannot_be_numbered_and_says_who_helps(cast):
    made = submitted(cast)
    Proposal.objects.filter(pk=made.pk).update(plenary=None)
    made.refresh_from_db()
    made.plenary.delete() if made.plenary else formal.plenary(cast.committee).delete()
    with pytest.raises(Incomplete, match="登记全体会议"):
        reviewing.file(made, by=cast.li, at=AT)
    assert NumberSequence.objects.filter(kind__startswith="proposal").count() == 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_filed_at_once_leave_no_gap_and_no_double(cast):
    rows = [submitted(cast, title=f"关于第{n}件事的提案") for n in range(8)]
    gate, refused = threading.Barrier(16), []

    def run(pk):
        try:
            row = Proposal.objects.get(pk=pk)
            gate.wait(20)
            reviewing.file(row, by=cast.li, at=AT)
        except WrongState as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[row.pk]) for row in [*rows, *rows]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(Proposal.objects.values_list("number", flat=True)) == list(range(1, 9))
    assert len(refused) == 8
    assert ProposalReview.objects.count() == 8


# --- the other results -------------------------------------------------------------------------------------------


def test_a_rejection_needs_a_ground_and_the_signers_read_it_at_once(cast):
    made, [other] = joint(cast, 1)
    with pytest.raises(Incomplete) as refused:
        reviewing.reject(made, grounds=[], by=cast.li, at=AT)
    assert "grounds" in refused.value.fields
    chosen = ground(words__contains="指名举报")
    reviewing.reject(made, grounds=[chosen], words="请向纪检机关反映。", by=cast.li, at=AT)
    made.refresh_from_db()
    assert (made.state, made.number) == (S.REJECTED, None)
    assert list(ProposalReview.objects.get().grounds.all()) == [chosen]
    for user in (cast.wang, other.user):
        [(title, body)] = told(user)
        assert "不予立案" in title
        assert "指名举报的" in body
        assert "请向纪检机关反映" in body


def test_a_ground_of_another_county_or_one_out_of_use_is_no_ground(cast):
    made = submitted(cast)
    theirs = RejectionGround.objects.create(committee=cast.other_committee, words="外县的理由")
    unused = RejectionGround.objects.create(committee=cast.committee, words="不用了", is_active=False)
    for wrong in (theirs, unused):
        with pytest.raises(Incomplete, match="本会不用的理由"):
            reviewing.reject(made, grounds=[wrong], by=cast.li, at=AT)
    made.refresh_from_db()
    assert made.state == S.SUBMITTED


def test_sending_back_needs_words_and_may_happen_again(cast):
    made = submitted(cast)
    with pytest.raises(Incomplete) as refused:
        reviewing.send_back(made, words="  ", by=cast.li, at=AT)
    assert "words" in refused.value.fields
    for words in ("请写明在哪里。", "请再写具体些。"):
        reviewing.send_back(made, words=words, by=cast.li, at=AT)
        assert made.state == S.RETURNED
        Proposal.objects.filter(pk=made.pk).update(state=S.SUBMITTED)
        made.refresh_from_db()
    assert [body for _, body in told(cast.wang)] == ["请写明在哪里。", "请再写具体些。"]
    assert made.reviews.count() == 2


def test_turned_into_information_it_waits_at_the_register_in_the_same_words(cast):
    made = submitted(cast)
    reviewing.turn(made, by=cast.li, at=AT)
    made.refresh_from_db()
    assert (made.state, made.number) == (S.TURNED, None)
    report = Information.objects.get()
    assert (report.proposal, report.author, report.drafter) == (made, cast.wang_member, cast.wang)
    assert (report.state, report.submitted_at, report.title) == (InformationState.SUBMITTED, AT, made.title)
    assert (report.problem, report.cause) == (made.situation, made.analysis)
    assert all(point in report.suggestion for point in made.points)
    assert any("转为社情民意信息" in title for title, _ in told(cast.wang))
    assert DutyRecord.objects.get(fact=Fact.INFORMATION).member == cast.wang_member


def test_turned_by_a_party_it_stands_under_the_name_of_the_party(cast):
    party = make.organisation(cast.committee, "民盟嘉禾支部", OrganisationKind.PARTY_GROUP)
    made = submitted(cast, kind=ProposerKind.PARTY, organisation=party)
    made.signatures.update(role=SignatureRole.WRITER)
    reviewing.turn(made, by=cast.li, at=AT)
    assert (Information.objects.get().author, Information.objects.get().reporter) == (None, "民盟嘉禾支部")


# --- who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["wang", "zhang", "chen", "sun", "zhou", "zhao", "qian"])
def test_nobody_else_gives_a_result(cast, who):
    made, by = submitted(cast), getattr(cast, who)
    deeds = [
        lambda: reviewing.file(made, by=by, at=AT),
        lambda: reviewing.reject(made, grounds=[ground()], by=by, at=AT),
        lambda: reviewing.send_back(made, words="请补充", by=by, at=AT),
        lambda: reviewing.turn(made, by=by, at=AT),
    ]
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()
    assert ProposalReview.objects.count() == 0


def test_the_staff_of_the_proposal_committee_reviews(cast):
    staff = make.user("ti", "提案委的人", is_staff=True)
    make.grant(staff, Role.PROPOSAL_STAFF, cast.committee)
    made = submitted(cast)
    reviewing.file(made, by=staff, at=AT)
    assert made.state == S.FILED


# --- the desk and the form ---------------------------------------------------------------------------------------


def test_the_desk_shows_who_waits_longest_first_and_what_is_alike(cast, as_):
    filed = formal.proposal(cast, S.FILED)
    older = submitted(cast, at=AT.replace(day=10))
    newer = submitted(cast, title="关于建设乡镇养老中心的提案", at=AT.replace(day=12), situation="老人多。",
                      analysis="房屋少。", points=["建房"])  # fmt: skip
    formal.proposal(cast, S.DRAFT, title="没有提交的")
    page = as_(cast.li).get(reverse("proposal-review-desk"))
    assert [row for row, _ in page.context["rows"]] == [older, newer]
    [same] = page.context["rows"][0][1]
    assert (same.proposal, same.is_filed) == (filed, True)
    text = page.content.decode()
    assert "最近的已立案（第1号）" in text
    assert "没有提交的" not in text


def test_the_desk_of_another_county_is_empty_and_says_what_comes(cast, as_):
    submitted(cast)
    page = as_(cast.zhao).get(reverse("proposal-review-desk"))
    assert page.context["rows"] == []
    assert "没有等待审查的提案" in page.content.decode()


def test_the_desk_needs_no_more_statements_for_more_rows(cast, as_):
    def cost():
        browser = as_(cast.li)
        browser.get(reverse("proposal-review-desk"))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("proposal-review-desk"))
        return len(captured)

    submitted(cast)
    submitted(cast)
    few = cost()
    for _ in range(4):
        submitted(cast)
    assert cost() == few <= 14


@pytest.mark.parametrize(("who", "answer"), [("wang", 403), ("zhou", 403), ("zhao", 404), ("qian", 404), ("li", 200)])
def test_who_opens_the_form(cast, as_, who, answer):
    made = submitted(cast)
    assert as_(getattr(cast, who)).get(reverse("proposal-review", args=[made.key])).status_code == answer


@pytest.mark.parametrize(("who", "answer"), [("wang", 403), ("zhou", 403), ("zhao", 200)])
def test_who_opens_the_desk(cast, as_, who, answer):
    assert as_(getattr(cast, who)).get(reverse("proposal-review-desk")).status_code == answer


def typed(**fields):
    return {"eligible": "on", "content_ok": "on", "form_ok": "on", "words": "", **fields}


def test_the_form_files_and_a_second_click_is_told_what_happened(cast, as_):
    made = submitted(cast)
    browser, url = as_(cast.li), reverse("proposal-review", args=[made.key])
    assert browser.post(url, typed(result="file")).url == reverse("proposal-review-desk")
    again = browser.post(url, typed(result="file"))
    assert again.url == made.get_absolute_url()
    assert ProposalReview.objects.count() == 1
    assert NumberSequence.objects.get(kind="proposal-10").last == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "result"),
        ({"result": "reject"}, "grounds"),
        ({"result": "return"}, "words"),
        ({"result": "merge"}, "lead"),
        ({"result": "merge", "lead_number": "77"}, "lead_number"),
        ({"result": "file", "content_ok": ""}, "content_ok"),
        ({"result": "nonsense"}, "result"),
        ({"result": "merge", "lead": "x\x00"}, "lead"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(cast, as_, given, field):
    made = submitted(cast)
    sent = typed(**given)
    if "words" not in given and field != "words":
        sent["words"] = "我写的审查意见"
    page = as_(cast.li).post(reverse("proposal-review", args=[made.key]), sent)
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert field == "words" or "我写的审查意见" in page.content.decode()
    made.refresh_from_db()
    assert made.state == S.SUBMITTED
    assert made.reviews.count() == 0


def test_the_form_rejects_with_the_grounds_that_were_ticked(cast, as_):
    made, chosen = submitted(cast), ground()
    as_(cast.li).post(reverse("proposal-review", args=[made.key]), typed(result="reject", grounds=[chosen.pk]))
    made.refresh_from_db()
    assert made.state == S.REJECTED
    assert list(made.reviews.get().grounds.all()) == [chosen]


def test_the_form_shows_what_was_asked_for_before(cast, as_):
    made = submitted(cast)
    reviewing.send_back(made, words="请写明公交线路。", by=cast.li, at=AT)
    Proposal.objects.filter(pk=made.pk).update(state=S.SUBMITTED)
    assert "请写明公交线路。" in as_(cast.li).get(reverse("proposal-review", args=[made.key])).content.decode()


def test_the_page_of_a_proposal_offers_what_can_be_done_with_it_now(cast):
    waiting, filed = submitted(cast), formal.proposal(cast, S.FILED)
    merged = merging.merge(formal.proposal(cast, S.FILED), filed, by=cast.li, at=AT)

    def offered(user, made):
        return {action.label for action in offers.actions(user, made)}

    ours = {"审查", "并案", "撤销并案", "公开方式", "下载提案表"}
    assert offered(cast.li, waiting) & ours == {"审查", "下载提案表"}
    assert next(action for action in offers.actions(cast.li, waiting) if action.main).label == "审查"
    assert offered(cast.li, filed) & ours == {"并案", "公开方式", "下载提案表"}
    assert offered(cast.li, merged) & ours == {"撤销并案", "公开方式", "下载提案表"}
    assert offered(cast.wang, filed) & ours == {"下载提案表"}
    assert offered(cast.zhao, filed) & ours == set()


# --- the admin ---------------------------------------------------------------------------------------------------


def test_many_are_filed_from_the_admin_in_the_order_in_which_they_came(cast, as_):
    late = submitted(cast, at=AT.replace(day=15))
    early = submitted(cast, at=AT.replace(day=3))
    gone = formal.proposal(cast, S.FILED)
    page = as_(cast.li).post(
        reverse("admin:proposals_proposal_changelist"),
        {"action": "file", "_selected_action": [late.pk, early.pk, gone.pk]},
        follow=True,
    )
    assert "立案：2 件已办，1 件未办" in page.content.decode()
    late.refresh_from_db()
    early.refresh_from_db()
    assert (early.number, late.number) == (2, 3)


def test_the_chair_looks_through_and_is_offered_no_verb(cast, as_):
    made = submitted(cast)
    page = as_(cast.zhou).get(reverse("admin:proposals_proposal_change", args=[made.pk]))
    assert page.status_code == 200
    assert "/do/file/" not in page.content.decode()
    assert as_(cast.zhao).get(reverse("admin:proposals_proposal_change", args=[made.pk])).status_code == 404


def test_the_number_of_a_plenary_stands_once_proposals_are_counted_by_it(cast, as_):
    formal.proposal(cast, S.FILED)
    plenary = formal.plenary(cast.committee)
    page = as_(cast.li).get(reverse("admin:proposals_plenary_change", args=[plenary.pk]))
    assert page.status_code == 200
    assert "opens_on" in page.context["adminform"].form.fields
    assert "number" not in page.context["adminform"].form.fields


def test_in_the_admin_the_office_reads_what_the_services_write(cast, as_):
    made, office = submitted(cast), as_(cast.li)
    change = reverse("admin:proposals_proposal_change", args=[made.pk])
    assert made.title in office.get(reverse("admin:proposals_proposal_changelist")).content.decode()
    assert made.situation in office.get(change).content.decode()
    assert office.get(reverse("admin:proposals_proposal_add")).status_code == 403
    assert office.get(reverse("admin:proposals_proposal_delete", args=[made.pk])).status_code == 403
    office.post(change, {"title": "改了", "state": S.FILED, "number": 7})
    assert Proposal.objects.values_list("title", "state", "number").get() == (made.title, S.SUBMITTED, None)


@pytest.mark.parametrize(("who", "may"), [("li", True), ("zhou", False), ("wang", False)])
def test_a_county_adds_a_ground_of_its_own_and_leaves_the_national_ones(cast, as_, who, may):
    national, client = ground(), as_(getattr(cast, who))
    given = {"committee": cast.committee.pk, "words": "本县已经办结的同一事项", "position": 110, "is_active": "on"}
    client.post(reverse("admin:proposals_rejectionground_add"), given)
    assert RejectionGround.objects.filter(committee=cast.committee, words=given["words"]).exists() is may
    client.post(reverse("admin:proposals_rejectionground_change", args=[national.pk]), {"words": "改了", "position": 1})
    assert RejectionGround.objects.get(pk=national.pk).words == national.words
