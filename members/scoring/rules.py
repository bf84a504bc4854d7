"""The rows of a scheme as frozen values, in the order in which they apply."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from members.facts import THERE, Mark
from members.models import GradeBand, ScoreGroup, ScoreItem, ScoreRequirement, ScoreScheme
from members.models.facts import FactFilter

NOTHING = Decimal(0)


@dataclass(frozen=True, eq=False)  # by identity: two items may take the same facts
class Takes:
    """Which facts count (FactFilter); lists are tuples, an empty one asks nothing."""

    facts: tuple[str, ...]
    details: tuple[str, ...]
    marks: tuple[str, ...]
    shares: tuple[str, ...]

    takes, as_q = FactFilter.takes, FactFilter.as_q


@dataclass(frozen=True, eq=False)
class Item(Takes):
    name: str
    points: Decimal
    by_quantity: bool
    nature: str
    dimension: str
    applies_to: str
    first_percent: int
    joint_percent: int
    rest_is_split: bool
    writer_percent: int
    participant_percent: int
    skip_first: int
    count_at_most: int | None
    cap: Decimal | None
    floor: Decimal | None


@dataclass(frozen=True)
class Group:
    name: str
    base: Decimal
    cap: Decimal | None
    floor: Decimal | None
    sum: str
    items: tuple[Item, ...]


@dataclass(frozen=True, eq=False)
class Requirement(Takes):
    """Whoever is excused has not missed anything: unless marks are named, that counts as done."""

    name: str
    at_least: int
    holds_below: bool


@dataclass(frozen=True)
class Band:
    name: str
    at_least: Decimal | None
    best_percent: int | None
    tone: str


@dataclass(frozen=True, eq=False)
class Rules:
    cap: Decimal | None
    floor: Decimal
    groups: tuple[Group, ...]
    requirements: tuple[Requirement, ...]
    bands: tuple[Band, ...]


def load(scheme: ScoreScheme) -> Rules:
    """The rules of a saved scheme; four queries."""
    items = {}
    for item in ScoreItem.objects.filter(group__scheme=scheme).order_by("position", "pk"):
        items.setdefault(item.group_id, []).append(item)
    groups = [(group, items.get(group.pk, [])) for group in scheme.groups.order_by("position", "pk")]
    return of(scheme, groups, scheme.requirements.order_by("position", "pk"), scheme.bands.order_by("position", "pk"))


def of(
    scheme: ScoreScheme,
    groups: Iterable[tuple[ScoreGroup, Iterable[ScoreItem]]],
    requirements: Iterable[ScoreRequirement] = (),
    bands: Iterable[GradeBand] = (),
) -> Rules:
    """The same from rows that need not be saved, such as a draft on a form."""
    return Rules(
        cap=scheme.cap,
        floor=scheme.floor,
        groups=tuple(
            _frozen(Group, group, items=tuple(_frozen(Item, item) for item in items)) for group, items in groups
        ),
        requirements=tuple(
            _frozen(Requirement, row, marks=tuple(row.marks) or ("", *THERE, Mark.EXCUSED)) for row in requirements
        ),
        bands=tuple(_frozen(Band, row) for row in bands),
    )


def _frozen(shape, row, **given):
    names = [name for name in shape.__dataclass_fields__ if name not in given]
    values = {name: getattr(row, name) for name in names}
    return shape(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}, **given
    )
