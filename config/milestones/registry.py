"""What each kind of milestone means: the words for it, and the function that knows what is to happen."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tell:
    """Put this notice into each recipient's inbox, and count the milestone as done."""

    recipients: frozenset[int] | set[int] | list[int] | tuple[int, ...]
    kind: str
    title: str
    body: str = ""
    url: str = ""


@dataclass(frozen=True)
class Skip:
    """Tell nobody, and keep the reason: the matter is done already, nobody is to be told …"""

    reason: str


@dataclass(frozen=True)
class Done:
    """The handler did what was to be done itself, in the same transaction."""

    note: str = ""


@dataclass(frozen=True)
class Handler:
    decide: Callable
    label: str
    circles: dict[str, str] = field(default_factory=dict)


HANDLERS: dict[str, Handler] = {}


def handler(kind: str, *, label: str, circles: dict[str, str] | None = None):
    """Register fn(milestones, at) -> {milestone pk: Tell | Skip | Done} for `kind`.

    It gets all due milestones of the kind at once. Where it raises, whatever it wrote is undone, the milestones are
    tried one by one, and the failing ones come again later.
    """

    def register(decide):
        HANDLERS[kind] = Handler(decide, label, circles or {})
        return decide

    return register


def label_of(kind: str) -> str:
    return HANDLERS[kind].label if kind in HANDLERS else kind


def circle_label(kind: str, circle: str) -> str:
    return HANDLERS[kind].circles.get(circle, circle) if kind in HANDLERS else circle
