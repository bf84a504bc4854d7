"""The planner of postings by itself: cover, balance, home, level, specialty, hands (rows 36, 135; acceptance)."""

import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.benchmarks.posting import CITIES, problem
from workstations.posting import Problem, Reach, Seat, Target, Unsolved, Worker, plan, reach, report
from workstations.posting.balance import bounds
from workstations.posting.transport import send

A, B, C = "431024", "431023", "431022"
FIELDS = {"学校": ("教育", "教师"), "企业": ("工商",)}


def villages(county=A, towns=3, each=4):
    return [Target(f"{county}{100 + town}{200 + n}") for town in range(towns) for n in range(each)]


def workers(homes, county=A, start=1, **fields):
    return [Worker(number, home, county, **fields) for number, home in enumerate(homes, start)]


def asked(targets, people, fixed=()):
    return Problem(tuple(targets), tuple(people), tuple(fixed), FIELDS)


def loads(found):
    return Counter(seat.worker for seat in found.seats)


def covers(found):
    return Counter(seat.code for seat in found.seats)


def spread(numbers):
    return max(numbers) - min(numbers)


# --- cover and balance ---------------------------------------------------------------------------------------------


def test_fewer_members_than_targets_each_target_has_one_and_loads_differ_by_one_at_most():
    found = plan(asked(villages(), workers([f"{A}100", f"{A}100", f"{A}101", f"{A}102", ""])))
    assert set(covers(found).values()) == {1}
    assert len(covers(found)) == 12
    assert sorted(loads(found).values()) == [2, 2, 2, 3, 3]


def test_more_members_than_targets_each_member_has_one_and_no_target_is_empty():
    found = plan(asked(villages(towns=1, each=3), workers([f"{A}100"] * 8)))
    assert sorted(covers(found).values()) == [2, 3, 3]
    assert set(loads(found).values()) == {1}
    assert len(found.seats) == 8


def test_one_member_takes_the_whole_county():
    found = plan(asked(villages(), workers([f"{A}101"])))
    assert len(found.seats) == 12
    assert not found.uncovered


def test_without_targets_members_are_told_that_there_is_nothing_to_serve():
    found = plan(asked([], workers([f"{A}100"])))
    assert (found.seats, found.uncovered) == ([], {})
    assert found.idle == {1: "可以服务的范围里没有网格或村"}
    assert report(asked([], workers([f"{A}100"])), found)["idle_count"] == 1


def test_a_county_without_members_borrows_members_of_the_upper_committee():
    upper = [Worker(n, f"{A}100") for n in range(1, 5)]
    found = plan(asked([*villages(), *villages(B)], upper))
    assert not found.uncovered
    by_county = defaultdict(set)
    for seat in found.seats:
        by_county[seat.code[:6]].add(seat.worker)
    assert [len(by_county[county]) for county in (A, B)] == [2, 2]
    assert {seat.why for seat in found.seats if seat.code.startswith(B)} == {"外县支援：本县委员不足"}


def test_where_nobody_can_be_lent_the_targets_stay_uncovered_with_the_reason():
    found = plan(asked([*villages(), *villages(B)], workers([f"{A}100"] * 3)))
    assert len(found.uncovered) == 12
    assert set(found.uncovered.values()) == {"无人可派：本县没有委员，上级委员也没有可以支援的"}
    assert len(found.seats) == 12


def test_nothing_at_all_is_an_empty_plan():
    found = plan(asked([], []))
    told = report(asked([], []), found)
    assert (told["seats"], told["targets"], told["counties"]) == (0, 0, [])


homes = st.sampled_from(
    ["", A, f"{A}100", f"{A}101", f"{A}102", f"{A}100200", f"{A}101203", f"{A}102201001", B, f"{B}100", f"{C}100", "43"]
)
people = st.lists(
    st.tuples(homes, st.sampled_from(["", A, B, "4310"]), st.sampled_from(["", "教育 教育界", "工商 经济界"])),
    max_size=30,
)
places = st.lists(
    st.tuples(st.sampled_from([A, B]), st.integers(100, 103), st.integers(200, 204), st.integers(0, 2)),
    max_size=40, unique=True,
)  # fmt: skip


@st.composite
def problems(draw):
    targets = [
        Target(f"{county}{town}{village}" + (f"{grid:03}" if grid else ""), "学校" if grid == 2 else "")
        for county, town, village, grid in draw(places)
    ]
    crew = [Worker(n, home, bound, skills) for n, (home, bound, skills) in enumerate(draw(people), 1)]
    fixed = []
    if targets and crew:
        pairs = st.tuples(st.sampled_from(crew), st.sampled_from(targets))
        fixed = [
            Seat(worker.id, target.code, "手工指定", True)
            for worker, target in draw(st.lists(pairs, max_size=8, unique=True))
        ]
    return asked(targets, crew, fixed)


