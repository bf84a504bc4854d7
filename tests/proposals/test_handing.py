"""交办会: planned, checked in words, handed over by one deed, each line for itself."""

import datetime
import io
import threading
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from config.audit import log
from config.milestones.models import Milestone
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.roles import Role
from proposals import services as matters
from proposals.documents.handing import meeting_notice
from proposals.documents.matters import assignment_notice
from proposals.models import Assignment, Handing, HandingMeeting, Proposal
from proposals.queries import handing as queries
from proposals.services import handing as services
from proposals.states import AssignmentRole, AssignmentState, HandingState, ProposalState
from tests.factories import formal, members
from tests.factories import handing as make
from tests.factories import proposals as micros
from tests.factories.proposals import AT

LEAD, CO, SEPARATE = AssignmentRole.LEAD, AssignmentRole.CO, AssignmentRole.SEPARATE
TODAY = AT.date()


def hand_over(cast, held, at=AT):
    return services.hand_over(held, by=cast.li, at=at)


def words_of(held, proposal):
    plan = next(plan for plan in queries.plans_of(held, today=TODAY) if plan.proposal == proposal)
    return plan.wrong + [words for line in plan.lines for words in plan.wrong_by_line.get(line.pk, [])]


# --- the meeting -------------------------------------------------------------------------------------------------


def test_a_meeting_has_the_usual_dates_and_refuses_impossible_ones(cast):
    assert services.usual_dates(cast.committee, datetime.date(2026, 11, 20)) == (
        datetime.date(2027, 2, 20), datetime.date(2026, 12, 20),
    )  # fmt: skip
    with pytest.raises(Incomplete) as refused:
        make.meeting(cast, due_on=datetime.date(2026, 11, 20))
    assert set(refused.value.fields) >= {"due_on"}
    with pytest.raises(Incomplete) as refused:
        make.meeting(cast, opinion_due_on=datetime.date(2027, 3, 1))
    assert set(refused.value.fields) == {"opinion_due_on"}
    assert not HandingMeeting.objects.exists()


def test_the_same_meeting_is_kept_once(cast):
    make.meeting(cast)
    with pytest.raises((Incomplete, WrongState)):
        make.meeting(cast)
    assert HandingMeeting.objects.count() == 1


@pytest.mark.parametrize("who", ["wang", "zhang", "chen", "sun", "zhou", "zhao", "qian"])
def test_only_the_desk_of_the_county_plans_and_hands_over(cast, who):
    held = make.meeting(cast)
    line = make.line(cast, held)
    by = getattr(cast, who)
    for deed in (
        lambda: services.keep_meeting(held, by=by, at=AT),
        lambda: services.plan_line(held, line.proposal, unit=cast.unit, role=CO, by=by, at=AT),
        lambda: services.drop_line(line, by=by, at=AT),
        lambda: services.hand_over(held, by=by, at=AT),
        lambda: services.hand_one(line.proposal, role=LEAD, by=by, at=AT, **micros.five(cast)),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    assert not Assignment.objects.exists()


# --- lines and checks --------------------------------------------------------------------------------------------


def test_one_lead_for_a_proposal_and_one_line_for_a_unit(cast):
    held = make.meeting(cast)
    line = make.line(cast, held)
    with pytest.raises(Incomplete, match="已经列上"):
        make.line(cast, held, line.proposal, role=CO)
    with pytest.raises(Incomplete, match="主办单位只能有一个"):
        make.line(cast, held, line.proposal, to=make.unit(cast))
    assert held.lines.count() == 1


@pytest.mark.parametrize("state", [s for s in ProposalState if s not in (ProposalState.FILED, ProposalState.ASSIGNED)])
def test_only_filed_proposals_are_planned(cast, state):
    held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    Proposal.objects.filter(pk=made.pk).update(state=state, closed_at=AT, lead=formal.proposal(cast, "filed"))
    made.refresh_from_db()
    with pytest.raises(WrongState):
        make.line(cast, held, made)


def test_a_proposal_of_another_county_is_not_planned(cast):
    held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    Proposal.objects.filter(pk=made.pk).update(committee=cast.other_committee)
    made.refresh_from_db()
    with pytest.raises(WrongState):
        make.line(cast, held, made)


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ([LEAD], ""),
        ([LEAD, CO], ""),
        ([SEPARATE, SEPARATE], ""),
        ([SEPARATE], "分办至少要两个单位"),
        ([CO], "会办要先有主办单位"),
        ([LEAD, SEPARATE], "不能同时用"),
        ([SEPARATE, SEPARATE, CO], "会办要先有主办单位"),
    ],
)
def test_the_units_of_a_proposal_make_a_whole(cast, roles, said):
    held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    for n, role in enumerate(roles):
        make.line(cast, held, made, to=make.unit(cast, f"县第{n}局"), role=role)
    words = "".join(words_of(held, made))
    assert said in words
    assert bool(words) == bool(said)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"leader_name": ""}, "没有登记分管领导"),
        ({"leader_post": ""}, "没有登记分管领导"),
        ({"is_active": False}, "已停用"),
        ({"handler": False}, "还没有承办人账号"),
    ],
)
def test_what_a_unit_lacks_is_said(cast, fields, said):
    held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    make.line(cast, held, made, to=make.unit(cast, **fields))
    assert said in "".join(words_of(held, made))
    assert hand_over(cast, held) == services.Result(0, 1)
    line = Handing.objects.get()
    assert line.state == HandingState.REFUSED
    assert said in line.why_not
    assert not Assignment.objects.exists()
    assert Proposal.objects.get().state == ProposalState.FILED
    held.refresh_from_db()
    assert held.done_at is None


