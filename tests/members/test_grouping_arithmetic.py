"""The planner's parts, without a database."""

import pytest

from config.refusals import Refusal
from members.grouping import Key, Person, Problem, Unit, plan, report
from members.grouping.sizes import even, group_counts
from members.grouping.solver import Model
from members.grouping.wholes import Load, place
from members.services.grouping_apply import group_name


def person(number, sector="甲", party=False, **marks):
    key = Key("sector", sector, f"{sector}界")
    return Person(number, f"委员{number}", key, sector, party, marks.get("standing", False), marks.get("specialty", ""))


def problem(people, units=2, **fields):
    names = tuple(Unit(number, f"第{number}委") for number in range(1, units + 1))
    return Problem(tuple(people), names, **{"fewest": 2, "most": 3, **fields})


@pytest.mark.parametrize(
    ("total", "least", "sizes"),
    [(7, [0, 0, 0], [3, 2, 2]), (7, [5, 0, 0], [5, 1, 1]), (0, [0, 0], [0, 0]), (6, [2, 2, 2], [2, 2, 2])],
)
def test_sizes_are_even_above_what_is_held(total, least, sizes):
    assert even(total, least) == sizes


def test_the_numbers_of_groups_make_all_groups_alike():
    counts = group_counts({1: 48, 2: 66, 3: 82}, fewest=3, most=5, needed={})
    assert counts == {1: 3, 2: 4, 3: 5}


def test_a_group_that_somebody_was_put_into_exists():
    assert group_counts({1: 30}, fewest=3, most=5, needed={1: 5}) == {1: 5}


def test_fewer_people_than_groups_get_a_group_each():
    assert group_counts({1: 2}, fewest=3, most=5, needed={}) == {1: 2}


def test_whole_keys_are_packed_perfectly_where_they_can_be():
    loads = {Key("sector", n, str(n)): Load(size, size // 2) for n, size in enumerate([9, 8, 7, 6, 5, 4, 3, 2, 1])}
    of, proven = place(loads, [1, 2, 3], {key: [1, 2, 3] for key in loads}, share=None, seconds=2)
    sizes = [sum(loads[key].size for key, unit in of.items() if unit == number) for number in (1, 2, 3)]
    assert sizes == [15, 15, 15]
    assert proven


def test_an_uneven_packing_is_proven_by_the_solver():
    loads = {Key("sector", n, str(n)): Load(size, 0) for n, size in enumerate([5, 5, 5])}
    of, proven = place(loads, [1, 2], {key: [1, 2] for key in loads}, share=None, seconds=2)
    assert sorted(sum(5 for unit in of.values() if unit == number) for number in (1, 2)) == [5, 10]
    assert proven


def test_every_group_is_a_small_picture_of_the_whole():
    people = [person(n, "甲乙丙丁"[n % 4], party=n % 5 < 2, standing=n % 10 == 0) for n in range(80)]
    asked = problem(people)
    told = report(asked, plan(asked))
    assert told["party_within"]
    assert told["group_spread"] <= 1
    assert told["best_of_groups"]
    for unit in told["units"]:
        standing = [group["standing"] for group in unit["groups"]]
        assert max(standing) - min(standing) <= 1


def test_specialties_do_not_gather_in_one_group():
    people = [person(n, specialty="法律" if n < 4 else "") for n in range(16)]
    planned = plan(problem(people, units=1, fewest=4, most=4))
    assert {planned.seats[n][1] for n in range(4)} == {1, 2, 3, 4}


def test_without_time_there_is_still_a_plan_and_it_says_that_it_is_not_proven():
    people = [person(n, "甲乙丙丁戊"[n % 5], party=n % 3 == 0, specialty=str(n % 7)) for n in range(53)]
    asked = problem(people)
    planned = plan(asked, seconds=0)
    assert len(planned.seats) == 53
    assert not planned.is_best_of_groups
    assert report(asked, planned)["group_spread_inside"] <= 1


def test_more_hands_on_one_group_than_it_holds_make_it_larger():
    people = [person(n) for n in range(12)]
    fixed = {n: (1, 1) for n in range(8)}
    planned = plan(problem(people, units=1, fewest=3, most=3, fixed=fixed))
    assert [list(planned.seats.values()).count((1, number)) for number in (1, 2, 3)] == [8, 2, 2]


def test_a_sector_wished_into_two_committees_is_refused_by_name():
    people = [person(1), person(2), person(3, "乙")]
    with pytest.raises(Refusal, match="甲界整体划入一个专委会，但委员1已指定到第1委、委员2已指定到第2委"):
        plan(problem(people, fixed={1: (1, 1), 2: (2, 1)}))


def test_the_solver_says_when_it_found_nothing():
    model = Model()
    model.row({model.var(high=1.0): 1.0}, low=2.0)
    answer = model.solve(seconds=1)
    assert answer.values is None
    assert not answer.proven


def test_groups_are_counted_in_chinese():
    class Unit:
        name = "经济委"

    names = [group_name(Unit, number) for number in (1, 5, 10, 11, 20)]
    assert [name.removeprefix("经济委第").removesuffix("活动小组") for name in names] == [
        "一",
        "五",
        "十",
        "十一",
        "二十",
    ]
