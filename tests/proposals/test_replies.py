"""What a reply must have before it is handed in and sent, and what stays with it."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.milestones.models import Milestone
from config.refusals import Incomplete, WrongState
from config.uploads import store
from members.models import Parameter
from members.roles import Role
from proposals import presets, services
from proposals.models import Assignment, GradeWording, Proposal, Reply
from proposals.queries import matters as queries
from proposals.services.replies import draft_of_lead
from proposals.states import AssignmentRole, AssignmentState, ProposalState, ReplyState
from tests.factories import formal
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
S = AssignmentState
WHOLE = {"text": "感谢支持。", "grade": "A", "publication": "full", "answers": ["已加密班次。", "已增设停靠点。"]}


def case(cast):
    return make.to_state(cast, formal.handed(cast, formal.proposal(cast, ProposalState.FILED)), S.HANDLING)


def co_unit(cast, lead):
    unit = people.organisation(cast.committee, "县交通局")
    cast.he = people.user("he", "何股长")
    people.grant(cast.he, Role.UNIT_HANDLER, unit)
    cast.ding = people.user("ding", "丁局长")
    people.grant(cast.ding, Role.UNIT_LEADER, unit)
    return formal.handed(cast, lead.proposal, role=AssignmentRole.CO, lead=lead, unit=unit, handler=cast.he)


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"text": " "}, {"text"}),
        ({"answers": ["已办。"]}, {"answers"}),
        ({"answers": ["已办。", " "]}, {"answers"}),
        ({"grade": ""}, {"grade"}),
        ({"grade": "D", "reason": "留作参考"}, {"grade"}),
        ({"grade": "C"}, {"reason"}),
        ({"grade": "B"}, {"promise", "promised_on"}),
        ({"publication": "none"}, {"private_reason"}),
        ({"publication": "summary"}, {"public_text"}),
        ({"publication": "summary", "public_text": "请打 13912345678"}, {"public_text"}),
        ({"text": "联系电话 13912345678"}, {"text"}),
        ({"answers": ["请打 0735-6620000", "已办。"]}, {"answers"}),
    ],
)
def test_an_incomplete_reply_is_not_handed_in_and_stays_a_draft(cast, fields, missing):
    made = case(cast)
    make.talk(cast, made)
    reply = services.draft_reply(made, by=cast.zhang, at=AT, **{**WHOLE, **fields})
    with pytest.raises(Incomplete) as refused:
        services.hand_in(reply, by=cast.zhang, at=AT)
    assert set(refused.value.fields) == missing
    assert Reply.objects.get().state == ReplyState.DRAFT


def test_the_fourth_grade_is_a_parameter_and_needs_a_reason(cast):
    Parameter.objects.create(committee=cast.committee, code="reply.grades", value="abcd")
    made = case(cast)
    make.talk(cast, made)
    reply = services.draft_reply(made, by=cast.zhang, at=AT, **{**WHOLE, "grade": "D"})
    with pytest.raises(Incomplete) as refused:
        services.hand_in(reply, by=cast.zhang, at=AT)
    assert set(refused.value.fields) == {"reason"}
    services.draft_reply(made, by=cast.zhang, at=AT, reason="受条件限制")
    services.hand_in(Reply.objects.get(), by=cast.zhang, at=AT)


def test_without_a_talk_nothing_is_handed_in(cast):
    made = case(cast)
    reply = services.draft_reply(made, by=cast.zhang, at=AT, **WHOLE)
    with pytest.raises(WrongState, match="还没有登记与提案者的沟通"):
        services.hand_in(reply, by=cast.zhang, at=AT)


def test_a_missing_opinion_is_named_and_an_opinion_lets_the_reply_go(cast):
    made = case(cast)
    joined = co_unit(cast, made)
    make.talk(cast, made)
    reply = services.draft_reply(made, by=cast.zhang, at=AT, **WHOLE)
    with pytest.raises(WrongState, match="县交通局还没有报送会办意见"):
        services.hand_in(reply, by=cast.zhang, at=AT)
    services.accept(joined, by=cast.he, at=AT)
    opinion = services.draft_reply(joined, text="同意加密班次。", grade="A", by=cast.he, at=AT)
    assert opinion.grade == ""
    services.hand_in(opinion, by=cast.he, at=AT)
    services.check(opinion, by=cast.ding, at=AT)
    services.sign(opinion, number="嘉交函〔2026〕3号", by=cast.ding, at=AT)
    services.send(opinion, by=cast.he, at=AT)
    joined = Assignment.objects.get(pk=joined.pk)
    assert (joined.state, joined.closed_at, opinion.grade_wording) == (S.CLOSED, AT, "")
    services.hand_in(reply, by=cast.zhang, at=AT)
    assert Proposal.objects.get().state == ProposalState.ASSIGNED


def test_short_and_long_way_do_not_mix(cast):
    made = case(cast)
    make.talk(cast, made)
    with pytest.raises(WrongState, match="先送核稿"):
        services.put_forward(services.draft_reply(made, by=cast.zhang, at=AT, **WHOLE), by=cast.zhang, at=AT)
    micro = make.assignment(cast, S.HANDLING)
    drafted = services.draft_reply(micro, text="已装。", grade="A", by=cast.zhang, at=AT)
    with pytest.raises(WrongState, match="不需要核稿"):
        services.hand_in(drafted, by=cast.zhang, at=AT)


def test_signing_asks_for_the_number(cast):
    made = case(cast)
    make.talk(cast, made)
    reply = services.draft_reply(made, by=cast.zhang, at=AT, **WHOLE)
    services.hand_in(reply, by=cast.zhang, at=AT)
    services.check(reply, by=cast.chen, at=AT)
    with pytest.raises(Incomplete) as refused:
        services.sign(reply, by=cast.chen, at=AT)
    assert set(refused.value.fields) == {"number"}


def test_sent_it_keeps_the_wording_in_force_and_the_proposal_repeats_it(cast):
    presets.load()
    GradeWording.objects.create(
        committee=cast.committee, grade="A", words="已解决或采纳", since=datetime.date(2026, 1, 1)
    )
    made = case(cast)
    reply = make.reply(cast, made)
    scan = SimpleUploadedFile("盖章.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    services.send(reply, scan=scan, by=cast.zhang, at=AT)
    reply = Reply.objects.get()
    assert (reply.grade_wording, reply.grade_since) == ("A类：已解决或采纳", datetime.date(2026, 1, 1))
    assert store.of(made, "reply-1").count() == 1
    proposal = Proposal.objects.get()
    assert (proposal.grade, proposal.publication) == ("A", "full")
    assert Milestone.objects.filter(kind="rating").count() == 4


def test_a_scan_that_is_no_document_takes_the_sending_back(cast):
    reply = make.reply(cast, case(cast))
    with pytest.raises(Incomplete) as refused:
        services.send(reply, scan=SimpleUploadedFile("x.exe", b"MZ", "application/pdf"), by=cast.zhang, at=AT)
    assert set(refused.value.fields) == {"scan"}
    assert (Reply.objects.get().state, Assignment.objects.get().state) == (ReplyState.SIGNED, S.HANDLING)


def test_what_was_signed_and_sent_back_is_signed_no_longer(cast):
    reply = make.reply(cast, case(cast))
    services.send_back(reply, words="数字有误", by=cast.chen, at=AT)
    fresh = Reply.objects.get()
    assert (fresh.state, fresh.signed_by, fresh.checked_by) == (ReplyState.DRAFT, None, None)


def test_a_merged_one_begins_with_the_leads_reply_and_is_its_own(cast):
    lead = case(cast)
    services.draft_reply(lead, by=cast.zhang, at=AT, **WHOLE)
    other = formal.proposal(cast, ProposalState.FILED, title="关于加密城乡公交班次的提案")
    own = formal.handed(cast, other, lead=lead)
    copied = draft_of_lead(own)
    assert (copied["text"], copied["grade"]) == ("感谢支持。", "A")
    assert draft_of_lead(lead) == {}
    services.accept(own, by=cast.zhang, at=AT)
    services.draft_reply(own, by=cast.zhang, at=AT, **copied)
    assert Reply.objects.count() == 2


def test_what_waits_for_whom(cast):
    made = case(cast)
    make.talk(cast, made)
    reply = services.draft_reply(made, by=cast.zhang, at=AT, **WHOLE)
    services.hand_in(reply, by=cast.zhang, at=AT)
    assert (list(queries.awaiting_check(cast.chen)), list(queries.awaiting_check(cast.zhang))) == ([reply], [])
    services.check(reply, by=cast.chen, at=AT)
    assert list(queries.awaiting_signature(cast.chen)) == [reply]
    services.sign(reply, number="嘉函〔2026〕1号", by=cast.chen, at=AT)
    assert list(queries.awaiting_sending(cast.zhang)) == [reply]
    services.send(reply, by=cast.zhang, at=AT)
    assert list(queries.awaiting_rating(cast.wang)) == [made]
