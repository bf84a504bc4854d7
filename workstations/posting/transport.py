"""Sending amounts from places to places at the least cost: a linear programme whose corners are whole numbers."""

from collections.abc import Hashable, Mapping

from members.grouping.solver import Model
from workstations.posting.problem import Unsolved

SECONDS = 20.0  # for one county, which takes some hundredths

Bounds = Mapping[Hashable, tuple[int, int]]


def send(sources: Bounds, sinks: Bounds, costs: Mapping[tuple, float], *, most: float = float("inf")) -> dict:
    """(source, sink) → amount, between the bounds of each; only along the pairs that have a cost, `most` on each.

    The rows of such a programme are those of a network, so a corner of it is whole. Raises Unsolved when the bounds
    cannot be met.
    """
    if not costs:
        if any(low for low, _ in (*sources.values(), *sinks.values())):
            raise Unsolved("nothing can be sent")
        return {}
    model = Model()
    variables = {pair: model.var(high=most, cost=cost, whole=False) for pair, cost in costs.items()}
    for place, side in ((0, sources), (1, sinks)):
        terms = {key: {} for key in side}
        for pair, variable in variables.items():
            terms[pair[place]][variable] = 1.0
        for key, (low, high) in side.items():
            model.row(terms[key], float(low), float(high))
    answer = model.solve(seconds=SECONDS)
    if answer.values is None or not answer.proven:
        raise Unsolved("no answer in time")
    return {pair: amount for pair, variable in variables.items() if (amount := round(answer.values[variable]))}
