"""积分台账: what the records of a year are worth under the scheme in force, posted as lines that only grow."""

from collections.abc import Iterable
from datetime import datetime


def post(committee: int, year: int, *, members: Iterable[int] | None = None, at: datetime) -> int:
    """Bring the ledger of these members (or all) up to what their records give now; returns how many lines were added.

    Nothing happens while no scheme is in force; a frozen year stays as it is.
    """
    return 0
