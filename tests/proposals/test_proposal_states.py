"""Every state of a proposal against every verb and everybody, and a long random walk that must never go wrong."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.audit.models import AuditEntry
from config.refusals import Refusal, WrongState
from config.transitions import take
from members.roles import Role
from proposals import rules
from proposals.models import Assignment, Proposal, RejectionGround, Signature
from proposals.services import cases, drafting, merging, reviewing
from proposals.services.assignments import leave, reopen
from proposals.states import FILED, PROPOSAL_MOVES, AssignmentRole, AssignmentState, ProposalState
from tests.factories import formal
from tests.factories import members as make
from tests.factories import proposals as matters
from tests.factories.formal import AT

pytestmark = pytest.mark.django_db
S = ProposalState
PEOPLE = ["wang", "li", "zhang", "chen", "sun", "zhou", "dang", "zhao", "qian"]


def in_state(cast, state, **fields):
    """A proposal that stands in `state`, with the row that each state needs."""
    formal.plenary(cast.committee)
    if state not in FILED:
        return formal.proposal(cast, state, **fields)
    made = formal.proposal(cast, S.FILED, **fields)
    if state == S.MERGED:
        merging.merge(made, formal.proposal(cast, S.FILED), by=cast.li, at=AT)
    if state in (S.ASSIGNED, S.CLOSED):
        given_ = formal.handed(cast, made)
        if state == S.CLOSED:
            matters.to_state(cast, given_, AssignmentState.CLOSED)
    return Proposal.objects.get(pk=made.pk)


def own(made):
    """Its assignment that replies."""
    live = Assignment.objects.filter(proposal=made).exclude(state=AssignmentState.RETURNED)
    return live.exclude(role=AssignmentRole.CO).order_by("pk").last()


def close(cast, made):
    """An answer that satisfied, from whatever its assignment stands at; of nothing handed over there is none."""
    given_ = own(made)
    if given_ is None:
        raise WrongState("没有交办")
    if given_.state == AssignmentState.PENDING:
        matters.to_state(cast, given_, AssignmentState.CLOSED)
    else:
        cases.closed(given_, by=cast.li, at=AT)
        take(given_, "close", by=cast.li, at=AT)


def hand(cast, made):
    rules.require("assign_proposal", cast.li, made)
    if made.state != S.FILED:
        raise WrongState("不能交办")
    formal.handed(cast, made)


def take_back(cast, made):
    if own(made) is None:
        raise WrongState("没有交办")
    leave(own(made), "take_away", reason="改办", by=cast.li, at=AT)


def again(cast, made):
    if own(made) is None:
        raise WrongState("没有交办")
    reopen(own(made), reason="回头看", by=cast.li, at=AT)


def ground():
    return RejectionGround.objects.filter(committee=None).first()


DEEDS = {
    "submit": lambda cast, made, by: drafting.submit(made, by=by, at=AT),
    "withdraw": lambda cast, made, by: drafting.withdraw(made, by=by, at=AT),
    "file": lambda cast, made, by: reviewing.file(made, by=by, at=AT),
    "return_": lambda cast, made, by: reviewing.send_back(made, words="请补充", by=by, at=AT),
    "reject": lambda cast, made, by: reviewing.reject(made, grounds=[ground()], by=by, at=AT),
    "turn": lambda cast, made, by: reviewing.turn(made, by=by, at=AT),
    "merge": lambda cast, made, by: merging.merge(made, formal.proposal(cast, S.FILED), by=by, at=AT),
    "unmerge": lambda cast, made, by: merging.unmerge(made, words="分开办", by=by, at=AT),
}
"""The verbs that a person takes on a proposal itself; the others follow its assignments."""
BY = {"submit": "wang", "withdraw": "wang"}
DOERS = {verb: {BY[verb]} if verb in BY else {"li"} for verb in DEEDS}
FOLLOWING = {
    "assign": hand,
    "take_back": take_back,
    "close": close,
    "reopen": again,
}


def test_every_verb_of_the_table_is_tried_here():
    assert set(DEEDS) | set(FOLLOWING) == set(PROPOSAL_MOVES)


# --- every state × every verb ------------------------------------------------------------------------------------


@contextmanager
def undone():
    """What is done inside is taken back, so that one proposal serves for every verb."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def state_of(made):
    return Proposal.objects.get(pk=made.pk).state


@pytest.mark.parametrize("state", list(S), ids=str)
def test_a_move_is_possible_from_its_sources_alone(cast, state):
    made, lead = in_state(cast, state), formal.proposal(cast, S.FILED)
    filed = {"number": made.number or 50, "filed_at": AT, "plenary": formal.plenary(cast.committee)}
    stamps = {"file": filed, "merge": {**filed, "lead": lead}, "unmerge": {"lead": None}, "close": {"closed_at": AT}}
    for verb, move in PROPOSAL_MOVES.items():
        with undone():
            row = Proposal.objects.get(pk=made.pk)
            if state in move.sources:
                take(row, verb, by=cast.li, at=AT, **stamps.get(verb, {}))
                assert state_of(made) == move.target, verb
            else:
                with pytest.raises(WrongState):
                    take(row, verb, by=cast.li, at=AT, **stamps.get(verb, {}))
                assert state_of(made) == state, verb


