"""Planning for many subjects at once keeps the promises of planning for one."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from config.milestones import clock, seed
from config.milestones.models import Milestone, MilestoneRule
from tests.factories import members as make

KIND = "many"
DUE = date(2026, 12, 1)
EARLY = datetime(2026, 11, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def subjects(cast):
    seed.load(KIND, {-3: "owner", 0: "owner", 3: "office"})
    return [make.organisation(cast.committee, f"单位{number}") for number in range(3)]


def plan(subjects, *, due_on=DUE, at=EARLY, round=1):
    scope = subjects[0].committee_id if subjects else None
    return clock.plan_many(subjects, kind=KIND, due_on=due_on, round=round, scope=scope, at=at)


def test_each_subject_gets_the_whole_ladder(subjects):
    assert plan(subjects) == 9
    for subject in subjects:
        codes = Milestone.objects.of(subject).order_by("due_at").values_list("code", "circle", "state")
        assert list(codes) == [("T-3", "owner", "pending"), ("T0", "owner", "pending"), ("T+3", "office", "pending")]


def test_many_planned_at_once_are_what_one_by_one_would_be(subjects):
    plan(subjects[:2])
    clock.plan(subjects[2], kind=KIND, due_on=DUE, round=1, scope=subjects[2].committee_id, at=EARLY)
    rows = Milestone.objects.values_list("code", "round", "offset_days", "circle", "scope", "due_at", "next_try_at")
    assert list(rows.filter(subject_id=subjects[0].pk).order_by("due_at")) == list(
        rows.filter(subject_id=subjects[2].pk).order_by("due_at")
    )


def test_planned_twice_is_planned_once_and_a_newcomer_is_added(subjects):
    plan(subjects[:2])
    assert (plan(subjects), plan(subjects), Milestone.objects.count()) == (3, 0, 9)


def test_what_is_past_is_kept_as_skipped_with_its_reason(subjects):
    plan(subjects, at=datetime(2026, 12, 1, 10, tzinfo=ZoneInfo("Asia/Shanghai")))
    states = set(Milestone.objects.values_list("code", "state", "reason"))
    assert states == {("T-3", "skipped", clock.PAST), ("T0", "skipped", clock.PAST), ("T+3", "pending", "")}


@pytest.mark.parametrize("spoil", ["another date", "cancelled"])
def test_one_subject_with_another_plan_stops_all_of_them(subjects, spoil):
    plan(subjects[:1])
    if spoil == "cancelled":
        clock.cancel(subjects[0], reason="已办结", at=EARLY)
    with pytest.raises(ValueError, match="replan"):
        plan(subjects, due_on=DUE if spoil == "cancelled" else date(2026, 12, 5))
    assert Milestone.objects.count() == 3


def test_nobody_to_plan_for_is_nothing(subjects):
    assert plan([]) == 0


def test_rules_of_the_scope_are_used(subjects, cast):
    MilestoneRule.objects.create(kind=KIND, scope=cast.committee.pk, code="T-1", offset_days=-1, circle="owner")
    assert plan(subjects) == 3


def test_three_need_as_many_statements_as_one(subjects, django_assert_num_queries):
    for some in (subjects[:1], subjects[1:]):
        with django_assert_num_queries(5):  # savepoint, rules, what is there, insert, release
            plan(some)
