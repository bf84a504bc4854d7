"""What the engine does with each word of a scheme; no database."""

import datetime
from decimal import Decimal

import pytest

from members import scoring
from members.facts import Fact, Mark, Share
from members.models import GradeBand, ScoreGroup, ScoreItem, ScoreRequirement, ScoreScheme
from members.models.scoring import Applies, Dimension, Sum
from members.scoring.rules import of
from tests.factories.scoring import told

D = Decimal


def item(name="参加活动", points=2, facts=(Fact.ACTIVITY,), **given):
    decimals = {key: D(given.pop(key)) for key in ("cap", "floor") if key in given}
    return ScoreItem(name=name, points=D(points), facts=list(facts), **decimals, **given)


def group(*items, name="活动", **given):
    decimals = {key: D(given.pop(key)) for key in ("base", "cap", "floor") if key in given}
    return ScoreGroup(name=name, **decimals, **given), items


def rules(*groups, requirements=(), **scheme):
    """Of rows that were never saved, as a draft on a form is."""
    decimals = {key: D(value) for key, value in scheme.items()}
    return of(ScoreScheme(name="试", **{"floor": D(0), **decimals}), groups, requirements, [GradeBand(name="合格")])


def lines(asked, *facts, is_standing=False):
    return scoring.score(asked, facts, is_standing=is_standing)


def points(asked, *facts, **options):
    return [line.points for line in lines(asked, *facts, **options)]


def activities(number, **given):
    return [told(Fact.ACTIVITY, **given) for _ in range(number)]


def test_a_line_names_group_item_record_and_dimension():
    one = told(Fact.ACTIVITY)
    assert lines(rules(group(item())), one) == [("活动", "参加活动", one.id, D(2), Dimension.COUNT, "")]


@pytest.mark.parametrize(
    ("asked", "given", "counts"),
    [
        ({}, {}, True),
        ({"facts": [Fact.CHARITY]}, {}, False),
        ({"details": ["survey"]}, {"detail": "survey"}, True),
        ({"details": ["survey"]}, {"detail": "visit"}, False),
        ({}, {"mark": Mark.PRESENT}, True),
        ({}, {"mark": Mark.LATE}, True),
        ({}, {"mark": Mark.ABSENT}, False),
        ({}, {"mark": Mark.LEAVE}, False),
        ({"marks": [Mark.ABSENT]}, {"mark": Mark.ABSENT}, True),
        ({"marks": [Mark.ABSENT]}, {"mark": Mark.PRESENT}, False),
        ({"shares": [Share.FIRST]}, {"share": Share.FIRST}, True),
        ({"shares": [Share.FIRST]}, {"share": Share.JOINT}, False),
    ],
)
def test_an_item_takes_what_its_filters_take(asked, given, counts):
    assert bool(points(rules(group(item(**asked))), told(Fact.ACTIVITY, **given))) is counts


@pytest.mark.parametrize(
    ("share", "sharers", "due"),
    [
        (Share.SOLE, 0, "10"),
        (Share.FIRST, 3, "5"),
        (Share.JOINT, 3, "1.67"),
        (Share.JOINT, 0, "5"),  # a number that was not told divides by one
        (Share.WRITER, 2, "8"),
        (Share.PARTICIPANT, 9, "2"),
    ],
)
def test_shares_when_the_rest_is_split(share, sharers, due):
    asked = item(points=10, first_percent=50, rest_is_split=True, writer_percent=80, participant_percent=20)
    assert points(rules(group(asked)), told(Fact.ACTIVITY, share=share, sharers=sharers)) == [D(due)]


def test_joint_signers_with_a_percent_each_and_none_at_all():
    joint = told(Fact.ACTIVITY, share=Share.JOINT, sharers=4)
    assert points(rules(group(item(points=10, joint_percent=30))), joint) == [D(3)]
    assert points(rules(group(item(points=10, joint_percent=0))), joint) == []


def test_points_by_quantity_say_so():
    (line,) = lines(rules(group(item(points=5, by_quantity=True))), told(Fact.ACTIVITY, quantity=D("2.5")))
    assert (line.points, line.words) == (D("12.50"), "5 分 × 2.5")


@pytest.mark.parametrize(("points_", "due"), [("0.125", "0.13"), ("-0.125", "-0.13"), ("0.124", "0.12")])
def test_cents_are_rounded_half_away_from_nothing(points_, due):
    assert points(rules(group(item(points=points_)), floor=-9), told(Fact.ACTIVITY)) == [D(due)]


def test_the_first_are_skipped_and_only_so_many_count_in_the_order_of_days():
    days = [datetime.date(2026, month, 1) for month in (5, 1, 4, 2, 3)]
    facts = [told(Fact.ACTIVITY, on=day) for day in days]
    counted = lines(rules(group(item(skip_first=1, count_at_most=2))), *facts)
    assert [line.record for line in counted] == [facts[3].id, facts[4].id]  # February and March


def test_facts_of_one_day_count_in_the_order_they_were_told():
    facts = activities(3)
    counted = lines(rules(group(item(count_at_most=1))), *reversed(facts))
    assert [line.record for line in counted] == [facts[0].id]


