"""Outcomes: classed A, B or C, routed once, settled, taken back."""

import datetime

import pytest

from config.milestones.models import Milestone
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from consultation import services, states
from consultation.models import Outcome
from consultation.states import ConsultationState, OutcomeState
from proposals import services as proposals
from tests.factories import consultation as make
from tests.factories import proposals as matters
from tests.factories.consultation import AT, TODAY

pytestmark = pytest.mark.django_db
LATER = AT + datetime.timedelta(days=1)


def _classify(outcome, cast):
    return services.classify(outcome, seen=outcome.classification, by=cast.li, at=LATER, **make.class_c(cast))


def _finish(outcome, cast):
    outcome.tasks.filter(state="open").update(state="done", words="已解释", done_at=AT)
    return services.look_again(outcome, words="群众理解", settled=True, by=cast.li, at=LATER)


OUTCOME_VERBS = {
    "classify": _classify,
    "route": lambda o, c: services.route(o, by=None, at=LATER),
    "take_back": lambda o, c: services.take_back(o, words="去向有误", by=c.li, at=LATER),
    "finish": _finish,
}


@pytest.mark.parametrize("verb", OUTCOME_VERBS)
@pytest.mark.parametrize("state", OutcomeState.values)
def test_outcome_moves(cast, state, verb):
    run = make.consultation(cast, ConsultationState.RUNNING)
    outcome, move = make.outcome(run, cast, state, given=make.class_c(cast)), states.OUTCOME_MOVES[verb]
    if state in move.sources:
        OUTCOME_VERBS[verb](outcome, cast)
        assert Outcome.objects.get(pk=outcome.pk).state == move.target
    else:
        with pytest.raises((WrongState, Refusal)):
            OUTCOME_VERBS[verb](outcome, cast)
        assert Outcome.objects.get(pk=outcome.pk).state == state


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"outcome_class": ""}, {"outcome_class"}),
        ({"outcome_class": "B"}, {"route"}),
        ({"outcome_class": "B", "route": "explanation"}, {"route"}),
        ({"outcome_class": "A", "route": "special_report"}, {"route"}),
        ({"outcome_class": "B", "route": "special_report"}, {"responsible", "look_again_on"}),
        ({"outcome_class": "B", "route": "village_committee"}, {"responsible", "look_again_on", "village"}),
        ({"outcome_class": "C"}, {"responsible", "look_again_on"}),
        (
            {"outcome_class": "A"},
            {"unit", "leader_name", "leader_post", "handler", "due_on", "duty", "quality"},
        ),
    ],
)
def test_what_each_class_asks_for(cast, given, lacking):
    outcome = make.outcome(make.consultation(cast, ConsultationState.RUNNING), cast)
    with pytest.raises(Incomplete) as refused:
        services.classify(outcome, seen=0, by=cast.li, at=AT, **given)
    assert set(refused.value.fields) == lacking
    assert Outcome.objects.get().state == OutcomeState.DRAFTED
    assert Milestone.objects.count() == 0


def test_dates_before_today_and_other_counties_are_refused(cast):
    outcome = make.outcome(make.consultation(cast, ConsultationState.RUNNING), cast)
    for given, field in [
        (make.class_a(cast, due_on=TODAY - datetime.timedelta(days=1)), "due_on"),
        (make.class_a(cast, unit=cast.other_unit), "unit"),
        (make.class_a(cast, handler=cast.wang), "handler"),
        (make.class_c(cast, look_again_on=TODAY), "look_again_on"),
        (make.class_b(cast, "village_committee", village=cast.unit), "village"),
    ]:
        with pytest.raises(Incomplete) as refused:
            services.classify(outcome, seen=0, by=cast.li, at=AT, **given)
        assert field in refused.value.fields


def test_second_clerk_is_told_who_classified(cast):
    outcome = make.outcome(make.consultation(cast, ConsultationState.RUNNING), cast)
    stale = Outcome.objects.get(pk=outcome.pk)
    services.classify(outcome, seen=0, by=cast.li, at=AT, **make.class_c(cast))
    for row in (stale, Outcome.objects.get(pk=outcome.pk)):
        with pytest.raises(WrongState, match="李主任已于"):
            services.classify(row, seen=0, by=cast.li, at=AT, **make.class_b(cast))
    assert Outcome.objects.get().outcome_class == "C"


