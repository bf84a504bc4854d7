"""Step 1: keys that cannot be divided (sectors, places) into committees, as even in size and party mix as can be."""

import math
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass

from members.grouping.problem import Key
from members.grouping.solver import Model

TOLERANCE = 0.04  # of party share that a committee may be off before it costs; groups add their own rounding
RUNS, STEPS = 4, 150_000
AT_ONCE = 60  # so many pairs of key and committee HiGHS settles at once


@dataclass(frozen=True)
class Load:
    """How many people a key brings, and how many of them are party members."""

    size: int
    party: int


class _Board:
    """Keys on committees, with the sums kept while keys move."""

    def __init__(self, loads: dict[Key, Load], units: list[int], share: float | None):
        self.loads, self.units, self.share = loads, units, share
        self.mean = sum(load.size for load in loads.values()) / len(units)
        self.of: dict[Key, int] = {}
        self.size, self.party = dict.fromkeys(units, 0), dict.fromkeys(units, 0)

    def put(self, key, unit):
        load, before = self.loads[key], self.of.get(key)
        if before is not None:
            self.size[before] -= load.size
            self.party[before] -= load.party
        self.of[key] = unit
        self.size[unit] += load.size
        self.party[unit] += load.party

    def off(self, size, party) -> float:
        """How many party members a committee like this has too many or too few, beyond the tolerance."""
        return 0.0 if self.share is None else max(0.0, abs(party - self.share * size) - TOLERANCE * size)

    def tension(self, size, party) -> float:
        """How far such a committee is from the mean and from the mix; squares, to descend on."""
        return (size - self.mean) ** 2 + 4 * self.off(size, party) ** 2

    def cost(self) -> float:
        """People between the largest and the smallest committee, and party members out of the mix."""
        off = sum(self.off(self.size[unit], self.party[unit]) for unit in self.units)
        return max(self.size.values()) - min(self.size.values()) + off


def place(
    loads: dict[Key, Load], units: Iterable[int], allowed: dict[Key, list[int]], *, share: float | None, seconds: float
) -> tuple[dict[Key, int], bool]:
    """Key → committee, and whether no better one exists. `share` is the party share to keep, None where it is all one.

    Every key has at least one committee in `allowed`.
    """
    began, units = time.monotonic(), list(units)
    bound, best = _bound(loads, len(units)), _filled(loads, units, allowed, share)
    runs = RUNS if sum(map(len, allowed.values())) > AT_ONCE else 0
    for run in range(runs):
        if best.cost() <= bound + 1e-9 or time.monotonic() - began > seconds:
            break
        board = _annealed(_filled(loads, units, allowed, share), allowed, bound, random.Random(run))
        best = min(best, board, key=_Board.cost)
    if best.cost() <= bound + 1e-9:
        return dict(best.of), True
    return _prove(best, allowed, began + seconds - time.monotonic())


def _bound(loads, count) -> int:
    """No spread is smaller: one person where the sum does not divide, more where one key alone is above the mean."""
    total, largest = sum(load.size for load in loads.values()), max(load.size for load in loads.values())
    beside = (total - largest) // (count - 1) if count > 1 else largest
    return max(1 if total % count else 0, largest - beside if largest > total / count else 0)


def _filled(loads, units, allowed, share) -> _Board:
    """The largest key first, each to the emptiest committee it may go to."""
    board = _Board(loads, units, share)
    for key in sorted(loads, key=lambda key: (-loads[key].size, key.kind, str(key.id))):
        board.put(key, min(allowed[key], key=lambda unit: (board.size[unit], units.index(unit))))
    return board


def _annealed(board, allowed, bound, chance) -> _Board:
    """Moves and swaps that also go uphill while it is warm; the best board that was met."""
    movable = [key for key in board.of if len(allowed[key]) > 1]
    if not movable:
        return board
    may, loads, draw = {key: frozenset(allowed[key]) for key in movable}, board.loads, chance.random
    best, cost = dict(board.of), board.cost()
    heat, cooling = max(board.mean, 1.0), (0.5 / max(board.mean, 1.0)) ** (1 / STEPS)
    for _ in range(STEPS):
        heat *= cooling
        key, other = movable[int(draw() * len(movable))], None
        here = board.of[key]
        if draw() < 0.3:
            there = allowed[key][int(draw() * len(allowed[key]))]
            size, party = loads[key].size, loads[key].party
        else:
            other = movable[int(draw() * len(movable))]
            there = board.of[other]
            if there not in may[key] or here not in may[other]:
                continue
            size, party = loads[key].size - loads[other].size, loads[key].party - loads[other].party
        if here == there:
            continue
        change = (
            board.tension(board.size[here] - size, board.party[here] - party)
            + board.tension(board.size[there] + size, board.party[there] + party)
            - board.tension(board.size[here], board.party[here])
            - board.tension(board.size[there], board.party[there])
        )
        if change > 0 and draw() >= math.exp(-change / heat):
            continue
        board.put(key, there)
        if other is not None:
            board.put(other, here)
        if change < 0 and (found := board.cost()) < cost - 1e-9:
            best, cost = dict(board.of), found
            if cost <= bound + 1e-9:
                break
    for key, unit in best.items():
        board.put(key, unit)
    return board


def _prove(board, allowed, seconds):
    """The same question to HiGHS, from the best board found: better, or proven, or the board again."""
    model, start = Model(), []

    def add(value, **bounds):
        start.append(float(value))
        return model.var(**bounds)

    chosen = {
        (key, unit): add(board.of[key] == unit, high=1.0) for key in board.loads for unit in allowed[key]
    }  # fmt: skip
    largest = add(max(board.size.values()), cost=1.0, whole=False)
    smallest = add(min(board.size.values()), cost=-1.0, whole=False)
    for key in board.loads:
        model.row({chosen[key, unit]: 1.0 for unit in allowed[key]}, 1.0, 1.0)
    for unit in board.units:
        here = {key: index for (key, where), index in chosen.items() if where == unit}
        sizes = {index: float(board.loads[key].size) for key, index in here.items()}
        model.row({**sizes, largest: -1.0}, high=0.0)
        model.row({**sizes, smallest: -1.0}, low=0.0)
        if board.share is None:
            continue
        over = add(board.off(board.size[unit], board.party[unit]), cost=1.0, whole=False)
        for sign in (1, -1):  # ±(party − share × size) ≤ tolerance × size + over
            terms = {
                index: sign * (board.loads[key].party - board.share * board.loads[key].size)
                - TOLERANCE * board.loads[key].size
                for key, index in here.items()
            }
            model.row({**terms, over: -1.0}, high=0.0)
    answer = model.solve(seconds=seconds, start=start)
    return {key: unit for (key, unit), index in chosen.items() if answer.values[index] > 0.5}, answer.proven
