"""Every state × every verb of a proposal's case and its reply, by everybody; and a long walk."""

import datetime
import random

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from config.refusals import Refusal, WrongState
from members.roles import Role
from proposals import services
from proposals.models import Assignment, Rating, Reply
from proposals.services import contacts
from proposals.states import (
    ASSIGNMENT_MOVES,
    REPLY_MOVES,
    AssignmentState,
    ProposalState,
    ReplyState,
    Satisfaction,
)
from tests.factories import formal
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
S, R = AssignmentState, ReplyState
WHOLE = {"text": "感谢支持。", "grade": "A", "publication": "full", "answers": ["已加密班次。", "已增设停靠点。"]}
EVERYBODY = ["wang", "li", "zhang", "chen", "sun", "zhou", "zhao", "qian"]


def case(cast, state=S.HANDLING):
    made = formal.proposal(cast, ProposalState.FILED)
    return make.to_state(cast, formal.handed(cast, made), state)


def in_state(cast, state):
    """A reply of a proposal, walked to `state` by the services."""
    made = case(cast)
    make.talk(cast, made)
    reply = services.draft_reply(made, by=cast.zhang, at=AT, **WHOLE)
    steps = [
        lambda: services.hand_in(reply, by=cast.zhang, at=AT),
        lambda: services.check(reply, by=cast.chen, at=AT),
        lambda: services.sign(reply, number="嘉函〔2026〕1号", by=cast.chen, at=AT),
        lambda: services.send(reply, by=cast.zhang, at=AT),
    ]
    for step in steps[: [R.DRAFT, R.CHECKING, R.SUBMITTED, R.SIGNED, R.SENT].index(state)]:
        step()
    return Reply.objects.select_related("round__assignment").get(pk=reply.pk)


REPLY_VERBS = {
    "hand_in": lambda reply, by: services.hand_in(reply, by=by, at=AT),
    "check": lambda reply, by: services.check(reply, by=by, at=AT),
    "send_back": lambda reply, by: services.send_back(reply, words="写具体些", by=by, at=AT),
    "sign": lambda reply, by: services.sign(reply, number="嘉函〔2026〕1号", by=by, at=AT),
    "send": lambda reply, by: services.send(reply, by=by, at=AT),
}
WHO = {
    "hand_in": {"zhang", "chen"}, "check": {"chen"}, "send_back": {"chen"}, "sign": {"chen"}, "send": {"zhang", "chen"},
}  # fmt: skip


def test_every_move_of_a_reply_is_walked():
    assert set(REPLY_VERBS) == set(REPLY_MOVES) - {"put_forward"}


@pytest.mark.parametrize("verb", REPLY_VERBS)
@pytest.mark.parametrize("state", R.values)
def test_every_state_and_every_verb_of_a_reply(cast, state, verb):
    reply = in_state(cast, state)
    if state in REPLY_MOVES[verb].sources:
        REPLY_VERBS[verb](reply, cast.chen)
        assert Reply.objects.get().state == REPLY_MOVES[verb].target
    else:
        with pytest.raises(WrongState):
            REPLY_VERBS[verb](reply, cast.chen)
        assert Reply.objects.get().state == state


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("verb", REPLY_VERBS)
def test_who_may_do_what_to_a_reply(cast, verb, who):
    start = {"hand_in": R.DRAFT, "check": R.CHECKING, "send_back": R.CHECKING, "sign": R.SUBMITTED, "send": R.SIGNED}
    reply = in_state(cast, start[verb])
    if who in WHO[verb]:
        REPLY_VERBS[verb](reply, getattr(cast, who))
        assert Reply.objects.get().state != start[verb]
    else:
        with pytest.raises(PermissionDenied):
            REPLY_VERBS[verb](reply, getattr(cast, who))
        assert Reply.objects.get().state == start[verb]


CASE_VERBS = {
    "accept": lambda made, by: services.accept(made, by=by, at=AT),
    "contact": lambda made, by: contacts.add(
        made, stage="before", way="phone", on=AT.date(), with_whom="王委员", words="沟通", by=by, at=AT
    ),
    "draft_reply": lambda made, by: services.draft_reply(made, by=by, at=AT, **WHOLE),
    "rate": lambda made, by: services.rate(made, satisfaction="satisfied", by=by, at=AT),
    "refuse": lambda made, by: services.rate(made, satisfaction="unsatisfied", words="没办", by=by, at=AT),
    "verify": lambda made, by: services.verify(made, kept=True, words="看过", by=by, at=AT),
}
COMES_TO = {
    "accept": {S.PENDING: S.HANDLING},
    "contact": {S.HANDLING: S.HANDLING},
    "draft_reply": {S.HANDLING: S.HANDLING},
    "rate": {S.REPLIED: S.CLOSED},
    "refuse": {S.REPLIED: S.HANDLING},
    "verify": {S.FOLLOWING: S.CLOSED},
}
MAY = {
    "accept": {"zhang", "chen"}, "contact": {"zhang", "chen"}, "draft_reply": {"zhang", "chen"}, "rate": {"wang"},
    "refuse": {"wang"}, "verify": {"li", "sun"},
}  # fmt: skip


