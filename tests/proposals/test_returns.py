"""退回与改办: asked inside the window, decided by the desk; the unit never passes a matter on by itself."""

import datetime
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.audit import log
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from proposals import services as matters
from proposals.models import Assignment, Extension, MicroProposal, Proposal, ReturnRequest
from proposals.queries import handing as queries
from proposals.queries.returns import parts_of
from proposals.services import returns as services
from proposals.services.handing import hand_one
from proposals.states import AssignmentRole, AssignmentState, MicroState, ProposalState, RequestState
from tests.factories import formal
from tests.factories import handing as make
from tests.factories import proposals as micros
from tests.factories.proposals import AT

OPEN = (AssignmentState.PENDING, AssignmentState.HANDLING)
CLOSED = [state for state in AssignmentState if state not in OPEN]
PEOPLE = ["wang", "li", "zhang", "chen", "sun", "zhou", "zhao", "qian"]


@pytest.fixture
def given(cast):
    return formal.handed(cast, formal.proposal(cast, ProposalState.FILED))


def ask(cast, given, *, reason="属于交通部门职责", by=None, at=AT, **fields):
    return services.ask_return(given, reason=reason, by=by or cast.zhang, at=at, **fields)


def put(given, state):
    """The row in `state`, whatever a service would have done on the way."""
    fields = {"state": state}
    if state == AssignmentState.CLOSED:
        fields |= {"replied_at": AT, "satisfied_at": AT, "implemented_at": AT, "closed_at": AT}
    if state == AssignmentState.RETURNED:
        fields |= {"returned_at": AT, "return_reason": "退"}
    Assignment.objects.filter(pk=given.pk).update(**fields)
    given.refresh_from_db()
    return given


# --- asking ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
def test_only_the_unit_asks(cast, given, who):
    if who in ("zhang", "chen"):
        assert ask(cast, given, by=getattr(cast, who)).state == RequestState.ASKED
    else:
        with pytest.raises(PermissionDenied):
            ask(cast, given, by=getattr(cast, who))
        assert not ReturnRequest.objects.exists()


@pytest.mark.parametrize("state", AssignmentState)
def test_it_is_asked_of_an_open_case_only(cast, given, state):
    put(given, state)
    if state in OPEN:
        ask(cast, given)
        given.refresh_from_db()
        assert given.state == state  # it stays with the unit until the desk has decided
    else:
        with pytest.raises(WrongState):
            ask(cast, given)


def test_a_reason_is_needed_and_the_suggestion_is_another_unit_of_the_county(cast, given):
    wrong = [({"reason": " "}, "reason")]
    wrong += [({"suggested": unit}, "suggested") for unit in (cast.unit, cast.other_unit)]
    for fields, name in wrong:
        with pytest.raises(Incomplete) as refused:
            ask(cast, given, **fields)
        assert set(refused.value.fields) == {name}


def test_the_window_closes_after_its_last_day(cast, given):
    last = datetime.date(2026, 11, 27)
    assert parts_of(given, cast.zhang, today=last)["may_ask_return"]
    assert parts_of(given, cast.zhang, today=AT.date())["return_days_left"] == 7
    assert not parts_of(given, cast.zhang, today=last + timedelta(days=1))["may_ask_return"]
    with pytest.raises(WrongState, match="11月27日"):
        ask(cast, given, at=AT + timedelta(days=8))
    ask(cast, given, at=AT + timedelta(days=7))


def test_one_request_at_a_time_and_none_after_a_reply(cast, given):
    ask(cast, given)
    with pytest.raises(WrongState, match="等待审批"):
        ask(cast, given)
    assert ReturnRequest.objects.count() == 1
    desk = Notice.objects.filter(kind="return-asked").values_list("recipient__username", flat=True)
    assert set(desk) == {"li"}
    Assignment.objects.filter(pk=given.pk).update(round=2)
    given.refresh_from_db()
    with pytest.raises(WrongState, match="已经答复过"):
        ask(cast, given)


def test_a_proposal_is_never_returned_directly_and_a_micro_never_asked(cast, given):
    with pytest.raises(WrongState, match="退回申请"):
        matters.return_(given, reason="不属于", by=cast.zhang, at=AT)
    micro = micros.assignment(cast)
    with pytest.raises(WrongState, match="直接退回"):
        ask(cast, micro)
    matters.return_(micro, reason="不属于", by=cast.zhang, at=AT)
    assert Assignment.objects.get(pk=micro.pk).state == AssignmentState.RETURNED


