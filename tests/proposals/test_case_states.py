"""Every state × every verb × everybody, of what the other tables leave out: extension, waiving, the end of the rating,
supervision of a case, and a micro-proposal that is led."""

import datetime
from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from config.audit.models import AuditEntry
from config.refusals import Refusal
from proposals import presets, services
from proposals.models import Assignment, MicroLead, MicroProposal, Supervision
from proposals.services import led, opinions, supervision
from proposals.states import AssignmentRole, AssignmentState, MicroState, ProposalState, SupervisionState
from tests.factories import formal
from tests.factories import handing as units
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
S, M = AssignmentState, MicroState
AFTER = AT + datetime.timedelta(days=60)  # the time to rate is over
EVERYBODY = ["wang", "qin", "li", "zhang", "chen", "sun", "zhou", "zhao", "qian"]


@contextmanager
def undone():
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def tried(row, deed, by):
    """Whether it was done; what is refused leaves the row and the trail as they were."""
    before, lines = type(row).objects.filter(pk=row.pk).values().get(), AuditEntry.objects.count()
    with undone():
        try:
            deed(type(row).objects.get(pk=row.pk), by)
        except (Refusal, PermissionDenied):
            assert type(row).objects.filter(pk=row.pk).values().get() == before
            assert AuditEntry.objects.count() == lines
            return False
        assert AuditEntry.objects.count() > lines
        return True


def may(cast, row, deed):
    return {who for who in EVERYBODY if tried(row, deed, getattr(cast, who))}


# --- a unit's case ------------------------------------------------------------------------------------------------


@pytest.fixture
def signed(cast):
    cast.qin = people.user("qin", "秦委员")
    cast.qin_member = people.member(cast.qin, cast.committee)
    presets.load()
    return cast


def case(cast, state):
    """Of a proposal with two signers; where it waits for ratings, one of them has given his."""
    proposal = formal.proposal(cast, ProposalState.FILED, co=[cast.qin_member])
    made = make.to_state(cast, formal.handed(cast, proposal), state)
    if state == S.REPLIED:
        services.rate(made, satisfaction="satisfied", attitude="basic", by=cast.wang, at=AT)
    return made


CASE_VERBS = {
    "extend": (
        lambda row, by: services.ask_extension(
            row, until=row.due_on + datetime.timedelta(days=9), reason="等待招标", by=by, at=AT
        ),
        {S.PENDING, S.HANDLING}, {"zhang", "chen"},
    ),
    "conclude": (
        lambda row, by: services.conclude(row, reason="多次提醒", by=by, at=AFTER), {S.REPLIED}, {"li", "sun"},
    ),
    "supervise": (
        lambda row, by: supervision.open_supervision(
            row, kind="leader", words="请加快", on=AFTER.date(), led_by="副主席", by=by, at=AFTER
        ),
        set(S) - {S.CLOSED, S.RETURNED}, {"li", "sun"},
    ),
    "dun": (
        lambda row, by: supervision.open_supervision(row, kind="dunning", by=by, at=AFTER),
        {S.PENDING, S.HANDLING}, {"li", "sun"},
    ),
    "return_": (lambda row, by: services.return_(row, reason="不属于本单位", by=by, at=AT), set(), set()),
    "waive": (lambda row, by: opinions.waive(row, reason="意见已说清", by=by, at=AT), set(), set()),
}  # fmt: skip
"""Verb → what is done, in which states, by whom; a unit never gives a proposal back by itself, only 会办 is waived."""


@pytest.mark.parametrize("state", S.values)
def test_every_state_every_verb_and_everybody_of_a_case(signed, state):
    made = case(signed, state)
    assert made.state == state
    for verb, (deed, states, doers) in CASE_VERBS.items():
        assert may(signed, made, deed) == (doers if state in states else set()), verb


@pytest.mark.parametrize("state", [S.PENDING, S.HANDLING, S.CLOSED, S.RETURNED])
def test_an_opinion_is_waived_while_it_is_owed_by_the_supervisors_alone(signed, state):
    proposal = formal.proposal(signed, ProposalState.FILED)
    lead, traffic = formal.handed(signed, proposal), units.unit(signed)
    joined = formal.handed(
        signed, proposal, role=AssignmentRole.CO, lead=lead, unit=traffic, handler=traffic.handler
    )  # fmt: skip
    stamps = {"returned_at": AT, "return_reason": "改由别的单位会办"} if state == S.RETURNED else {}
    Assignment.objects.filter(pk=joined.pk).update(state=state, **stamps)
    joined.refresh_from_db()
    owed = state in (S.PENDING, S.HANDLING)
    assert may(signed, joined, CASE_VERBS["waive"][0]) == ({"li", "sun"} if owed else set())


@pytest.mark.parametrize("state", SupervisionState.values)
def test_every_state_and_everybody_of_a_supervision(signed, state):
    made = supervision.open_supervision(
        case(signed, S.HANDLING), kind="leader", words="请加快", on=AT.date(), led_by="副主席", by=signed.sun, at=AT
    )
    if state == SupervisionState.ANSWERED:
        supervision.answer(made, words="正在招标", by=signed.zhang, at=AT)
    doers = {"zhang", "chen"} if state == SupervisionState.OPEN else set()
    assert may(signed, made, lambda row, by: supervision.answer(row, words="已完成", by=by, at=AFTER)) == doers
    assert Supervision.objects.get().state == state


# --- 领办 ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def wu(signed):
    """A member who leads 提案委员会; he stands for 秦委员 in the list of everybody."""
    make.special(signed, director=signed.qin_member)
    return signed.qin


@pytest.mark.parametrize("state", M.values)
def test_only_what_the_offices_agreed_to_is_led_and_only_the_desk_says_by_whom(signed, wu, state):
    made = make.micro(signed, state)
    body = make.special(signed)

    def lead(row, by):
        led.lead_micro(row, body=body, member=None, team="", due_on=datetime.date(2026, 12, 31), by=by, at=AT)

    assert may(signed, made, lead) == ({"li"} if state == M.AGREED else set())


LEAD_VERBS = {
    "note": (
        lambda row, by: led.note_step(row, kind="visit", on=AT.date(), words="到现场看过", by=by, at=AT),
        {"open"}, {"qin", "li"},
    ),
    "finish": (
        lambda row, by: led.finish(row, result="已装好信号灯。", publication="full", by=by, at=AT),
        {"open"}, {"qin", "li"},
    ),
    "rate": (lambda row, by: led.rate(row, satisfaction="satisfied", by=by, at=AT), {"finished"}, {"wang"}),
    "take_back": (
        lambda row, by: led.take_back(row, reason="改由单位办理", by=by, at=AT), {"open", "finished"}, {"li"},
    ),
}  # fmt: skip
STAGES = {"open": M.LED, "finished": M.LED, "closed": M.CLOSED, "taken_back": M.AGREED}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_every_verb_and_everybody_of_a_lead(signed, wu, stage):
    made = make.lead(signed, make.micro(signed, M.AGREED))
    if stage in ("finished", "closed"):
        LEAD_VERBS["finish"][0](made, wu)
    if stage == "closed":
        LEAD_VERBS["rate"][0](made, signed.wang)
    if stage == "taken_back":
        LEAD_VERBS["take_back"][0](made, signed.li)
    made = MicroLead.objects.get(pk=made.pk)
    assert MicroProposal.objects.get().state == STAGES[stage]
    for verb, (deed, stages, doers) in LEAD_VERBS.items():
        assert may(signed, made, deed) == (doers if stage in stages else set()), verb