def test_dates_that_have_passed_are_said(cast):
    held = make.meeting(cast)
    line = make.line(cast, held)
    assert hand_over(cast, held, at=AT + timedelta(days=60)) == services.Result(0, 1)
    line.refresh_from_db()
    assert "会办意见期限已经过去" in line.why_not


# --- handing over ------------------------------------------------------------------------------------------------


def test_lead_and_co_unit_are_handed_over_with_their_dates(cast):
    held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    traffic = make.unit(cast)
    make.line(cast, held, made, to=traffic, role=CO)
    make.line(cast, held, made)
    assert hand_over(cast, held) == services.Result(2, 0)
    lead = Assignment.objects.get(role=LEAD)
    co = Assignment.objects.get(role=CO)
    assert (lead.unit, lead.due_on, lead.handler, lead.rater) == (cast.unit, make.DUE, cast.zhang, cast.wang)
    assert (co.unit, co.due_on, co.handler, co.rater, co.lead) == (
        traffic, make.OPINION_DUE, traffic.handler, None, lead,
    )  # fmt: skip
    assert lead.due_why["rule"] == "交办之日起 3 个月"
    assert co.due_why["rule"] == "交办之日起 1 个月"
    assert (lead.contact_due_on, co.contact_due_on) == (datetime.date(2026, 12, 11), None)
    made.refresh_from_db()
    assert (made.state, made.unit) == (ProposalState.ASSIGNED, cast.unit)
    held.refresh_from_db()
    assert held.done_at == AT
    contact = Milestone.objects.get(kind="contact")
    assert (contact.code, contact.subject_id) == ("first", lead.pk)
    told = set(Notice.objects.values_list("recipient__username", "kind"))
    assert {("zhang", "assigned"), (traffic.handler.username, "assigned"), ("wang", "proposal-handed")} <= told
    assert log.history(held).first().verb == "handingmeeting.hand_over"


def test_run_twice_it_has_no_second_effect(cast):
    held = make.meeting(cast)
    make.line(cast, held)
    hand_over(cast, held)
    notices = Notice.objects.count()
    with pytest.raises(WrongState, match="没有等待交办"):
        hand_over(cast, HandingMeeting.objects.get())
    assert (Assignment.objects.count(), Notice.objects.count()) == (1, notices)


