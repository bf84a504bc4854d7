"""What is asked and what is answered."""

from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Key:
    """What goes into one committee as a whole: a sector or a place, with the name that people know."""

    kind: str
    id: Hashable
    name: str


@dataclass(frozen=True)
class Unit:
    """A special committee, or the office as one."""

    id: int
    name: str


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    key: Key
    sector: str
    is_party: bool
    is_standing: bool
    specialty: str = ""


@dataclass(frozen=True)
class Problem:
    """`allowed` are the standing 归口 of keys, `fixed` the seats (unit, group) that people set by hand."""

    people: tuple[Person, ...]
    units: tuple[Unit, ...]
    fewest: int = 3
    most: int = 5
    is_free: bool = False
    mixes: bool = True
    spreads: bool = True
    allowed: dict[Key, frozenset[int]] = field(default_factory=dict)
    fixed: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def party_share(self) -> float:
        """Of all members, from 0 to 1."""
        return sum(person.is_party for person in self.people) / max(len(self.people), 1)


@dataclass
class Plan:
    """Person → (unit, group); who has no seat and why; whether it is proven that there is no better plan."""

    seats: dict[int, tuple[int, int]]
    groups: dict[int, int]
    uncovered: dict[int, str]
    is_best_of_units: bool
    is_best_of_groups: bool
    seconds: float
