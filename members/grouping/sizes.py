"""How many people each committee and each group should have."""

from collections.abc import Sequence


def even(total: int, at_least: Sequence[int]) -> list[int]:
    """`total` shared out as evenly as the lower bounds allow: those above their bound are within one of each other."""
    sizes = list(at_least)
    for _ in range(total - sum(sizes)):
        sizes[min(range(len(sizes)), key=sizes.__getitem__)] += 1
    return sizes


def group_counts(sizes: dict[int, int], *, fewest: int, most: int, needed: dict[int, int]) -> dict[int, int]:
    """How many groups each committee has, so that all groups of all committees are as alike in size as can be.

    `needed` is the highest group number somebody was put into by hand. Ties go to the middle of the range.
    """
    choices = {
        unit: range(max(min(fewest, size), needed.get(unit, 1), 1), max(min(most, size), needed.get(unit, 1), 1) + 1)
        for unit, size in sizes.items()
    }
    middle, best = (fewest + most) / 2, None
    for smallest in {sizes[unit] // count for unit in sizes for count in choices[unit]}:
        chosen = _not_below(smallest, sizes, choices, middle)
        if chosen is None:
            continue
        largest = max(-(-sizes[unit] // count) for unit, count in chosen.items())
        off_middle = sum(abs(count - middle) for count in chosen.values())
        if best is None or (largest - smallest, off_middle, smallest) < best[0]:
            best = (largest - smallest, off_middle, smallest), chosen
    return best[1] if best else {}


def _not_below(smallest, sizes, choices, middle) -> dict[int, int] | None:
    """For each committee the count whose groups are no smaller than `smallest` and otherwise as small as can be."""
    chosen = {}
    for unit, size in sizes.items():
        fitting = [count for count in choices[unit] if size // count >= smallest]
        if not fitting:
            return None
        chosen[unit] = min(fitting, key=lambda count: (-(-size // count), abs(count - middle)))
    return chosen
