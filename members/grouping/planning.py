"""The whole plan: committees first, then the groups inside each of them."""

import time
from collections import Counter, defaultdict

from config.refusals import Refusal
from members.grouping import dealing, wholes
from members.grouping.problem import Key, Plan, Problem
from members.grouping.sizes import even, group_counts

SECONDS = 8.0  # a web worker waits no longer
FOR_UNITS = 0.4  # of the time, for step 1


def plan(problem: Problem, *, seconds: float = SECONDS) -> Plan:
    """Everybody into a committee and a group, in at most `seconds`; Refusal says in words what cannot be had."""
    began = time.monotonic()
    allowed, uncovered = _allowed(problem)
    people = [person for person in problem.people if person.id not in uncovered]
    if not people:
        raise Refusal("没有可以编入的委员，请先登记委员的界别，或检查归口的专委会是否都在方案里。")
    into_units = _free if problem.is_free else _whole
    unit_of, best_of_units = into_units(problem, people, allowed, seconds * FOR_UNITS)
    inside = defaultdict(list)
    for person in people:
        inside[unit_of[person.id]].append(person)
    groups = _counts(problem, inside)
    seats, best_of_groups = {}, True
    for done, unit in enumerate(sorted(inside)):
        left = (began + seconds - time.monotonic()) / (len(inside) - done)
        dealt, best = _groups(problem, unit, inside[unit], groups[unit], left)
        seats |= {person: (unit, number) for person, number in dealt.items()}
        best_of_groups &= best
    took = time.monotonic() - began
    return Plan(seats, groups, uncovered, best_of_units, best_of_groups, round(took, 2))


# --- committees --------------------------------------------------------------------------------------------------


def _allowed(problem) -> tuple[dict[Key, list[int]], dict[int, str]]:
    """Where each key may go, by 归口 and by what was fixed by hand; and who can go nowhere, with the reason."""
    names = {unit.id: unit.name for unit in problem.units}
    allowed, uncovered = {}, {}
    for person in problem.people:
        if person.key not in allowed:
            taken = problem.allowed.get(person.key)
            allowed[person.key] = [unit for unit in names if taken is None or unit in taken]
        if not allowed[person.key]:
            uncovered[person.id] = f"{person.key.name}归口的专委会不在本方案之内"
    if not problem.is_free:
        _pin(problem, allowed, names, uncovered)
    return allowed, uncovered


def _pin(problem, allowed, names, uncovered):
    """A key follows those of its people who were fixed by hand; two wishes for one key are one too many."""
    wished = {}
    for person in problem.people:
        if person.id not in problem.fixed or person.id in uncovered:
            continue
        unit, first = problem.fixed[person.id][0], wished.get(person.key)
        if first and first[1] != unit:
            raise Refusal(
                f"{person.key.name}整体划入一个专委会，但{first[0].name}已指定到{names[first[1]]}、{person.name}已指定到"
                f"{names[unit]}。请改其中一位，或另建一个“逐人均衡”的方案。"
            )
        if unit not in allowed[person.key]:
            where = "、".join(names[taken] for taken in allowed[person.key])
            raise Refusal(
                f"{person.key.name}现归口{where}，{person.name}不能指定到{names[unit]}。请先在机构页调整归口。"
            )
        wished[person.key] = (person, unit)
    for key, (_, unit) in wished.items():
        allowed[key] = [unit]


def _whole(problem, people, allowed, seconds):
    sizes, parties = Counter(p.key for p in people), Counter(p.key for p in people if p.is_party)
    loads = {key: wholes.Load(size, parties[key]) for key, size in sizes.items()}
    share = problem.party_share if problem.mixes else None
    units = [unit.id for unit in problem.units]
    unit_of, best = wholes.place(loads, units, allowed, share=share, seconds=seconds)
    return {person.id: unit_of[person.key] for person in people}, best


def _free(problem, people, allowed, seconds):
    """Each alone, except those whose sector has a 归口 and those fixed by hand."""
    units = [unit.id for unit in problem.units]
    number = {unit: index for index, unit in enumerate(units)}
    fixed = {p.id: number[allowed[p.key][0]] for p in people if p.key in problem.allowed}
    fixed |= {p.id: number[problem.fixed[p.id][0]] for p in people if p.id in problem.fixed}
    held = Counter(fixed.values())
    sizes = even(len(people), [held[index] for index in range(len(units))])
    families = [*([dealing.PARTY] if problem.mixes else []), dealing.STANDING, dealing.SECTOR]
    dealt, best = dealing.deal(people, sizes, families, fixed=fixed, seconds=seconds)
    return {person: units[index] for person, index in dealt.items()}, best


# --- groups ------------------------------------------------------------------------------------------------------


def _counts(problem, inside) -> dict[int, int]:
    needed = {}
    for unit, people in inside.items():
        needed[unit] = max((problem.fixed[p.id][1] for p in people if p.id in problem.fixed), default=1)
    sizes = {unit: len(people) for unit, people in inside.items()}
    return group_counts(sizes, fewest=problem.fewest, most=problem.most, needed=needed)


def _groups(problem, unit, people, count, seconds) -> tuple[dict[int, int], bool]:
    """Person → group number from 1; the sizes are within one of each other unless hands put more into one."""
    fixed = {p.id: problem.fixed[p.id][1] - 1 for p in people if p.id in problem.fixed}
    held = Counter(fixed.values())
    sizes = even(len(people), [held[number] for number in range(count)])
    families = [
        *([dealing.PARTY] if problem.mixes else []),
        dealing.STANDING,
        *([dealing.SPECIALTY] if problem.spreads else []),
        dealing.SECTOR,
    ]
    dealt, best = dealing.deal(people, sizes, families, fixed=fixed, seconds=seconds)
    return {person: number + 1 for person, number in dealt.items()}, best
