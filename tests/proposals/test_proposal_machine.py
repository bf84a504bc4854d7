"""Proposals and their cases driven in any order by anybody: after every step each rule of the whole still stands."""

import datetime
from collections import defaultdict
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from config.audit.models import AuditEntry
from config.milestones.models import Milestone
from config.notices.models import Notice
from config.refusals import Refusal
from members.roles import Role
from proposals.models import (
    Assignment,
    Contact,
    Coordination,
    Extension,
    Handing,
    HandingMeeting,
    Information,
    LookBack,
    LookBackItem,
    Pause,
    Proposal,
    ProposalReview,
    Rating,
    Reply,
    ReturnRequest,
    Round,
    Signature,
    Supervision,
)
from proposals.states import FILED, AssignmentRole, AssignmentState, ProposalState, ReplyState, Satisfaction
from tests.factories import formal
from tests.factories import handing as units
from tests.factories import members as make
from tests.factories import proposals as cases
from tests.factories.formal import AT
from tests.proposals.deeds import DEEDS, nth

pytestmark = pytest.mark.django_db
A, P, R = AssignmentState, ProposalState, ReplyState
BORN = {Proposal: P.DRAFT, Assignment: A.PENDING, Reply: R.DRAFT}
ANSWERED = (A.REPLIED, A.MEETING, A.FOLLOWING, A.CLOSED)
KEPT = [
    Proposal, Signature, ProposalReview, Assignment, Round, Reply, Rating, Contact, Coordination, Extension,
    ReturnRequest, Pause, HandingMeeting, Handing, LookBack, LookBackItem, Supervision, Information, Milestone,
]  # fmt: skip
"""What a refused call must not have touched; of the trail and the notices the number tells."""
CHOICE, PICK = st.integers(0, 11), st.integers(0, 2**16)
PEOPLE = ["wang", "qin", "hu", "li", "zhang", "chen", "jiao", "ling", "sun", "zhou", "zhao", "qian"]


@pytest.fixture
def county(cast):
    """Three who sign, two units with a handler and a leader, and a plenary with its assignment meeting."""
    formal.plenary(cast.committee)
    formal.sphere()
    for name, person in (("qin", "秦委员"), ("hu", "胡委员")):
        setattr(cast, name, make.user(name, person))
        setattr(cast, f"{name}_member", make.member(getattr(cast, name), cast.committee))
    traffic = units.unit(cast)
    cast.jiao, cast.ling = traffic.handler, make.user("ling", "凌局长")
    make.grant(cast.ling, Role.UNIT_LEADER, traffic)
    cast.units = [cast.unit, traffic]
    cast.staffed = {
        cast.unit.pk: SimpleNamespace(handler=cast.zhang, leader=cast.chen),
        traffic.pk: SimpleNamespace(handler=cast.jiao, leader=cast.ling),
    }
    units.meeting(cast)
    for state in (P.DRAFT, P.FILED):
        formal.proposal(cast, state, title=f"关于{P(state).label}的事的提案", co=[cast.qin_member])
    together = formal.proposal(cast, P.FILED, title="关于两家一起办的事的提案", co=[cast.qin_member])
    lead = formal.handed(cast, together)
    formal.handed(cast, together, unit=traffic, handler=cast.jiao, role=AssignmentRole.CO, lead=lead)
    promised = formal.handed(cast, formal.proposal(cast, P.FILED, title="关于已经承诺的事的提案"))
    cases.to_state(cast, promised, A.FOLLOWING)
    return cast


def picture():
    """Everything that a deed can change."""
    rows = {model: list(model.objects.order_by("pk").values_list()) for model in KEPT}
    return rows, AuditEntry.objects.count(), Notice.objects.count()