def test_what_brings_nothing_is_not_the_first():
    part = told(Fact.ACTIVITY, share=Share.PARTICIPANT, on=datetime.date(2026, 1, 1))
    assert points(rules(group(item(skip_first=1, participant_percent=0))), part, *activities(2)) == [D(2)]


def test_caps_and_floors_are_lines_of_their_own():
    capped = lines(rules(group(item(cap=5))), *activities(4))
    assert [line.points for line in capped] == [2, 2, 2, 2, -3]
    assert capped[-1] == ("活动", "参加活动", None, D(-3), Dimension.COUNT, "封顶 5 分")
    in_group = lines(rules(group(item(), base=10, cap=12)), *activities(4))
    assert (in_group[0].words, in_group[-1]) == ("起始 10 分", ("活动", "", None, D(-6), Dimension.COUNT, "封顶 12 分"))
    whole = lines(rules(group(item()), cap=3), *activities(4))
    assert whole[-1] == (scoring.WHOLE, "", None, D(-5), Dimension.COUNT, "封顶 3 分")
    lifted = lines(rules(group(item(points=-4), floor=-5)), *activities(2))
    assert [(line.points, line.words) for line in lifted[2:]] == [(D(3), "保底 -5 分"), (D(5), "保底 0 分")]


def test_a_cap_cuts_the_number_of_deeds_before_their_quality():
    asked = rules(group(item(), item("获奖", 6, [Fact.HONOUR], dimension=Dimension.QUALITY), cap=5))
    found = lines(asked, *activities(2), told(Fact.HONOUR))
    assert [(line.points, line.dimension) for line in found[-2:]] == [(-4, "count"), (-1, "quality")]
    assert scoring.summed(found) == (5, 0, 5)


def test_only_the_highest_item_counts():
    asked = rules(group(item(), item("获奖", 6, [Fact.HONOUR]), sum=Sum.HIGHEST))
    assert points(asked, *activities(2), told(Fact.HONOUR)) == [6]
    assert points(asked, *activities(4), told(Fact.HONOUR)) == [2, 2, 2, 2]


def test_of_one_event_only_the_highest_counts():
    asked = rules(group(item(), item("获奖", 6, [Fact.HONOUR]), sum=Sum.HIGHEST_PER_EVENT))
    assert points(asked, told(Fact.ACTIVITY, key="a"), told(Fact.HONOUR, key="a"), told(Fact.ACTIVITY, key="b")) == [
        2, 6,
    ]  # fmt: skip


def test_items_for_standing_members_and_for_the_others():
    asked = rules(
        group(
            item("常委", 3, applies_to=Applies.STANDING),
            item("委员", 1, applies_to=Applies.ORDINARY),
            item("都", 2, applies_to=Applies.ALL),
        )
    )
    assert points(asked, told(Fact.ACTIVITY), is_standing=True) == [3, 2]
    assert points(asked, told(Fact.ACTIVITY), is_standing=False) == [1, 2]


def test_the_excused_lose_nothing_even_under_a_careless_scheme():
    asked = rules(group(item(points=-5, marks=[Mark.EXCUSED, Mark.ABSENT])), floor=-9)
    assert points(asked, told(Fact.ACTIVITY, mark=Mark.EXCUSED)) == []
    assert points(asked, told(Fact.ACTIVITY, mark=Mark.ABSENT)) == [-5]


def test_who_is_on_long_leave_is_excused_then_and_only_then():
    day = datetime.date
    facts = [told(Fact.ACTIVITY, mark=Mark.ABSENT, on=day(2026, month, 1)) for month in (1, 3, 9)]
    there = told(Fact.ACTIVITY, mark=Mark.PRESENT, on=day(2026, 3, 2))

    def marks(*leaves):
        return [fact.mark for fact in scoring.excuse([*facts, there], leaves)]

    assert marks((day(2026, 2, 1), day(2026, 4, 1))) == ["absent", "excused", "absent", "present"]
    assert marks((day(2026, 2, 1), None)) == ["absent", "excused", "excused", "present"]
    assert marks() == ["absent", "absent", "absent", "present"]


def test_requirements_count_deeds_and_excuse_the_excused():
    asked = rules(requirements=[ScoreRequirement(name="一次全会", facts=[Fact.PLENARY])]).requirements[0]
    assert scoring.done(asked, [told(Fact.PLENARY, mark=Mark.ABSENT), told(Fact.ACTIVITY)]) == 0
    assert scoring.done(asked, [told(Fact.PLENARY, mark=Mark.EXCUSED)]) == 1
    assert scoring.done(asked, [told(Fact.PLENARY, mark=Mark.PRESENT)] * 2) == 2


def test_the_same_facts_in_any_order_give_the_same_lines():
    asked = rules(group(item(skip_first=1, cap=5), item("获奖", 6, [Fact.HONOUR]), sum=Sum.HIGHEST_PER_EVENT, cap=7))
    facts = [*activities(5, key="a"), told(Fact.HONOUR, key="a")]
    assert lines(asked, *facts) == lines(asked, *reversed(facts))
