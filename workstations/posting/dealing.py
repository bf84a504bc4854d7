"""Inside a county: how many go from home town to town (a transport problem), then each member a run of neighbours."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping

from workstations.posting.problem import Seat, Target, Worker, why
from workstations.posting.transport import send

STAY, UNKNOWN, MOVE, NEAR = 0.0, 0.6, 1.0, 0.5
"""Costs of a seat: in the home town, of somebody without a home, elsewhere, and how much farther may cost more."""


def deal(workers: Mapping[int, Worker], targets: Mapping[str, Target], hands, slots) -> list[Seat]:
    """One seat for each unit sent. `hands` and `slots` are member → and target → (at least, at most)."""
    homes = {number: workers[number].town for number in hands}
    sent = _between_towns(homes, {code: targets[code].town for code in slots}, hands, slots)
    going, coming = Counter(), Counter()
    for (home, town), amount in sent.items():
        going[home] += amount
        coming[town] += amount
    left = {}
    for home, crew in _groups(homes).items():
        left |= _shared(crew, hands, going[home], first=lambda number: (not workers[number].village, number))
    free = _open_slots(workers, targets, slots, coming)
    seats = []
    for (home, town), amount in sorted(sent.items(), key=lambda part: (part[0][0] != part[0][1], part[0])):
        crew = [number for number in sorted(left) if homes[number] == home and left[number]]
        seats += _deal_town(workers, targets, crew, left, free[town], amount)
    return seats


def _groups(keys: Mapping) -> dict[str, list]:
    found = defaultdict(list)
    for key, group in keys.items():
        found[group].append(key)
    return dict(sorted(found.items()))


def _between_towns(homes, towns, hands, slots) -> dict[tuple[str, str], int]:
    """(home town, town) → seats. Towns near by code cost less than far ones; two moves more than any one."""
    order = {town: place for place, town in enumerate(sorted({*homes.values(), *towns.values()}))}
    costs = {
        (home, town): _cost(home, town, abs(order[home] - order[town]) / len(order))
        for home in _groups(homes)
        for town in _groups(towns)
    }
    return send(_summed(homes, hands), _summed(towns, slots), costs)


def _cost(home, town, far):
    if home == town:
        return STAY
    return MOVE + NEAR * far if home else UNKNOWN


def _summed(groups, bounds):
    found = {}
    for key, group in groups.items():
        low, high = found.get(group, (0, 0))
        found[group] = low + bounds[key][0], high + bounds[key][1]
    return found


def _shared(keys: Iterable, bounds, amount, *, first) -> dict:
    """Key → how many, between its bounds and `amount` together; who gets one more is decided by `first`."""
    shares = {key: bounds[key][0] for key in keys}
    more = amount - sum(shares.values())
    for key in sorted(shares, key=first):
        extra = min(more, bounds[key][1] - bounds[key][0])
        shares[key] += extra
        more -= extra
    return shares


def _open_slots(workers, targets, slots, coming) -> dict[str, list[str]]:
    """Town → its seats in the order of codes, a target as often as it gets somebody; more where members live."""
    living = Counter(worker.village for worker in workers.values() if worker.village)
    found = {}
    for town, codes in _groups({code: targets[code].town for code in slots}).items():
        shares = _shared(codes, slots, coming[town], first=lambda code: (-living[targets[code].village], code))
        found[town] = [code for code in sorted(codes) for _ in range(shares[code])]
    return found


def _deal_town(workers, targets, crew, left, free, amount) -> list[Seat]:
    """`amount` of the free seats to `crew`: first in their own villages, then runs of neighbours; both shrink."""
    seats = []

    def sit(number, code):
        left[number] -= 1
        free.remove(code)
        seats.append(Seat(number, code, why(workers[number], targets[code])))

    by_village = defaultdict(list)
    for code in free:
        by_village[targets[code].village].append(code)
    for number in crew:
        own = by_village.get(workers[number].village, [])
        while own and left[number] and len(seats) < amount:
            sit(number, own.pop(0))
    known = deque(sorted((n for n in crew if workers[n].village), key=lambda n: (workers[n].village, n)))
    others = deque(n for n in crew if not workers[n].village)
    number = None
    for code in free[: amount - len(seats)]:
        while number is None or not left[number]:
            near = known and (not others or workers[known[0]].village <= targets[code].village)
            number = (known if near else others).popleft()
        sit(number, code)
    return seats