def test_one_refused_line_does_not_hold_up_the_others_and_is_tried_again(cast):
    held = make.meeting(cast)
    good, bad = formal.proposal(cast, "filed", title="甲"), formal.proposal(cast, "filed", title="乙")
    empty = make.unit(cast, handler=False)
    make.line(cast, held, good)
    make.line(cast, held, bad, to=empty)
    assert hand_over(cast, held) == services.Result(1, 1)
    assert Assignment.objects.get().proposal == good
    members.grant(members.user("late", "新来的"), Role.UNIT_HANDLER, empty)
    assert hand_over(cast, held) == services.Result(1, 0)
    assert Assignment.objects.count() == 2
    assert Handing.objects.filter(state=HandingState.DONE, why_not="").count() == 2


def test_a_co_unit_refused_first_joins_the_lead_that_is_at_work(cast):
    held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    empty = make.unit(cast, leader_name="")
    make.line(cast, held, made)
    make.line(cast, held, made, to=empty, role=CO)
    assert hand_over(cast, held) == services.Result(1, 1)
    type(empty).objects.filter(pk=empty.pk).update(leader_name="何伟")
    assert hand_over(cast, held) == services.Result(1, 0)
    assert Assignment.objects.get(role=CO).lead == Assignment.objects.get(role=LEAD)


def test_without_its_lead_a_co_unit_is_not_handed_over(cast):
    held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    make.line(cast, held, made, to=make.unit(cast, handler=False))
    make.line(cast, held, made, role=CO)
    assert hand_over(cast, held) == services.Result(0, 2)
    assert "主办单位没有交办成功" in Handing.objects.get(role=CO).why_not


def test_separate_units_each_reply(cast):
    held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    make.line(cast, held, made, role=SEPARATE)
    make.line(cast, held, made, to=make.unit(cast), role=SEPARATE)
    assert hand_over(cast, held) == services.Result(2, 0)
    assert set(Assignment.objects.values_list("role", "rater", "lead")) == {(SEPARATE, cast.wang.pk, None)}
    assert Milestone.objects.filter(kind="contact").count() == 2


def test_what_is_merged_goes_alongside_and_is_answered_on_its_own(cast):
    held, lead = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    child = make.merged(cast, lead)
    make.line(cast, held, lead)
    assert hand_over(cast, held) == services.Result(1, 0)
    case, own = Assignment.objects.get(proposal=lead), Assignment.objects.get(proposal=child)
    assert (own.unit, own.lead, own.due_on) == (cast.unit, case, case.due_on)
    child.refresh_from_db()
    assert child.state == ProposalState.MERGED
    assert child not in queries.not_planned(held)


def test_a_dropped_line_is_not_handed_over_and_a_done_one_stays(cast):
    held = make.meeting(cast)
    line = make.line(cast, held)
    services.drop_line(line, by=cast.li, at=AT)
    with pytest.raises(WrongState):
        hand_over(cast, held)
    again = make.line(cast, held, line.proposal)
    hand_over(cast, held)
    with pytest.raises(WrongState, match="已经交办"):
        services.drop_line(again, by=cast.li, at=AT)
    with pytest.raises(WrongState, match="已经交给主办单位"):
        make.line(cast, held, line.proposal)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_twice_it_is_handed_over_once(cast):
    held = make.meeting(cast)
    make.line(cast, held)
    gate, results = threading.Barrier(2), []

    def run():
        try:
            gate.wait(10)
            results.append(hand_over(cast, HandingMeeting.objects.get(pk=held.pk)).done)
        except WrongState:
            results.append(0)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == [0, 1]
    assert Assignment.objects.count() == 1


# --- one proposal ------------------------------------------------------------------------------------------------


