"""What a plan looks like in numbers, and each seat's reason in words."""

from collections import Counter, defaultdict

from members.grouping.problem import Plan, Problem

POINTS = 10  # of party share that a group may be off the whole


def report(problem: Problem, plan: Plan) -> dict:
    """Sizes and mixes by committee and group, spreads, who is not covered; plain JSON."""
    groups, units = defaultdict(list), defaultdict(list)
    for person in problem.people:
        if person.id in plan.seats:
            groups[plan.seats[person.id]].append(person)
            units[plan.seats[person.id][0]].append(person)
    share = _percent(sum(p.is_party for p in problem.people), len(problem.people))
    rows = [
        {
            "unit": unit.id,
            "name": unit.name,
            **_mix(units[unit.id]),
            "keys": _keys(units[unit.id]),
            "groups": [
                {"number": number, **_mix(groups[unit.id, number])}
                for number in range(1, plan.groups.get(unit.id, 0) + 1)
            ],
        }
        for unit in problem.units
    ]
    sizes = [group["size"] for row in rows for group in row["groups"]]
    off = [abs(group["share"] - share) for row in rows for group in row["groups"] if group["size"]]
    inside = [
        max(g["size"] for g in row["groups"]) - min(g["size"] for g in row["groups"]) for row in rows if row["groups"]
    ]
    by_unit = [row["size"] for row in rows]
    names = {person.id: person.name for person in problem.people}
    return {
        "total": len(problem.people),
        "seated": len(plan.seats),
        "party_share": share,
        "units": rows,
        "unit_spread": max(by_unit) - min(by_unit),
        "group_spread": max(sizes) - min(sizes),
        "group_spread_inside": max(inside),
        "party_off": round(max(off), 1),
        "party_within": max(off) <= POINTS,
        "uncovered": [{"member": id, "name": names[id], "why": why} for id, why in plan.uncovered.items()],
        "best_of_units": plan.is_best_of_units,
        "best_of_groups": plan.is_best_of_groups,
        "seconds": plan.seconds,
    }


def reasons(problem: Problem, plan: Plan) -> dict[int, str]:
    """Why each person sits where the plan puts him, as one sentence; who was fixed by hand keeps his own reason."""
    names = {unit.id: unit.name for unit in problem.units}
    inside = defaultdict(list)
    for person in problem.people:
        if person.id in plan.seats:
            inside[plan.seats[person.id]].append(person)
    words = {}
    for (unit, number), people in inside.items():
        party, specialties = Counter(p.is_party for p in people), Counter(p.specialty for p in people)
        for person in people:
            if person.id in problem.fixed:
                party[person.is_party] -= 1
        for person in people:
            if person.id in problem.fixed:
                continue
            lacking = f"第 {number} 组还缺 {party[person.is_party]} 名{'中共党员' if person.is_party else '党外委员'}"
            party[person.is_party] -= 1
            if not problem.mixes:
                lacking = f"第 {number} 组按人数均衡"
            if problem.spreads and person.specialty and specialties[person.specialty] == 1:
                lacking += f"，也没有“{person.specialty}”专长"
            words[person.id] = f"{_into(problem, person, names[unit])}；{lacking}"
    return words


def _into(problem, person, unit) -> str:
    if person.key in problem.allowed:
        return f"{person.key.name}归口{unit}"
    return f"逐人均衡编入{unit}" if problem.is_free else f"{person.key.name}整体划入{unit}"


def _mix(people) -> dict:
    party = sum(person.is_party for person in people)
    standing = sum(person.is_standing for person in people)
    return {"size": len(people), "party": party, "standing": standing, "share": _percent(party, len(people))}


def _keys(people) -> list[dict]:
    counted = Counter(person.key for person in people)
    return [{"kind": k.kind, "id": k.id, "name": k.name, "size": n} for k, n in counted.most_common()]


def _percent(part, whole) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