# --- deciding ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("verb", ["grant", "refuse"])
def test_only_the_desk_decides(cast, given, who, verb):
    asked = ask(cast, given)
    decide = services.grant_return if verb == "grant" else services.refuse_return
    if who == "li":
        decide(asked, words="已核对职责", by=cast.li, at=AT)
        asked.refresh_from_db()
        assert asked.state == (RequestState.GRANTED if verb == "grant" else RequestState.REFUSED)
        assert asked.decided_by == cast.li
    else:
        with pytest.raises(PermissionDenied):
            decide(asked, words="已核对职责", by=getattr(cast, who), at=AT)


@pytest.mark.parametrize("verb", [services.grant_return, services.refuse_return])
@pytest.mark.parametrize("state", [RequestState.GRANTED, RequestState.REFUSED])
def test_what_is_decided_is_not_decided_again(cast, given, verb, state):
    asked = ask(cast, given)
    first = services.grant_return if state == RequestState.GRANTED else services.refuse_return
    stale = ReturnRequest.objects.select_related("assignment").get(pk=asked.pk)
    first(asked, words="好", by=cast.li, at=AT)
    with pytest.raises(WrongState):
        verb(stale, words="好", by=cast.li, at=AT)
    assert ReturnRequest.objects.get().state == state


def test_granted_the_proposal_waits_for_the_desk_again(cast, given):
    extension = matters.ask_extension(
        given, until=given.due_on + timedelta(days=10), reason="缺资料", by=cast.zhang, at=AT
    )
    services.grant_return(ask(cast, given), by=cast.li, at=AT)
    given.refresh_from_db()
    assert (given.state, given.return_reason) == (AssignmentState.RETURNED, "属于交通部门职责")
    made = Proposal.objects.get()
    assert (made.state, made.unit) == (ProposalState.FILED, None)
    assert made in queries.awaiting_handing(cast.li)
    assert not Milestone.objects.of(given).pending().exists()
    assert Extension.objects.get(pk=extension.pk).state == RequestState.REFUSED
    assert not queries.awaiting_return(cast.li).exists()


def test_granted_while_the_unit_replied_meanwhile_nothing_changes(cast, given):
    asked = ask(cast, given)
    put(given, AssignmentState.REPLIED)
    asked.refresh_from_db()
    with pytest.raises(WrongState):
        services.grant_return(ReturnRequest.objects.get(pk=asked.pk), by=cast.li, at=AT)
    assert ReturnRequest.objects.get().state == RequestState.ASKED


def test_refused_it_stays_with_the_unit_with_words(cast, given):
    asked = ask(cast, given)
    with pytest.raises(Incomplete):
        services.refuse_return(asked, words=" ", by=cast.li, at=AT)
    services.refuse_return(asked, words="三定方案写明由你局牵头", by=cast.li, at=AT)
    assert Assignment.objects.get().state == AssignmentState.PENDING
    notice = Notice.objects.get(kind="return-decided", recipient=cast.zhang)
    assert "三定方案" in notice.body
    assert ask(cast, given).state == RequestState.ASKED  # with better reasons, inside the window


def test_with_the_lead_what_was_merged_goes_back_and_co_units_stay(cast):
    made = formal.proposal(cast, ProposalState.FILED)
    child, traffic = make.merged(cast, made), make.unit(cast)
    lead = hand_one(made, role=AssignmentRole.LEAD, by=cast.li, at=AT, **micros.five(cast))
    made.refresh_from_db()
    given = micros.five(cast, unit=traffic, handler=traffic.handler)
    co = hand_one(made, role=AssignmentRole.CO, by=cast.li, at=AT, **given)
    services.grant_return(ask(cast, lead), by=cast.li, at=AT)
    assert Assignment.objects.get(proposal=child).state == AssignmentState.RETURNED
    assert Assignment.objects.get(pk=co.pk).state == AssignmentState.PENDING
    made.refresh_from_db()
    fresh = hand_one(made, role=AssignmentRole.LEAD, by=cast.li, at=AT, **micros.five(cast))
    assert Assignment.objects.get(pk=co.pk).lead == fresh
    assert Assignment.objects.filter(proposal=child, lead=fresh).count() == 1


