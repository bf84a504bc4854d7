"""定等: points to ranks, ranks and points to grades. Nothing here reads or writes the database."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from members.models import GradeBand


def ranks(points: Mapping[int, Decimal]) -> dict[int, int]:
    """Member → rank; who has the same points shares the rank, and the next one is counted behind all of them."""
    placed, rank = {}, 0
    before = None
    for number, (member, value) in enumerate(sorted(points.items(), key=lambda row: -row[1]), start=1):
        rank = rank if value == before else number
        placed[member], before = rank, value
    return placed


def band(bands: Sequence[GradeBand], points: Decimal, rank: int, of: int, *, held_below: bool = False) -> GradeBand:
    """The first of `bands` that fits, the last where none does; who is held below never has the first of several."""
    open_bands = bands[1:] if held_below and len(bands) > 1 else bands
    return next((one for one in open_bands if _fits(one, points, rank, of)), open_bands[-1])


def _fits(one, points, rank, of) -> bool:
    """A share of people is rounded down: 15 % of 30 members are 4."""
    enough = one.at_least is None or points >= one.at_least
    among_best = one.best_percent is None or rank <= of * one.best_percent // 100
    return enough and among_best
