"""Which county each member serves: the own one; of an upper committee home first, then where need is greatest."""

from collections import defaultdict

from workstations.posting.problem import Problem, Target, Worker


def by_county(targets) -> dict[str, list[Target]]:
    found = defaultdict(list)
    for target in sorted(targets, key=lambda target: target.code):
        found[target.county].append(target)
    return dict(found)


def allot(problem: Problem) -> tuple[dict[str, list[Worker]], list[Worker]]:
    """County → its members, for every county with targets; and those who may serve in none of them."""
    needs = {county: len(targets) for county, targets in by_county(problem.targets).items()}
    crews: dict[str, list[Worker]] = {county: [] for county in needs}
    later, nowhere = [], []
    for worker in sorted(problem.workers, key=lambda worker: worker.id):
        if not any(county.startswith(worker.bound) for county in needs):
            nowhere.append(worker)
        elif worker.county in needs and worker.county.startswith(worker.bound):
            crews[worker.county].append(worker)
        else:
            later.append(worker)
    for worker in sorted(later, key=lambda worker: (-len(worker.bound), worker.id)):  # who may choose least goes first
        open_to = [county for county in needs if county.startswith(worker.bound)]
        crews[max(open_to, key=lambda county: (needs[county] / (len(crews[county]) + 1), county))].append(worker)
    _borrow(needs, crews)
    return crews, nowhere


def _borrow(needs, crews):
    """A county without anybody gets members of upper committees, until nobody can be spared or it bears no more."""
    fair = sum(needs.values()) / max(1, sum(map(len, crews.values())))
    for county in sorted(county for county, crew in crews.items() if not crew):
        while not crews[county] or needs[county] / len(crews[county]) > fair:
            lenders = [
                other
                for other, crew in crews.items()
                if len(crew) > 1
                and needs[other] / (len(crew) - 1) < needs[county] / max(1, len(crews[county]))
                and any(county.startswith(worker.bound) for worker in crew)
            ]
            if not lenders:
                break
            lender = min(lenders, key=lambda other: (needs[other] / len(crews[other]), other))
            free = [worker for worker in crews[lender] if county.startswith(worker.bound)]
            lent = min(free, key=lambda worker: (bool(worker.county), -worker.id))
            crews[lender].remove(lent)
            crews[county].append(lent)
