"""What may become of a word of the public, told by the apps that make it: they register here, pages below only link.

A follow-up has a name, a button for who may use it, and the steps that a word has come to since, in public words.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from workstations.models import Word


@dataclass(frozen=True)
class Action:
    """A button on the page of a word: it leads to a form of the app above, filled in from the word."""

    label: str
    url: str


@dataclass(frozen=True)
class Step:
    """One thing that happened to a word, in words that the person who spoke may read; `url` where it is public."""

    on: date
    label: str
    words: str = ""
    tone: str = "info"
    url: str = ""


@dataclass(frozen=True)
class FollowUp:
    """`offer(user, word)` gives the button or None; `follow(words)` gives {key of a word: its steps}.

    `holds(word)` says whether something that grew out of it is under way, so that the word is not free again.
    """

    kind: str
    offer: Callable[..., Action | None]
    follow: Callable[[Iterable[Word]], dict[int, list[Step]]]
    holds: Callable[[Word], bool]


FOLLOW_UPS: dict[str, FollowUp] = {}


def register(follow_up: FollowUp) -> None:
    """Called by an app above when the project starts."""
    FOLLOW_UPS[follow_up.kind] = follow_up


def actions(user, word: Word) -> list[Action]:
    """What `user` may make of `word` now."""
    offered = (follow_up.offer(user, word) for follow_up in FOLLOW_UPS.values())
    return [action for action in offered if action]


def steps(words: Iterable[Word]) -> dict[int, list[Step]]:
    """Everything that grew out of each word, oldest first; one round of statements for all."""
    words = list(words)
    found = {word.pk: [] for word in words}
    for follow_up in FOLLOW_UPS.values():
        for key, told in follow_up.follow(words).items():
            found[key] += told
    return {key: sorted(told, key=lambda step: step.on) for key, told in found.items()}


def is_held(word: Word) -> bool:
    """Whether anything that grew out of `word` is still under way."""
    return any(follow_up.holds(word) for follow_up in FOLLOW_UPS.values())
