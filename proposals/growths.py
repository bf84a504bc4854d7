"""What may grow out of a micro-proposal, told by those who make it: they register here, its page only links.

A growth has a button for who may use it, and the things that a micro-proposal has come to, as far as one may see them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from proposals.models import MicroProposal
from proposals.offers import Action

__all__ = ["Action", "Grown", "Growth", "actions", "grown", "register"]


@dataclass(frozen=True)
class Grown:
    """One thing that was made of it; `url` is empty where the person may not open it."""

    on: date
    noun: str
    title: str
    tone: str
    state: str
    url: str = ""


@dataclass(frozen=True)
class Growth:
    """`offer(user, micro)` gives the button or None; `follow(user, micro)` what there is already."""

    kind: str
    offer: Callable[..., Action | None]
    follow: Callable[..., list[Grown]]


GROWTHS: dict[str, Growth] = {}


def register(growth: Growth) -> None:
    """Called when the project starts; the same kind again takes the place of the first."""
    GROWTHS[growth.kind] = growth


def actions(user, micro: MicroProposal) -> list[Action]:
    """What `user` may make of `micro` now, what it asks for first; a visitor nothing."""
    if not user.is_authenticated:
        return []
    found = [action for growth in GROWTHS.values() if (action := growth.offer(user, micro))]
    return sorted(found, key=lambda action: not action.main)


def grown(user, micro: MicroProposal) -> list[Grown]:
    """Everything that grew out of it and that `user` may know of, oldest first."""
    return sorted((one for growth in GROWTHS.values() for one in growth.follow(user, micro)), key=lambda one: one.on)
