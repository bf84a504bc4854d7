"""What each kind of milestone means: the words for it, and the function that knows what is to happen."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.apps import apps


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
    matters: Callable | None = None


HANDLERS: dict[str, Handler] = {}


def handler(kind: str, *, label: str, circles: dict[str, str] | None = None, matters: Callable | None = None):
    """Register fn(milestones, at) -> {milestone pk: Tell | Skip | Done} for `kind`.

    It gets all due milestones of the kind at once. Where it raises, whatever it wrote is undone and the halves are
    tried, until what is at fault stands alone; that comes again later. `circles` gives the words for each circle;
    `matters(user)` the queryset of subjects to name in the register, by default their model's `visible_to(user)`.
    """

    def register(decide):
        HANDLERS[kind] = Handler(decide, label, circles or {}, matters)
        return decide

    return register


def label_of(kind: str) -> str:
    return HANDLERS[kind].label if kind in HANDLERS else kind


def circle_label(kind: str, circle: str) -> str:
    return HANDLERS[kind].circles.get(circle, circle) if kind in HANDLERS else circle


def matters(kind: str, subject_type: str, user):
    """The subjects of `kind` that `user` may see, or None where nobody has said how to tell."""
    if kind in HANDLERS and HANDLERS[kind].matters:
        return HANDLERS[kind].matters(user)
    manager = apps.get_model(subject_type)._default_manager
    return manager.visible_to(user) if hasattr(manager, "visible_to") else None
