"""What else a person may do with a proposal from its page: each topic registers its own buttons here.

The page of a proposal knows only its own side, the signers'. Review, handing over, supervision and the rest each
register one function when the project starts (from their module of urls), and the page shows what it offers.
"""

from collections.abc import Callable
from dataclasses import dataclass

from proposals.models import Proposal


@dataclass(frozen=True)
class Action:
    """A button that leads to a page; a `main` one is the thing to do now and says `why` in one sentence."""

    label: str
    url: str
    main: bool = False
    why: str = ""


Offer = Callable[..., Action | None]
OFFERS: list[Offer] = []


def register(offer: Offer) -> Offer:
    """Keep `offer(user, proposal)`, which gives an Action or None; the same function is kept once. A decorator too."""
    if offer not in OFFERS:
        OFFERS.append(offer)
    return offer


def actions(user, proposal: Proposal) -> list[Action]:
    """What `user` may do with `proposal` now, the things to do now first; a visitor may do nothing."""
    if not user.is_authenticated:
        return []
    found = [action for offer in OFFERS if (action := offer(user, proposal))]
    return sorted(found, key=lambda action: not action.main)