@settings(max_examples=150, deadline=None)
@given(problems())
@example(asked(villages(each=1), workers([""] * 3), [Seat(1, f"{A}{t}200", "手工指定", True) for t in (100, 101, 102)]))
def test_whatever_is_asked_the_promises_hold(problem):
    found = plan(problem)
    bound = {worker.id: worker.bound for worker in problem.workers}
    hands, fixed_load = {(s.worker, s.code) for s in problem.fixed}, Counter(s.worker for s in problem.fixed)
    fixed_cover = Counter(s.code for s in problem.fixed)
    assert [seat for seat in found.seats if seat.by_hand] == list(problem.fixed)
    assert len({(seat.worker, seat.code) for seat in found.seats}) == len(found.seats)
    assert all(seat.code.startswith(bound[seat.worker]) for seat in found.seats if not seat.by_hand)
    assert set(covers(found)) | set(found.uncovered) == {target.code for target in problem.targets}
    assert not set(covers(found)) & set(found.uncovered)
    assert set(loads(found)) | set(found.idle) == {worker.id for worker in problem.workers}
    assert not set(loads(found)) & set(found.idle)
    fresh = [seat for seat in found.seats if (seat.worker, seat.code) not in hands]
    for county in (A, B):
        serving = {seat.worker for seat in fresh if seat.code.startswith(county)}
        ends = [loads(found)[n] for n in serving if loads(found)[n] > fixed_load[n]]
        bound_here = [loads(found)[worker.id] for worker in problem.workers if worker.bound == county]
        assert not ends or spread(ends) <= 1
        assert not ends or all(load >= max(ends) - 1 for load in bound_here)
        everywhere = {t.code: covers(found)[t.code] for t in problem.targets if t.code.startswith(county)}
        free = [n for code, n in everywhere.items() if n > fixed_cover[code]]
        assert not free or spread(free) <= 1
        assert not free or max(free) <= 1 or all(n >= max(free) - 1 for n in everywhere.values())


@given(st.lists(st.integers(0, 9), min_size=1, max_size=20), st.integers(0, 60))
def test_sharing_out_leaves_nobody_two_behind(held, count):
    shares = bounds(dict(enumerate(held)), count)
    assert sum(low for low, _ in shares.values()) <= count <= sum(high for _, high in shares.values())
    ends = [held[n] + low for n, (low, _) in shares.items() if low]
    assert len(set(ends)) <= 1


def test_there_is_nobody_to_share_among():
    assert bounds({}, 3) == {}


# --- home ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("home", "far"),
    [
        (f"{A}100200", Reach.VILLAGE),
        (f"{A}100200001", Reach.VILLAGE),
        (f"{A}100201", Reach.TOWN),
        (f"{A}100", Reach.TOWN),
        (f"{A}101", Reach.COUNTY),
        (A, Reach.COUNTY),
        (f"{B}100", Reach.BEYOND),
        ("4310", Reach.UNKNOWN),
        ("", Reach.UNKNOWN),
    ],
)
def test_how_far_a_seat_is_from_home(home, far):
    assert reach(home, f"{A}100200001") == far


def test_everybody_stays_in_the_own_town_where_the_numbers_allow():
    found = plan(asked(villages(towns=3, each=4), workers([f"{A}{100 + n % 3}" for n in range(6)])))
    assert {seat.why for seat in found.seats} == {"本乡镇就近"}


def test_who_lives_in_a_village_serves_it():
    found = plan(asked(villages(towns=1, each=4), workers([f"{A}100203", f"{A}100200"])))
    own = {(seat.worker, seat.code) for seat in found.seats if seat.why == "本村居住"}
    assert own == {(1, f"{A}100203"), (2, f"{A}100200")}


def test_a_full_town_helps_the_next_one_and_the_reason_says_so():
    near, far = [f"{A}100"] * 4, [f"{A}102"] * 2
    found = plan(asked(villages(towns=3, each=2), workers([*near, *far])))
    helped = [seat for seat in found.seats if seat.why == "邻镇支援：本镇委员已满"]
    assert {(seat.code[:9], seat.worker <= 4) for seat in helped} == {(f"{A}101", True)}
    assert len(helped) == 2


def test_without_a_home_one_goes_where_need_is_greatest():
    upper = [Worker(9, "")]
    found = plan(asked([*villages(A), *villages(B)], [*workers([f"{A}100"] * 3), *workers([f"{B}100"], B, 5), *upper]))
    assert {seat.code[:6] for seat in found.seats if seat.worker == 9} == {B}
    assert {seat.why for seat in found.seats if seat.worker == 9} == {"没有登记住地，派往最缺人的地方"}