@pytest.mark.parametrize("state", list(S), ids=str)
def test_every_service_keeps_to_the_table(cast, state):
    made = in_state(cast, state)
    for verb, deed in DEEDS.items():
        entries = AuditEntry.objects.filter(verb=f"proposal.{verb}", target_id=made.pk)
        with undone():
            row, before = Proposal.objects.get(pk=made.pk), entries.count()
            if state in PROPOSAL_MOVES[verb].sources:
                deed(cast, row, getattr(cast, *DOERS[verb]))
                assert state_of(made) == PROPOSAL_MOVES[verb].target, verb
                assert entries.count() == before + 1, verb
            else:
                with pytest.raises((Refusal, PermissionDenied)), transaction.atomic():
                    deed(cast, row, getattr(cast, *DOERS[verb]))
                assert (state_of(made), entries.count()) == (state, before), verb


# --- every verb × every role -------------------------------------------------------------------------------------


def person(cast, who):
    return cast.reviewers[0] if who == "dang" else getattr(cast, who)


@pytest.mark.parametrize("verb", list(DEEDS))
def test_every_verb_is_for_whom_it_is_for(cast, verb):
    state = sorted(PROPOSAL_MOVES[verb].sources)[0]
    made = in_state(cast, state)
    for who in PEOPLE:
        with undone():
            row = Proposal.objects.get(pk=made.pk)
            if who in DOERS[verb]:
                DEEDS[verb](cast, row, person(cast, who))
                assert state_of(made) == PROPOSAL_MOVES[verb].target, who
            else:
                with pytest.raises(PermissionDenied), transaction.atomic():
                    DEEDS[verb](cast, row, person(cast, who))
                assert state_of(made) == state, who


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.OFFICE_STAFF, True), (Role.PROPOSAL_STAFF, True), (Role.CHAIR, False), (Role.SUPERVISOR, False),
        (Role.AUDITOR, False),
    ],
)  # fmt: skip
def test_which_roles_of_the_office_review_and_publish(cast, role, may):
    by = make.user("role", "某人", is_staff=True)
    make.grant(by, role, cast.committee)
    made = in_state(cast, S.FILED)
    assert rules.may("review_proposal", by, made) is may
    assert rules.may("disclose_proposal", by, made) is may


# --- a walk ------------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.sampled_from([*DEEDS, *FOLLOWING]), st.integers(min_value=0, max_value=2)), min_size=4, max_size=14
)


@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=STEPS)
def test_whatever_is_tried_in_whatever_order_the_rows_stay_sound(cast, steps):
    """Three proposals, verbs at random; what is refused changes nothing, what is done leaves every rule standing."""
    with undone():
        formal.plenary(cast.committee)
        keys = [formal.proposal(cast, S.DRAFT, title=f"关于第{n}件事的提案").pk for n in range(3)]
        given_numbers: dict[int, int] = {}
        for verb, which in steps:
            made = Proposal.objects.get(pk=keys[which])
            before = (made.state, made.lead_id, made.number)
            try:
                with transaction.atomic():
                    _try(cast, verb, made, keys, which)
            except (Refusal, PermissionDenied):
                made = Proposal.objects.get(pk=keys[which])
                assert (made.state, made.lead_id, made.number) == before
            _sound(keys, given_numbers)


def _try(cast, verb, made, keys, which):
    if verb == "merge":
        into = Proposal.objects.get(pk=keys[(which + 1) % 3])
        merging.merge(made, into, by=cast.li, at=AT)
    elif verb in DEEDS:
        DEEDS[verb](cast, made, getattr(cast, *DOERS[verb]))
    else:
        FOLLOWING[verb](cast, made)


def _sound(keys, given_numbers):
    rows = {row.pk: row for row in Proposal.objects.filter(pk__in=keys)}
    for row in rows.values():
        assert row.state in S.values
        assert (row.number is not None) == (row.state in FILED), row.state
        if row.number:
            assert given_numbers.setdefault(row.pk, row.number) == row.number  # it is never given another one
        assert row.state != S.MERGED or row.lead_id in rows
        if row.lead_id:
            lead = rows[row.lead_id]
            assert lead.lead_id is None
            assert lead.state in FILED
        live = Assignment.objects.filter(proposal=row).exclude(state=AssignmentState.RETURNED)
        leads = [assignment for assignment in live if assignment.role == AssignmentRole.LEAD]
        assert len(leads) <= 1
        assert row.state != S.ASSIGNED or leads
        assert row.state != S.FILED or not leads
        if row.state == S.CLOSED:
            assert row.closed_at
            assert all(given_.state == AssignmentState.CLOSED for given_ in leads)
        assert Signature.objects.signed().filter(proposal=row).count() == 1
    numbers = [row.number for row in rows.values() if row.number]
    assert len(numbers) == len(set(numbers))
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
