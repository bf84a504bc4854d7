"""The whole plan: allot members to counties, then inside each county specialists first, then everybody near home."""

import time
from collections import Counter
from collections.abc import Callable

from workstations.posting.balance import bounds
from workstations.posting.counties import allot, by_county
from workstations.posting.dealing import deal
from workstations.posting.problem import Plan, Problem, Seat
from workstations.posting.specialists import match

NOBODY = "无人可派：本县没有委员，上级委员也没有可以支援的"
NOWHERE = "可以服务的范围里没有网格或村"


def plan(problem: Problem, *, tell: Callable[[int, int], None] = lambda done, total: None) -> Plan:
    """Every target somebody, every member something, loads of a county within one of each other; hands stay.

    Where there are at most as many members as targets, each target has one member; otherwise each member one target.
    `tell(counties done, counties in all)` is called after each county. Raises Unsolved.
    """
    started = time.monotonic()
    crews, nowhere = allot(problem)
    grouped = by_county(problem.targets)
    found = Plan([*problem.fixed], {worker.id: NOWHERE for worker in nowhere}, {})
    loads = Counter(seat.worker for seat in problem.fixed)
    taken = Counter(seat.code for seat in problem.fixed)
    for worker in nowhere:
        if loads[worker.id]:
            del found.idle[worker.id]
    for done, county in enumerate(sorted(grouped), start=1):
        targets, crew = grouped[county], crews[county]
        if crew:
            found.seats += _county(problem, targets, crew, loads, taken)
        else:
            found.uncovered |= {target.code: NOBODY for target in targets if not taken[target.code]}
        tell(done, len(grouped))
    found.seconds = round(time.monotonic() - started, 2)
    return found


def _county(problem, targets, crew, loads, taken) -> list[Seat]:
    """What people fixed counts as load and as cover; the rest is shared out around it."""
    waiting = [worker.id for worker in crew if not loads[worker.id]]
    uncovered = [target.code for target in targets if not taken[target.code]]
    if len(waiting) <= len(uncovered):
        hands = bounds({worker.id: loads[worker.id] for worker in crew}, len(uncovered))
        slots = dict.fromkeys(uncovered, (1, 1))
    else:
        hands = dict.fromkeys(waiting, (1, 1))
        slots = bounds({target.code: taken[target.code] for target in targets}, len(waiting))
    workers, places = {worker.id: worker for worker in crew}, {target.code: target for target in targets}
    matched = match(problem, workers, places, hands, slots)
    hands, slots = _less(hands, [seat.worker for seat in matched]), _less(slots, [seat.code for seat in matched])
    return matched + deal(workers, places, hands, slots)


def _less(bounds, spent):
    """The bounds that remain when so much of them is spent."""
    gone = Counter(spent)
    return {key: (max(0, low - gone[key]), high - gone[key]) for key, (low, high) in bounds.items()}
