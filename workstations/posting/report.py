"""A plan in numbers, from its seats alone, so that the same is said after a change by hand."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from workstations.posting.problem import COUNTY, TOWN, Plan, Problem, Reach, reach

MOST_NAMED = 200

Row = tuple[int, str, int, bool]  # member, code, reach, by hand


def report(problem: Problem, plan: Plan) -> dict:
    """The figures, and what only the planner knows: who has no home, no seat, which targets have nobody, seconds."""
    homes = {worker.id: worker.home for worker in problem.workers}
    rows = [(seat.worker, seat.code, reach(homes.get(seat.worker, ""), seat.code), seat.by_hand) for seat in plan.seats]
    homeless = [worker.id for worker in problem.workers if not worker.county]
    told = {
        "members": len(problem.workers),
        "homeless": homeless[:MOST_NAMED],
        "homeless_count": len(homeless),
        "idle": [{"member": number, "why": why} for number, why in list(plan.idle.items())[:MOST_NAMED]],
        "idle_count": len(plan.idle),
        "uncovered": [{"code": code, "why": why} for code, why in list(plan.uncovered.items())[:MOST_NAMED]],
        "towns": dict(sorted(Counter(target.town for target in problem.targets).items())),
        "seconds": plan.seconds,
    }
    return told | figures(told, rows)


def figures(told: dict, rows: Iterable[Row]) -> dict:
    """What follows from the seats: `told` gives the targets of each town. Loads are seats of a member in a county."""
    towns = {town: {"targets": count, "covered": set(), "seats": 0, "home": 0} for town, count in told["towns"].items()}
    loads, reached, hands, people = defaultdict(Counter), Counter(), 0, set()
    at = Counter()
    for member, code, far, by_hand in rows:
        town = towns.setdefault(code[:TOWN], {"targets": 0, "covered": set(), "seats": 0, "home": 0})
        town["covered"].add(code)
        town["seats"] += 1
        town["home"] += far <= Reach.TOWN
        loads[code[:COUNTY]][member] += 1
        at[code] += 1
        reached[far] += 1
        hands += by_hand
        people.add(member)
    counties = defaultdict(list)
    for code, town in sorted(towns.items()):
        town["covered"] = min(len(town["covered"]), town["targets"])
        counties[code[:COUNTY]].append({"code": code, **town})
    return {
        "seats": sum(reached.values()),
        "by_hand": hands,
        "seated": len(people),
        "targets": sum(told["towns"].values()),
        "covered": sum(town["covered"] for town in towns.values()),
        "reach": {str(int(far)): reached[far] for far in Reach},
        "most_at_one": max(at.values(), default=0),
        "counties": [_county(code, inside, loads[code]) for code, inside in counties.items()],
    }


def _county(code, towns, loads) -> dict:
    summed = {key: sum(town[key] for town in towns) for key in ("targets", "covered", "seats", "home")}
    spread = {"members": len(loads), "least": min(loads.values(), default=0), "most": max(loads.values(), default=0)}
    return {"code": code, **summed, **spread, "towns": towns}