def test_a_merged_one_goes_back_with_its_lead_case_and_never_alone(cast, as_):
    made = formal.proposal(cast, ProposalState.FILED)
    child = make.merged(cast, made)
    with time_machine.travel(AT, tick=False):
        lead = hand_one(made, role=AssignmentRole.LEAD, by=cast.li, at=AT, **micros.five(cast))
        own = Assignment.objects.get(proposal=child)
        with pytest.raises(WrongState, match="随主案一起退回"):
            ask(cast, own)
        assert not ReturnRequest.objects.exists()
        assert not parts_of(own, cast.zhang, today=AT.date())["may_ask_return"]
        page = as_(cast.zhang).get(reverse("return-ask", args=[own.pk])).content.decode()
        assert "请对主案提出申请" in page
        assert lead.get_absolute_url() in page
        assert lead.get_absolute_url() in as_(cast.zhang).get(own.get_absolute_url()).content.decode()


# --- 改办 --------------------------------------------------------------------------------------------------------


def change(cast, given, unit, *, by=None, at=AT, **fields):
    fixings = micros.five(cast, unit=unit, handler=unit.handler, **fields)
    return services.change_unit(given, **{"reason": "职责调整", **fixings}, by=by or cast.li, at=at)


@pytest.mark.parametrize("who", [who for who in PEOPLE if who != "li"])
def test_only_the_desk_changes_the_unit(cast, given, who):
    with pytest.raises(PermissionDenied):
        change(cast, given, make.unit(cast), by=getattr(cast, who))


@pytest.mark.parametrize("state", AssignmentState)
def test_the_unit_of_an_open_case_is_changed(cast, given, state):
    put(given, state)
    if state in OPEN:
        fresh = change(cast, given, make.unit(cast))
        assert fresh.state == AssignmentState.PENDING
        assert Assignment.objects.get(pk=given.pk).state == AssignmentState.RETURNED
    else:
        with pytest.raises(WrongState):
            change(cast, given, make.unit(cast))
        assert Assignment.objects.count() == 1


def test_changing_the_unit_starts_the_clock_anew_and_says_so(cast, given):
    matters.accept(given, by=cast.zhang, at=AT)
    ask(cast, given)
    traffic, later = make.unit(cast), AT + timedelta(days=3)
    fresh = change(cast, given, traffic, due_on=datetime.date(2027, 2, 23), at=later)
    given.refresh_from_db()
    assert (given.state, given.return_reason) == (AssignmentState.RETURNED, "职责调整")
    assert ReturnRequest.objects.get().state == RequestState.GRANTED
    assert (fresh.unit, fresh.role, fresh.rater, fresh.assigned_at) == (traffic, given.role, cast.wang, later)
    assert fresh.due_why["rule"] == "由县住建局改办，重新计时，交办之日起 3 个月"
    assert fresh.contact_due_on == datetime.date(2026, 12, 14)
    made = Proposal.objects.get()
    assert (made.state, made.unit) == (ProposalState.ASSIGNED, traffic)
    assert not Milestone.objects.of(given).pending().exists()
    assert Milestone.objects.of(fresh).filter(state=MilestoneState.PENDING).exists()
    assert log.history(given).filter(verb="assignment.take_away").exists()
    assert Notice.objects.filter(kind="taken-away", recipient=cast.zhang).exists()
    assert Notice.objects.filter(kind="assigned", recipient=traffic.handler).exists()


def test_the_merged_proposals_change_their_unit_too_and_co_units_follow(cast):
    made = formal.proposal(cast, ProposalState.FILED)
    child, co_unit, traffic = make.merged(cast, made), make.unit(cast, "县教育局"), make.unit(cast)
    lead = hand_one(made, role=AssignmentRole.LEAD, by=cast.li, at=AT, **micros.five(cast))
    made.refresh_from_db()
    co = hand_one(
        made, role=AssignmentRole.CO, by=cast.li, at=AT, **micros.five(cast, unit=co_unit, handler=co_unit.handler)
    )
    fresh = change(cast, lead, traffic)
    own = Assignment.objects.exclude(state=AssignmentState.RETURNED).get(proposal=child)
    assert (own.unit, own.lead) == (traffic, fresh)
    assert Assignment.objects.get(pk=co.pk).lead == fresh
    child.refresh_from_db()
    assert (child.state, child.unit) == (ProposalState.MERGED, traffic)


def test_a_micro_proposal_changes_its_unit(cast):
    given, traffic = micros.assignment(cast), make.unit(cast)
    fresh = change(cast, given, traffic)
    assert (fresh.micro_id, fresh.unit) == (given.micro_id, traffic)
    assert MicroProposal.objects.get().state == MicroState.ASSIGNED


