"""提醒阶梯 on the page of a case: who was told when, who will be told, and who reads that."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.milestones import clock
from proposals import presets
from proposals.models import Assignment
from proposals.queries import ladder as queries
from proposals.states import AssignmentState
from tests.factories import proposals as matters
from tests.factories.supervision import AT, DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    presets.load()
    found = matters.assignment(cast, AssignmentState.HANDLING)
    clock.plan(found, kind="assignment", due_on=found.due_on, round=1, scope=found.committee_id, at=AT)
    return found


def nine(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(9, 30)))


def test_a_case_says_who_was_told_and_who_will_be(cast, case):
    before = queries.ladder(case)
    assert before
    assert all(rung.words.startswith("将提醒") for rung in before)
    assert [rung.at for rung in before] == sorted(rung.at for rung in before)
    assert any(rung.words == "将提醒单位，加上督查室和提案委" for rung in before)
    clock.sweep(nine(case.due_on + DAY))
    after = queries.ladder(case)
    assert any("已提醒" in rung.words and str(cast.zhang) in rung.words for rung in after)
    assert any(rung.words.startswith("将提醒") for rung in after), "the ladder goes on while it is late"


def test_its_cost_is_the_same_however_many_rungs(cast, case):
    with CaptureQueriesContext(connection) as before:
        queries.ladder(case)
    clock.plan(case, kind="assignment", due_on=case.due_on + 90 * DAY, round=2, scope=case.committee_id, at=AT)
    with CaptureQueriesContext(connection) as after:
        queries.ladder(case)
    assert len(after) == len(before) <= 2


@pytest.mark.parametrize(
    ("name", "sees"), [("zhang", True), ("sun", True), ("zhou", True), ("li", True), ("wang", False), ("zhao", False)]
)
def test_the_unit_and_those_who_view_matters_read_it(cast, as_, case, name, sees):
    user = getattr(cast, name)
    assert bool(queries.seen(Assignment.objects.get(pk=case.pk), user)) is sees
    if name != "zhao":
        with time_machine.travel(AT + DAY, tick=False):
            html = as_(user).get(case.get_absolute_url()).content.decode()
        assert ("提醒阶梯" in html) is sees