@pytest.mark.parametrize("verb", CASE_VERBS)
@pytest.mark.parametrize("state", S.values)
def test_every_state_and_every_verb_of_a_case(cast, state, verb):
    made = case(cast, state)
    by = getattr(cast, min(MAY[verb]))
    if state in COMES_TO[verb]:
        CASE_VERBS[verb](made, by)
        assert Assignment.objects.get().state == COMES_TO[verb][state]
    else:
        with pytest.raises(WrongState):
            CASE_VERBS[verb](made, by)
        assert Assignment.objects.get().state == state


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("verb", CASE_VERBS)
def test_who_may_do_what_to_a_case(cast, verb, who):
    made = case(cast, next(iter(COMES_TO[verb])))
    if who in MAY[verb]:
        CASE_VERBS[verb](made, getattr(cast, who))
    else:
        with pytest.raises(PermissionDenied):
            CASE_VERBS[verb](made, getattr(cast, who))


# --- a walk ------------------------------------------------------------------------------------------------------


def _deeds(cast, rng, day):
    """Anything anybody may try at `day`, by anybody who takes part."""
    at = AT + datetime.timedelta(days=day)
    someone = rng.choice([cast.wang, cast.qin, cast.zhang, cast.chen, cast.sun, cast.li])
    made = Assignment.objects.get()
    replies = list(Reply.objects.select_related("round__assignment").order_by("pk"))
    reply = rng.choice(replies) if replies else None
    said = rng.choice(Satisfaction.values)
    deeds = [
        lambda: services.accept(made, by=someone, at=at),
        lambda: contacts.add(made, stage=rng.choice(["before", "after"]), way="phone", on=at.date(), with_whom="王",
                             words=f"{day}", by=someone, at=at),
        lambda: services.draft_reply(made, by=someone, at=at, **WHOLE),
        lambda: services.rate(made, satisfaction=said, words="说明", by=someone, at=at),
        lambda: services.verify(made, kept=rng.random() < 0.5, words="看过", by=someone, at=at),
        lambda: services.conclude(made, reason="已提醒", by=someone, at=at),
    ]  # fmt: skip
    if reply:
        deeds += [lambda verb=verb: REPLY_VERBS[verb](reply, someone) for verb in REPLY_VERBS]
    return deeds


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_long_walk_finds_no_illegal_state(cast, seed):
    cast.qin = people.user("qin", "秦委员")
    co = people.member(cast.qin, cast.committee)
    formal.handed(cast, formal.proposal(cast, ProposalState.FILED, co=[co]))
    rng, before, done = random.Random(seed), S.PENDING, 0
    for day in range(220):
        try:
            with transaction.atomic():
                rng.choice(_deeds(cast, rng, day // 4))()
            done += 1
        except (Refusal, PermissionDenied):
            pass
        made = Assignment.objects.get()
        assert made.state == before or any(
            before in move.sources and move.target == made.state for move in ASSIGNMENT_MOVES.values()
        )
        before = made.state
        replies = {row.round.number: row for row in Reply.objects.select_related("round")}
        present = replies.get(made.round)
        answered = made.state in (S.REPLIED, S.MEETING, S.FOLLOWING, S.CLOSED)
        assert (present is not None and present.state == R.SENT) == answered
        assert all(row.state == R.SENT for number, row in replies.items() if number < made.round)
        given = Rating.objects.filter(reply__round__number=made.round)
        if made.state in (S.FOLLOWING, S.CLOSED):
            assert given.exists()
            assert not given.filter(satisfaction="unsatisfied").exists()
        if present and present.state in (R.SUBMITTED, R.SIGNED, R.SENT):
            assert present.checked_by_id != present.drafted_by_id
    assert done > 10


def test_a_reply_to_an_earlier_round_is_refused(cast):
    made = case(cast, S.REPLIED)
    first = Reply.objects.select_related("round__assignment").get()
    make.refuse(made)
    for verb in REPLY_VERBS:
        with pytest.raises(WrongState):
            REPLY_VERBS[verb](first, cast.chen)
    assert made.state == S.HANDLING


def test_in_a_unit_of_one_person_its_leader_checks(cast):
    made = case(cast)
    make.talk(cast, made)
    cast.zhang.role_grants.filter(role=Role.UNIT_HANDLER).delete()
    reply = services.draft_reply(made, by=cast.chen, at=AT, **WHOLE)
    services.hand_in(reply, by=cast.chen, at=AT)
    services.check(reply, by=cast.chen, at=AT)
    assert Reply.objects.get().state == R.SUBMITTED