class Walk(RuleBasedStateMachine):
    """One county on its way; a deed either leads where the tables allow, or is refused and leaves no trace."""

    def __init__(self, county, done):
        super().__init__()
        self.point, self.done = transaction.savepoint(), done
        self.county, self.at = county, AT + datetime.timedelta(days=1)
        self.last = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        self.known = {(model, row.pk): row.state for model in BORN for row in model.objects.all()}
        self.signed = defaultdict(set)
        self.sound()
        self.seen = picture()

    def teardown(self):
        transaction.savepoint_rollback(self.point)

    @rule(days=st.sampled_from([1, 4, 30]))
    def time_passes(self, days):
        self.at += datetime.timedelta(days=days)

    @rule(name=st.sampled_from(sorted(DEEDS)), which=st.integers(0, 5), who=st.sampled_from(PEOPLE), n=CHOICE)
    def anybody_tries_anything(self, name, which, who, n):
        row = nth(DEEDS[name].on.objects.order_by("pk"), which)
        if row is not None:
            self.attempt(name, row, getattr(self.county, who), n)

    @rule(pick=PICK, n=CHOICE)
    def somebody_goes_on(self, pick, n):
        self.go_on(pick, n)

    @rule(picks=st.lists(st.tuples(PICK, CHOICE), min_size=3, max_size=6))
    def work_goes_on(self, picks):
        for pick, n in picks:
            self.go_on(pick, n)

    def go_on(self, pick, n):
        """A deed by whom it belongs to, on a row that stands where it may lead on."""
        rows = {model: list(model.objects.order_by("pk")) for model in {deed.on for deed in DEEDS.values()}}
        open_ones = [
            (name, row) for name, deed in DEEDS.items() for row in rows[deed.on]
            if getattr(row, "state", None) in deed.states
        ]  # fmt: skip
        name, row = nth(open_ones, pick)
        self.attempt(name, row, DEEDS[name].right(self.county, row), n)

    def attempt(self, name, row, by, n):
        try:
            DEEDS[name].do(self.county, row, by, self.at, n)
        except (Refusal, PermissionDenied):
            assert picture() == self.seen, name
            return
        self.done.add(name)
        self.seen = picture()
        self.sound()

    # --- what stands after every step ---------------------------------------------------------------------------------

    def sound(self):
        sent = self.only_moves_of_the_tables()
        for reply in sent:
            self.nothing_was_missing(reply)
        rows = list(Proposal.objects.prefetch_related("signatures", "assignments"))
        for proposal in rows:
            self.proposal_is_sound(proposal)
        numbers = sorted(row.number for row in rows if row.number)
        assert numbers == list(range(1, len(numbers) + 1))
        for assignment in Assignment.objects.prefetch_related("rounds__reply__ratings", "co_raters", "pauses"):
            self.case_is_sound(assignment)

    def only_moves_of_the_tables(self):
        """Every change of a state is a line of the trail, from the state before by a move of the table."""
        models = {model._meta.label_lower: model for model in BORN}
        fresh = AuditEntry.objects.filter(pk__gt=self.last, target_type__in=models).order_by("pk")
        sent = []
        for entry in fresh:
            model, verb = models[entry.target_type], entry.verb.partition(".")[2]
            if "before" not in entry.data or verb not in model.TRANSITIONS:
                continue
            key, move = (model, int(entry.target_id)), model.TRANSITIONS[verb]
            before = self.known.get(key, BORN[model])
            assert entry.data["before"] == before, entry
            assert before in move.sources, entry
            assert entry.data["after"] == move.target, entry
            self.known[key] = move.target
            if model is Reply and move.target == R.SENT:
                sent.append(Reply.objects.select_related("round__assignment").get(pk=entry.target_id))
            self.last = entry.pk
        for model in BORN:
            for pk, state in model.objects.values_list("pk", "state"):
                assert state == self.known.setdefault((model, pk), BORN[model]), (model, pk)
        return sent

    def nothing_was_missing(self, reply):
        """Of the lead unit: talked over, and every co-unit's opinion in, or waived."""
        case = reply.round.assignment
        assert reply.number
        assert reply.checked_by_id
        assert reply.signed_by_id
        if case.is_co:
            return
        assert case.contacted_at
        owed = case.joined.filter(role=AssignmentRole.CO, state__in=[A.PENDING, A.HANDLING], waived_at=None)
        assert not owed.exists()
        assert all(reply.answers)
        assert reply.grade
        assert reply.grade != "B" or (reply.promise and reply.promised_on)
        assert reply.grade != "C" or reply.reason

    def proposal_is_sound(self, proposal):
        signers = {row.member_id for row in proposal.signatures.all() if row.state == "signed"}
        if proposal.state in FILED:
            assert self.signed[proposal.pk] <= signers  # merged or not, no name is lost once it is filed
            self.signed[proposal.pk] |= signers
        assert (proposal.number is not None) == (proposal.state in FILED)
        assert proposal.state != P.MERGED or proposal.lead_id
        live = [one for one in proposal.assignments.all() if one.state != A.RETURNED]
        replying = [one for one in live if one.role != AssignmentRole.CO]
        assert sum(one.role == AssignmentRole.LEAD for one in replying) <= 1
        assert len({one.unit_id for one in live}) == len(live)
        assert proposal.state != P.FILED or not replying
        assert proposal.state != P.ASSIGNED or any(one.state != A.CLOSED for one in replying)
        if proposal.state == P.CLOSED:
            assert replying
            assert all(one.state == A.CLOSED for one in replying)
        if proposal.satisfaction:
            given = Rating.objects.filter(reply__round__assignment__proposal=proposal)
            assert given.filter(satisfaction=proposal.satisfaction).exists()

    def case_is_sound(self, case):
        rounds = sorted(case.rounds.all(), key=lambda row: row.number)
        assert [row.number for row in rounds] == list(range(1, case.round + 1))
        replies = {row.number: row.reply for row in rounds if hasattr(row, "reply")}
        assert all(replies[row.number].state == R.SENT for row in rounds[:-1])  # the open one is the last
        present = replies.get(case.round)
        assert (present is not None and present.state == R.SENT) == (case.state in ANSWERED)
        assert bool(case.replied_at) == (case.state in ANSWERED)
        assert bool(case.paused_on) == any(row.until is None for row in case.pauses.all())
        if case.is_co or case.state not in (A.FOLLOWING, A.CLOSED):
            return
        said = {row.by_id: row.satisfaction for row in present.ratings.all()}
        raters = {case.rater_id, *(person.pk for person in case.co_raters.all())}
        assert set(said) <= raters
        if not case.settlement:  # silence is never 满意, and nobody's refusal is passed over
            assert said
            assert Satisfaction.UNSATISFIED not in said.values()
            assert case.satisfied_at
            concluded = AuditEntry.objects.filter(verb="assignment.conclude", target_id=str(case.pk))
            assert set(said) == raters or concluded.exists()


def test_no_path_leads_to_an_illegal_state(county):
    done: set[str] = set()
    run_state_machine_as_test(
        lambda: Walk(county, done),
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None, derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
    assert len(done) >= 15, sorted(done)  # it went somewhere
