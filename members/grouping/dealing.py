"""People into bins of given sizes, so that every bin is a small picture of the whole.

Alike people are one type; how many of each type go into each bin is a whole-number programme. A family (party,
standing, specialty, sector) costs what its members are off the share that is due to the bin, rounded down or up.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil, floor

from members.grouping.problem import Person
from members.grouping.solver import Model


@dataclass(frozen=True)
class Family:
    """A mark that is to be spread, and what one person off costs."""

    of: Callable[[Person], Hashable]
    weight: float


PARTY = Family(lambda person: person.is_party, 100)
STANDING = Family(lambda person: person.is_standing, 10)
SPECIALTY = Family(lambda person: person.specialty, 3)
SECTOR = Family(lambda person: person.sector, 1)


def deal(
    people: list[Person], sizes: list[int], families: list[Family], *, fixed: dict[int, int], seconds: float
) -> tuple[dict[int, int], bool]:
    """Person → number of the bin, and whether no better deal exists; `fixed` people stay in their bins."""
    types: dict[tuple, list[Person]] = defaultdict(list)
    for person in sorted(people, key=lambda person: (*_marks(person, families), person.id)):
        types[_marks(person, families)].append(person)
    held = {kind: Counter(fixed[p.id] for p in alike if p.id in fixed) for kind, alike in types.items()}
    start = _round_robin(types, sizes, held)
    counts, proven = (start, True) if len(sizes) == 1 else _solve(types, sizes, families, held, start, seconds)
    return _seat(types, counts, fixed), proven


def _marks(person, families) -> tuple:
    return tuple(family.of(person) for family in families)


def _round_robin(types, sizes, held) -> dict[tuple, list[int]]:
    """Type after type to the emptiest bin: always possible, nearly even, and where HiGHS starts from."""
    counts = {kind: [held[kind][number] for number in range(len(sizes))] for kind in types}
    filled = [sum(column) for column in zip(*counts.values(), strict=True)]
    for kind, alike in types.items():
        for _ in range(len(alike) - sum(held[kind].values())):
            number = min(
                (number for number, size in enumerate(sizes) if filled[number] < size),
                key=lambda number: (filled[number] / sizes[number], number),
            )
            counts[kind][number] += 1
            filled[number] += 1
    return counts


def _solve(types, sizes, families, held, start, seconds):
    model, known, bins = Model(), [], range(len(sizes))
    cell = {}
    for kind, alike in types.items():
        for number in bins:
            cell[kind, number] = model.var(low=float(held[kind][number]), high=float(len(alike)))
            known.append(float(start[kind][number]))
        model.row({cell[kind, number]: 1.0 for number in bins}, float(len(alike)), float(len(alike)))
    for number, size in enumerate(sizes):
        model.row({cell[kind, number]: 1.0 for kind in types}, float(size), float(size))
    total = sum(sizes)
    for place, family in enumerate(families):
        by_mark = defaultdict(list)
        for kind in types:
            by_mark[kind[place]].append(kind)
        for kinds in by_mark.values():
            count = sum(len(types[kind]) for kind in kinds)
            if count == 1:
                continue  # one person is in one bin, however it is dealt
            for number, size in enumerate(sizes):
                due, now = count * size / total, sum(start[kind][number] for kind in kinds)
                low, high = floor(due + 1e-9), ceil(due - 1e-9)
                over = model.var(cost=family.weight, whole=False)
                under = model.var(cost=family.weight, whole=False)
                known += [float(max(0, now - high)), float(max(0, low - now))]
                terms = {cell[kind, number]: 1.0 for kind in kinds}
                model.row({**terms, over: -1.0}, high=float(high))
                model.row({**terms, under: 1.0}, low=float(low))
    answer = model.solve(seconds=seconds, start=known)
    counts = {kind: [round(answer.values[cell[kind, number]]) for number in bins] for kind in types}
    return counts, answer.proven


def _seat(types, counts, fixed) -> dict[int, int]:
    """Alike people take the places of their type in turn; who is fixed has one already."""
    seats = {}
    for kind, alike in types.items():
        left = Counter(dict(enumerate(counts[kind])))
        left.subtract(fixed[person.id] for person in alike if person.id in fixed)
        places = iter([number for number in sorted(left) for _ in range(left[number])])
        for person in alike:
            seats[person.id] = fixed[person.id] if person.id in fixed else next(places)
    return seats