def test_a_goes_to_the_unit_and_is_done_when_the_unit_is(cast):
    run = make.consultation(cast, ConsultationState.RUNNING, topic=make.topic(cast, by=cast.wang))
    outcome = make.outcome(run, cast, OutcomeState.ROUTED, given=make.class_a(cast))
    assignment = outcome.assignment
    assert (assignment.unit, assignment.handler, assignment.rater) == (cast.unit, cast.zhang, cast.wang)
    matters.to_state(cast, assignment, "closed", at=AT)
    outcome.refresh_from_db()
    assert (outcome.state, outcome.result) == (OutcomeState.DONE, "县住建局已办结")


def test_a_returned_by_the_unit_waits_for_classification_again(cast):
    run = make.consultation(cast, ConsultationState.RUNNING)
    outcome = make.outcome(run, cast, OutcomeState.ROUTED, given=make.class_a(cast))
    proposals.return_(outcome.assignment, reason="属水利局职责", by=cast.zhang, at=AT)
    outcome.refresh_from_db()
    assert (outcome.state, outcome.assignment) == (OutcomeState.DRAFTED, None)
    assert Notice.objects.get(recipient=cast.li, kind="outcome-came-back").body == "属水利局职责"
    services.classify(outcome, seen=1, by=cast.li, at=LATER, **make.class_c(cast))
    services.route(outcome, by=None, at=LATER)
    assert outcome.tasks.count() == 1


def test_b_to_the_village_and_c_make_tasks_with_their_own_limit(cast):
    run = make.consultation(cast, ConsultationState.RUNNING)
    village = make.outcome(run, cast, OutcomeState.ROUTED, given=make.class_b(cast, "village_committee"))
    explained = make.outcome(run, cast, OutcomeState.ROUTED, given=make.class_c(cast))
    assert village.tasks.get().organisation == make.village(cast)
    assert explained.tasks.get().due_on == datetime.date(2026, 3, 24)
    assert [o.number for o in run.outcomes.order_by("number")] == [1, 2]


def test_c_comes_back_until_it_is_settled(cast):
    run = make.consultation(cast, ConsultationState.RUNNING)
    outcome = make.outcome(run, cast, OutcomeState.ROUTED)
    task = outcome.tasks.get()
    with pytest.raises(Refusal, match="任务还没有完成"):
        services.look_again(outcome, words="已解决", settled=True, by=cast.li, at=AT)
    with pytest.raises(Incomplete):
        services.finish_task(task, words="", by=cast.li, at=AT)
    services.finish_task(task, words="已解释", by=cast.li, at=AT)
    with pytest.raises(Incomplete) as refused:
        services.look_again(outcome, words="还在等资金", settled=False, next_on=TODAY, by=cast.li, at=AT)
    assert list(refused.value.fields) == ["next_on"]
    stale = Outcome.objects.get(pk=outcome.pk)
    again = datetime.date(2026, 9, 1)
    services.look_again(outcome, words="还在等资金", settled=False, next_on=again, by=cast.li, at=AT)
    with pytest.raises(WrongState):
        services.look_again(stale, words="还在等资金", settled=False, next_on=again, by=cast.li, at=AT)
    assert Outcome.objects.get().look_again_on == again
    services.look_again(outcome, words="已安排", settled=True, by=cast.li, at=LATER)
    assert (outcome.state, outcome.result, outcome.looked.count()) == (OutcomeState.DONE, "已安排", 2)


def test_taken_back_withdraws_the_task_and_its_reminders(cast):
    outcome = make.outcome(make.consultation(cast, ConsultationState.RUNNING), cast, OutcomeState.ROUTED)
    task = outcome.tasks.get()
    services.take_back(outcome, words="应报县委", by=cast.li, at=AT)
    task.refresh_from_db()
    assert task.state == "withdrawn"
    assert not Milestone.objects.of(outcome).pending().exists()
    services.classify(outcome, seen=1, by=cast.li, at=LATER, **make.class_c(cast))
    services.route(outcome, by=None, at=LATER)
    assert Milestone.objects.of(outcome).pending().filter(kind="outcome-look").count() == 1
