"""How many each one gets, so that nobody has two more than another: water poured into uneven vessels."""

from collections.abc import Hashable, Mapping

Bounds = dict[Hashable, tuple[int, int]]


def bounds(held: Mapping[Hashable, int], count: int) -> Bounds:
    """Key → how many more at least and at most, when `count` are shared out to those that hold so many already.

    All ends stand at the same level or one above it, but for those that hold more already. The lower bounds add up
    to at most `count`, the upper ones to at least as much. Empty when there is nobody to share among.
    """
    if not held:
        return {}
    low, high = 0, max(held.values()) + count  # the highest level that `count` fills up
    while low < high:
        middle = (low + high + 1) // 2
        if sum(max(0, middle - has) for has in held.values()) <= count:
            low = middle
        else:
            high = middle - 1
    return {key: (max(0, low - has), max(0, low + 1 - has)) for key, has in held.items()}