def test_a_member_of_a_county_never_leaves_it_even_if_the_home_is_elsewhere():
    found = plan(asked([*villages(A), *villages(B)], [Worker(1, f"{B}100", A), Worker(2, f"{B}100", B)]))
    assert {seat.code[:6] for seat in found.seats if seat.worker == 1} == {A}


def test_the_seats_of_one_member_are_a_run_of_neighbours():
    found = plan(asked(villages(towns=1, each=30), workers([f"{A}100"] * 6)))
    runs = defaultdict(list)
    for seat in found.seats:
        runs[seat.worker].append(int(seat.code))
    assert all(after - before == 1 for codes in runs.values() for before, after in pairwise(sorted(codes)))


# --- the sizes that places named (acceptance) ------------------------------------------------------------------------


def full_size(name):
    size = problem(*CITIES[name])
    found = plan(size)
    told = report(size, found)
    assert (found.uncovered, found.idle) == ({}, {})
    assert told["covered"] == told["targets"]
    assert told["seated"] == told["members"]
    near = told["reach"]["1"] + told["reach"]["2"]
    assert near / told["seats"] >= 0.8
    assert all(county["most"] - county["least"] <= 1 for county in told["counties"])
    bound = {worker.id: worker.bound for worker in size.workers}
    assert all(seat.code.startswith(bound[seat.worker]) for seat in found.seats)
    return told, found


def test_panjin_1098_members_cover_all_544_villages():
    told, found = full_size("盘锦")
    assert (told["members"], told["targets"], told["seats"]) == (1098, 544, 1098)
    for county in told["counties"]:
        here = [number for code, number in covers(found).items() if code.startswith(county["code"])]
        assert spread(here) <= 1


def test_tangshan_3641_members_cover_15807_grids_in_18_counties():
    told, found = full_size("唐山")
    assert (told["members"], told["seats"], len(told["counties"])) == (3641, 15_807, 18)
    assert set(covers(found).values()) == {1}
    assert sum(len(county["towns"]) for county in told["counties"]) == 251


# --- specialty and hands -------------------------------------------------------------------------------------------


def test_a_dedicated_grid_goes_to_who_knows_the_field():
    school = Target(f"{A}100200901", "学校")
    crew = [*workers([f"{A}100"] * 2), Worker(3, f"{A}101", A, "法律 教育界")]
    found = plan(asked([*villages(towns=2, each=3), school], crew))
    (seat,) = [seat for seat in found.seats if seat.code == school.code]
    assert (seat.worker, seat.why) == (3, "专长 教育 对口 学校网格")


def test_specialists_carry_no_more_than_others():
    schools = [Target(f"{A}100200{n}", "学校") for n in range(901, 907)]
    crew = [Worker(1, f"{A}100", A, "教育"), *workers([f"{A}100"] * 3, start=2)]
    found = plan(asked([*villages(towns=1, each=6), *schools], crew))
    assert set(loads(found).values()) == {3}
    assert sum(seat.why.startswith("专长") for seat in found.seats) == 3


def test_what_was_set_by_hand_stays_and_the_others_share_the_rest():
    fixed = [Seat(1, target.code, "手工指定：包片", True) for target in villages(towns=1, each=8)]
    found = plan(asked(villages(towns=3, each=8), workers([f"{A}100", f"{A}101", f"{A}102"]), fixed))
    assert loads(found) == {1: 8, 2: 8, 3: 8}
    found = plan(asked(villages(towns=2, each=8), workers([f"{A}100", f"{A}101", f"{A}101"]), fixed))
    assert loads(found) == {1: 8, 2: 4, 3: 4}
    assert [seat for seat in found.seats if seat.by_hand] == fixed


def test_the_figures_say_what_the_seats_say():
    problem = asked(villages(towns=2, each=3), [*workers([f"{A}100", f"{A}101"]), Worker(3, "", A)])
    told = report(problem, plan(problem))
    assert (told["seats"], told["covered"], told["targets"], told["seated"], told["members"]) == (6, 6, 6, 3, 3)
    assert (told["homeless"], told["homeless_count"]) == ([3], 1)
    (county,) = told["counties"]
    assert (county["least"], county["most"], county["members"]) == (2, 2, 3)
    assert sum(town["seats"] for town in county["towns"]) == 6
    assert sum(told["reach"].values()) == 6


def test_the_same_question_has_the_same_answer():
    problem = asked(villages(), workers([f"{A}100", "", f"{A}102", f"{A}100201", f"{A}101"]))
    assert plan(problem).seats == plan(problem).seats


def test_bounds_that_cannot_be_met_are_a_fault():
    with pytest.raises(Unsolved):
        send({1: (2, 2)}, {2: (0, 1)}, {(1, 2): 1.0})
    with pytest.raises(Unsolved):
        send({1: (2, 2)}, {2: (0, 1)}, {})


def test_the_planner_needs_no_django():
    code = "import sys, workstations.posting; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
