"""协调会（面商会）: held about a return, an opinion or a rating; about a rating it decides how the case goes on."""

import datetime
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.audit import log
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from proposals.models import Assignment, Coordination, Dispute, Proposal
from proposals.services import coordination as services
from proposals.services import returns
from proposals.states import AssignmentRole, AssignmentState, MicroState, ProposalState, Satisfaction
from tests.factories import formal
from tests.factories import handing as make
from tests.factories import proposals as micros
from tests.factories.proposals import AT
from tests.proposals.test_returns import OPEN, put

RETURN, OPINION, RATING = Dispute.RETURN, Dispute.OPINION, Dispute.RATING


@pytest.fixture
def given(cast):
    return formal.handed(cast, formal.proposal(cast, ProposalState.FILED))


def hold(cast, given, about, *, by=None, at=AT, **fields):
    words = {
        "held_on": AT.date(), "chaired_by": "周主席", "attended": "县住建局、县交通局、王委员",
        "decision": "由县住建局牵头，年底前办完", **fields,
    }  # fmt: skip
    return services.hold(given, about=about, by=by or cast.li, at=at, **words)


def refused_return(cast, given):
    asked = returns.ask_return(given, reason="不属于", by=cast.zhang, at=AT)
    returns.refuse_return(asked, words="职责明确", by=cast.li, at=AT)


def with_co_unit(cast, given):
    traffic = make.unit(cast)
    fields = {"unit": traffic, "handler": traffic.handler}
    return formal.handed(cast, given.proposal, role=AssignmentRole.CO, lead=given, **fields)


@pytest.mark.parametrize("who", ["wang", "li", "zhang", "chen", "sun", "zhou", "zhao", "qian"])
def test_the_desk_and_the_supervisors_record_it(cast, given, who):
    refused_return(cast, given)
    if who in ("li", "sun"):
        assert hold(cast, given, RETURN, by=getattr(cast, who)).by == getattr(cast, who)
    else:
        with pytest.raises(PermissionDenied):
            hold(cast, given, RETURN, by=getattr(cast, who))
        assert not Coordination.objects.exists()


@pytest.mark.parametrize("about", Dispute)
@pytest.mark.parametrize("state", AssignmentState)
def test_what_it_may_be_about_follows_the_state(cast, given, state, about):
    refused_return(cast, given)
    with_co_unit(cast, given)
    put(given, state)
    fits = (state == AssignmentState.MEETING) if about == RATING else state in OPEN
    if fits:
        hold(cast, given, about, outcome="rework" if about == RATING else "")
        assert Coordination.objects.get().about == about
    else:
        with pytest.raises(WrongState):
            hold(cast, given, about, outcome="rework")
        assert not Coordination.objects.exists()
        assert Assignment.objects.get(pk=given.pk).state == state


def test_without_a_dispute_there_is_nothing_to_coordinate(cast, given):
    assert services.disputes_of(given) == []
    for about in (RETURN, OPINION, "weather"):
        with pytest.raises(WrongState):
            hold(cast, given, about)


def test_a_co_unit_and_its_lead_may_disagree(cast, given):
    co = with_co_unit(cast, given)
    assert services.disputes_of(given) == services.disputes_of(co) == [OPINION]
    meeting = hold(cast, given, OPINION)
    told = set(Notice.objects.filter(kind="coordinated").values_list("recipient__username", flat=True))
    assert told == {"zhang", "chen", co.handler.username}
    assert Assignment.objects.get(pk=given.pk).state == AssignmentState.PENDING
    assert log.history(meeting).get().verb == "coordination.hold"


@pytest.mark.parametrize("field", ["chaired_by", "attended", "decision"])
def test_what_is_missing_is_named(cast, given, field):
    refused_return(cast, given)
    with pytest.raises(Incomplete) as refused:
        hold(cast, given, RETURN, **{field: " "})
    assert set(refused.value.fields) == {field}


def test_it_was_held_already_and_is_recorded_once(cast, given):
    refused_return(cast, given)
    with pytest.raises(Incomplete) as refused:
        hold(cast, given, RETURN, held_on=AT.date() + timedelta(days=1))
    assert set(refused.value.fields) == {"held_on"}
    hold(cast, given, RETURN)
    with pytest.raises(WrongState):
        hold(cast, given, RETURN)
    hold(cast, given, RETURN, decision="补充：县交通局配合")
    assert Coordination.objects.count() == 2


def test_about_a_rating_an_outcome_is_needed(cast, given):
    put(given, AssignmentState.MEETING)
    for outcome in ("", "later"):
        with pytest.raises(Incomplete) as refused:
            hold(cast, given, RATING, outcome=outcome)
        assert set(refused.value.fields) == {"outcome"}


def test_handled_again_it_has_a_new_round_with_what_was_agreed(cast, given):
    put(given, AssignmentState.MEETING)
    hold(cast, given, RATING, outcome="rework")
    given.refresh_from_db()
    assert (given.state, given.round) == (AssignmentState.HANDLING, 2)
    assert "由县住建局牵头" in given.rounds.get(number=2).reason
    assert Notice.objects.get(kind="settled", recipient=cast.wang).title.startswith("面商后重新办理")


def test_settled_the_case_and_the_proposal_are_closed(cast, given):
    put(given, AssignmentState.MEETING)
    stale = Assignment.objects.get()
    hold(cast, given, RATING, outcome="settle")
    given.refresh_from_db()
    assert (given.state, given.settlement, given.closed_at) == (
        AssignmentState.CLOSED, "由县住建局牵头，年底前办完", AT,
    )  # fmt: skip
    made = Proposal.objects.get()
    assert (made.state, made.closed_at) == (ProposalState.CLOSED, AT)
    with pytest.raises(WrongState):
        hold(cast, stale, RATING, outcome="rework", decision="又一次")
    assert Coordination.objects.count() == 1


def test_a_micro_proposal_is_settled_too(cast):
    given = micros.assignment(cast, AssignmentState.REPLIED)
    reply = given.rounds.get().reply
    reply.ratings.create(satisfaction=Satisfaction.UNSATISFIED, words="没有办", by=cast.wang, at=AT)
    put(given, AssignmentState.MEETING)
    hold(cast, given, RATING, outcome="settle")
    given.refresh_from_db()
    assert given.state == AssignmentState.CLOSED
    assert given.micro.__class__.objects.get().state == MicroState.CLOSED


def test_it_is_recorded_on_its_page(cast, as_, given):
    here = reverse("coordination-new", args=[given.pk])
    with time_machine.travel(AT, tick=False):
        desk = as_(cast.li)
        assert "没有需要协调的事" in desk.get(here).content.decode()
        put(given, AssignmentState.MEETING)
        page = desk.get(here).content.decode()
        assert "面商结果" in page
        words = {
            "about": "rating", "held_on": "2026-11-20", "place": "会议室", "chaired_by": "周主席", "attended": "王委员",
            "decision": "商定分两期办", "outcome": "",
        }  # fmt: skip
        refused = desk.post(here, words)
        assert refused.status_code == 400
        assert "商定分两期办" in refused.content.decode()
        assert desk.post(here, {**words, "outcome": "settle"}).status_code == 302
        assert "商定分两期办" in desk.get(here).content.decode()
        for who, status in (("zhang", 403), ("wang", 403), ("zhao", 404)):
            assert as_(getattr(cast, who)).get(here).status_code == status
    assert Coordination.objects.get().held_on == datetime.date(2026, 11, 20)