def test_a_change_needs_a_reason_another_unit_and_five_fixings(cast, given):
    traffic = make.unit(cast)
    for fields, name in (({"reason": " "}, "reason"), ({"leader_name": ""}, "leader_name")):
        with pytest.raises(Incomplete) as refused:
            change(cast, Assignment.objects.get(), traffic, **fields)
        assert set(refused.value.fields) == {name}
    cast.unit.handler = cast.zhang
    with pytest.raises(Incomplete) as refused:
        change(cast, given, cast.unit)
    assert set(refused.value.fields) == {"unit"}
    assert Assignment.objects.get().state == AssignmentState.PENDING
    assert Proposal.objects.get().state == ProposalState.ASSIGNED


def test_what_is_no_proposal_goes_back_to_where_it_came_from(cast):
    fields = micros.five(cast)
    own = matters.open_assignment(
        committee=cast.committee, title="协商成果", text="内容", rater=cast.li, by=cast.li, at=AT, **fields
    )
    with pytest.raises(WrongState, match="协商成果"):
        change(cast, own, make.unit(cast))


# --- pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def at():
    with time_machine.travel(AT, tick=False):
        yield AT


def test_a_return_is_asked_and_refused_on_its_pages(cast, as_, given, at):
    here = reverse("return-ask", args=[given.pk])
    unit = as_(cast.zhang)
    assert "还有 7 天" in unit.get(here).content.decode()
    page = unit.post(here, {"reason": "", "suggested": ""})
    assert page.status_code == 400
    assert "请写明为什么" in page.content.decode()
    assert unit.post(here, {"reason": "不属于", "suggested": make.unit(cast).pk}).status_code == 302
    assert "等待审批" in unit.get(here).content.decode()
    asked = ReturnRequest.objects.get()
    desk = as_(cast.li)
    assert "建议由县交通局承办" in desk.get(reverse("return-desk")).content.decode()
    there = reverse("return-decide", args=[given.pk, asked.pk])
    assert desk.get(there).status_code == 200
    page = desk.post(there, {"words": "", "refuse": "1"})
    assert page.status_code == 400
    assert "请写明理由" in page.content.decode()
    assert desk.post(there, {"words": "职责明确", "refuse": "1"}).status_code == 302
    assert "职责明确" in desk.get(there).content.decode()
    assert "没有等待审批" in desk.get(reverse("return-desk")).content.decode()


def test_what_came_back_is_handed_over_again_from_the_page_of_the_proposal(cast, as_, given, at):
    services.grant_return(ask(cast, given), by=cast.li, at=AT)
    page, link = given.proposal.get_absolute_url(), reverse("proposal-assign", args=[given.proposal.key])
    assert f'<a class="button main" href="{link}">交办</a>' in as_(cast.li).get(page).content.decode()
    assert link not in as_(cast.wang).get(page).content.decode()


def test_the_unit_is_changed_on_its_page(cast, as_, given, at):
    traffic, desk = make.unit(cast), as_(cast.li)
    here = reverse("unit-change", args=[given.pk])
    assert desk.get(here, {"unit": traffic.pk}).context["form"].initial["leader_name"] == "何伟"
    assert desk.get(here, {"unit": "x"}).status_code == 200
    words = {
        "unit": traffic.pk, "leader_name": "何伟", "leader_post": "副局长", "handler": traffic.handler.pk,
        "due_on": "2027-02-20", "duty": "办", "quality": "好", "reason": "",
    }  # fmt: skip
    assert desk.post(here, words).status_code == 400
    assert desk.post(here, {**words, "reason": "职责调整"}).status_code == 302
    assert Assignment.objects.exclude(state=AssignmentState.RETURNED).get().unit == traffic
    assert "现在不能改办" in desk.get(here).content.decode()


def test_the_pages_are_closed_to_others(cast, as_, given, at):
    asked = ask(cast, given)
    doors = {
        "return-ask": [given.pk], "return-decide": [given.pk, asked.pk], "unit-change": [given.pk], "return-desk": [],
    }  # fmt: skip
    allowed = {"li": {"return-decide", "unit-change", "return-desk"}, "zhang": {"return-ask"}, "chen": {"return-ask"},
               "zhao": {"return-desk"}}  # fmt: skip
    for who in PEOPLE:
        client = as_(getattr(cast, who))
        for name, args in doors.items():
            status = client.get(reverse(name, args=args)).status_code
            assert (status == 200) == (name in allowed.get(who, set())), (who, name, status)