def test_one_proposal_is_handed_over_and_gets_a_co_unit_later(cast):
    made, traffic = formal.proposal(cast, ProposalState.FILED), make.unit(cast)
    lead = services.hand_one(made, role=LEAD, by=cast.li, at=AT, **micros.five(cast))
    made.refresh_from_db()
    given = micros.five(cast, unit=traffic, handler=traffic.handler)
    late = {**given, "due_on": lead.due_on + timedelta(days=1)}
    with pytest.raises(Incomplete) as refused:
        services.hand_one(made, role=CO, by=cast.li, at=AT, **late)
    assert set(refused.value.fields) == {"due_on"}
    co = services.hand_one(made, role=CO, by=cast.li, at=AT, **given)
    assert co.lead == lead
    for role, unit in ((LEAD, traffic), (SEPARATE, traffic), (CO, cast.unit)):
        with pytest.raises(Incomplete):
            services.hand_one(made, role=role, by=cast.li, at=AT, **{**given, "unit": unit})
    assert Assignment.objects.count() == 2


def test_separate_units_are_handed_over_one_after_the_other(cast):
    made, traffic = formal.proposal(cast, ProposalState.FILED), make.unit(cast)
    services.hand_one(made, role=SEPARATE, by=cast.li, at=AT, **micros.five(cast))
    made.refresh_from_db()
    given = micros.five(cast, unit=traffic, handler=traffic.handler)
    services.hand_one(made, role=SEPARATE, by=cast.li, at=AT, **given)
    assert Assignment.objects.filter(role=SEPARATE).count() == 2


@pytest.mark.parametrize("state", [s for s in ProposalState if s not in (ProposalState.FILED, ProposalState.ASSIGNED)])
def test_one_proposal_in_another_state_is_not_handed_over(cast, state):
    made = formal.proposal(cast, ProposalState.FILED)
    Proposal.objects.filter(pk=made.pk).update(state=state, closed_at=AT, lead=formal.proposal(cast, "filed"))
    made.refresh_from_db()
    with pytest.raises(Incomplete, match="不能交办"):
        services.hand_one(made, role=LEAD, by=cast.li, at=AT, **micros.five(cast))


# --- 签收 puts right who leads and handles -----------------------------------------------------------------------


def test_accepting_a_unit_puts_right_who_leads_and_handles(cast):
    given = formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    matters.accept(given, leader_name="陈局长", leader_post="局长", handler=cast.chen, by=cast.chen, at=AT)
    given.refresh_from_db()
    assert (given.leader_name, given.leader_post, given.handler) == ("陈局长", "局长", cast.chen)
    entry = log.history(given).first()
    assert (entry.verb, entry.data["leader_name"]) == ("assignment.accept", "陈局长")


def test_accepting_refuses_a_stranger_and_an_empty_name(cast):
    given = formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    with pytest.raises(Incomplete) as refused:
        matters.accept(given, leader_name=" ", handler=cast.wang, by=cast.chen, at=AT)
    assert set(refused.value.fields) == {"leader_name", "handler"}
    with pytest.raises(PermissionDenied):
        matters.accept(given, by=cast.li, at=AT)
    assert Assignment.objects.get().state == AssignmentState.PENDING


def test_accepting_without_words_keeps_what_was_set(cast):
    given = formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    matters.accept(given, by=cast.zhang, at=AT)
    given.refresh_from_db()
    assert (given.leader_name, given.handler) == ("罗一鸣", cast.zhang)


# --- documents ---------------------------------------------------------------------------------------------------


def text_of(content):
    return ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


def test_the_notice_of_a_meeting_lists_what_one_unit_got(cast):
    held = make.meeting(cast)
    mine, other = formal.proposal(cast, "filed", title="归我的"), formal.proposal(cast, "filed", title="不归我的")
    make.line(cast, held, mine)
    make.line(cast, held, other, to=make.unit(cast))
    hand_over(cast, held)
    held.refresh_from_db()
    text = text_of(meeting_notice(held, cast.unit))
    assert all(words in text for words in ("归我的", "主办", "2027年2月20日", "5 个工作日", mine.serial))
    assert "不归我的" not in text


def test_the_notice_of_a_co_unit_names_the_lead_unit(cast):
    held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
    make.line(cast, held, made)
    make.line(cast, held, made, to=make.unit(cast), role=CO)
    hand_over(cast, held)
    text = text_of(assignment_notice(Assignment.objects.get(role=CO)))
    assert "会办（主办：县住建局）" in text
    assert "报送会办意见" in text
    assert made.serial in text
