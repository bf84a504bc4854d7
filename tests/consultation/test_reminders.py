"""What the sweep does with outcomes and their tasks."""

import datetime

import pytest
from django.utils import timezone

from config.milestones import clock
from config.milestones.models import Milestone
from config.notices.models import Notice
from consultation import presets, services
from consultation.models import Outcome, OutcomeTask
from consultation.states import ConsultationState, OutcomeState
from proposals.models import Assignment
from tests.factories import consultation as make
from tests.factories.consultation import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast):
    return make.consultation(cast, ConsultationState.RUNNING)


def _nine(date):
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time(9)))


def test_sweep_routes_what_was_classified_once(cast, run):
    made = [make.outcome(run, cast, OutcomeState.CLASSIFIED, given=g) for g in (make.class_a(cast), make.class_c(cast))]
    clock.sweep(at=AT)
    clock.sweep(at=AT + datetime.timedelta(minutes=5))
    assert set(Outcome.objects.values_list("state", flat=True)) == {OutcomeState.ROUTED}
    assert (Assignment.objects.count(), OutcomeTask.objects.count()) == (1, 1)
    assert Milestone.objects.get(subject_id=made[0].pk, code="route").reason == "交承办单位办理：县住建局"


def test_routed_by_hand_leaves_nothing_for_the_sweep(cast, run):
    outcome = make.outcome(run, cast, OutcomeState.ROUTED)
    clock.sweep(at=AT)
    assert outcome.tasks.count() == 1
    assert Milestone.objects.of(outcome).get(code="route").state == "skipped"


def test_earlier_classification_is_not_routed(cast, run):
    outcome = make.outcome(run, cast, OutcomeState.CLASSIFIED)
    services.classify(outcome, seen=1, by=cast.li, at=AT, **make.class_b(cast))
    clock.sweep(at=AT)
    assert list(outcome.tasks.values_list("kind", flat=True)) == ["special_report"]
    first, second = Milestone.objects.of(outcome).filter(code="route").order_by("round")
    assert (first.state, second.state) == ("skipped", "done")


def test_failure_is_retried_and_ends_on_the_staff_page(cast, run):
    """The unit's handler lost the role after the classification: nobody can take the matter on."""
    outcome = make.outcome(run, cast, OutcomeState.CLASSIFIED, given=make.class_a(cast))
    grant = cast.zhang.role_grants.get()
    grant.until = AT.date() - datetime.timedelta(days=1)
    grant.save()
    moment = AT
    for _ in range(8):
        clock.sweep(at=moment)
        moment += datetime.timedelta(hours=2)
    milestone = Milestone.objects.of(outcome).get(code="route")
    assert (milestone.state, milestone.attempts) == ("dead", 8)
    assert "不是县住建局的承办人" in milestone.reason
    assert (Outcome.objects.get().state, Assignment.objects.count()) == (OutcomeState.CLASSIFIED, 0)


def test_date_to_look_again_tells_who_is_responsible_and_the_staff(cast, run):
    outcome = make.outcome(run, cast, OutcomeState.ROUTED, given=make.class_c(cast, responsible=cast.zhang))
    clock.sweep(at=_nine(outcome.look_again_on))
    told = Notice.objects.filter(kind="outcome-look")
    assert set(told.values_list("recipient__username", flat=True)) == {"zhang", "li"}


def test_settled_outcome_is_not_looked_at(cast, run):
    outcome = make.outcome(run, cast, OutcomeState.DONE)
    clock.sweep(at=_nine(outcome.look_again_on))
    assert not Notice.objects.filter(kind="outcome-look").exists()


def test_open_task_is_reminded_of_and_a_finished_one_is_not(cast, run):
    presets.load()
    waiting = make.outcome(run, cast, OutcomeState.ROUTED, given=make.class_c(cast, responsible=cast.zhang)).tasks.get()
    done = make.outcome(run, cast, OutcomeState.ROUTED, given=make.class_c(cast, responsible=cast.zhang)).tasks.get()
    services.finish_task(done, words="已解释", by=cast.zhang, at=AT)
    clock.sweep(at=_nine(waiting.due_on))
    told = Notice.objects.filter(kind="outcome-task-due")
    assert list(told.values_list("recipient__username", "url")) == [("zhang", waiting.get_absolute_url())]
    clock.sweep(at=_nine(waiting.due_on + datetime.timedelta(days=1)))
    assert told.filter(recipient=cast.li).count() == 1
