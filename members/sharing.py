"""What can be attached to a shared practice and copied by another committee: each app names its own kinds (row 104)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from members.roles import Permission


@dataclass(frozen=True)
class Shareable:
    """One kind of thing: `offered(committee)` gives the queryset of its own rows, `export(row)` a JSON snapshot.

    `make(committee, payload, by=, at=)` makes a draft or inactive copy there and returns it (with get_absolute_url);
    `permission` is what somebody needs in that committee; `lines(payload)` says in words what the snapshot holds.
    """

    label: str
    offered: Callable
    export: Callable
    make: Callable
    permission: Permission
    lines: Callable[[dict], Iterable[str]]


_KINDS: dict[str, Shareable] = {}


def register(
    kind: str, *, label: str, offered, export, make, permission=Permission.REFERENCE_MANAGE, lines=lambda payload: ()
) -> None:
    """Called when the project starts; `kind` is kept in rows and never changes."""
    _KINDS[kind] = Shareable(label, offered, export, make, permission, lines)


def kinds() -> dict[str, Shareable]:
    return dict(_KINDS)


def of(kind: str) -> Shareable | None:
    """None for no kind, and for one that nobody knows any longer."""
    return _KINDS.get(kind)
