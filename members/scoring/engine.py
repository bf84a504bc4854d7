"""From facts to points: one pass over what a member did in the year, deterministic to the cent (domain 6.2, 6.3)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from members.facts import Mark, Share
from members.models.scoring import Applies, Dimension, Sum
from members.scoring.rules import NOTHING, Group, Item, Requirement, Rules

CENT = Decimal("0.01")
WHOLE = "总分"  # what the lines of the scheme's own cap and floor stand under


class Told(NamedTuple):
    """One record of the year, as far as points depend on it."""

    id: int
    on: date
    fact: str
    detail: str
    mark: str
    share: str
    sharers: int
    quantity: Decimal
    key: str


class Line(NamedTuple):
    """Points of one record under one item; without record a start, cap or floor, without item that of the group."""

    group: str
    item: str
    record: int | None
    points: Decimal
    dimension: str
    words: str


class Sums(NamedTuple):
    points: Decimal
    counted: Decimal
    quality: Decimal


def score(rules: Rules, facts: Iterable[Told], *, is_standing: bool) -> list[Line]:
    """The lines that these facts of one member and year give under `rules`; their sum is the score."""
    taken, lines = defaultdict(list), []
    for fact in sorted(facts, key=_in_order):
        for item in _takers(rules, fact.fact, fact.detail, fact.mark, fact.share):
            taken[item].append(fact)
    for group in rules.groups:
        lines += _of_group(group, taken, is_standing)
    return lines + _within(lines, WHOLE, "", rules.cap, rules.floor)


@lru_cache(maxsize=5_000)
def _takers(rules: Rules, fact: str, detail: str, mark: str, share: str) -> tuple[Item, ...]:
    """The items that take such a fact; a year has few different ones."""
    return tuple(item for group in rules.groups for item in group.items if item.takes(fact, detail, mark, share))


def summed(lines: Iterable[Line]) -> Sums:
    counted = quality = NOTHING
    for line in lines:
        if line.dimension == Dimension.QUALITY:
            quality += line.points
        else:
            counted += line.points
    return Sums(counted + quality, counted, quality)


def excuse(facts: Iterable[Told], leaves: Iterable[tuple]) -> list[Told]:
    """During an approved long leave (from, to or None) nobody is absent: such marks count as excused."""
    leaves = list(leaves)
    return [fact._replace(mark=Mark.EXCUSED) if _excused(fact, leaves) else fact for fact in facts]


def done(requirement: Requirement, facts: Iterable[Told]) -> int:
    """How many of `facts` meet the requirement."""
    return sum(requirement.takes(fact.fact, fact.detail, fact.mark, fact.share) for fact in facts)


def _in_order(fact):
    return fact.on, fact.id


def _excused(fact, leaves):
    return fact.mark in (Mark.LEAVE, Mark.ABSENT) and any(
        since <= fact.on and (until is None or fact.on <= until) for since, until in leaves
    )


def _of_group(group: Group, taken: dict[Item, list[Told]], is_standing: bool) -> list[Line]:
    raw = {item: _of_item(item, taken.get(item, ())) for item in group.items if _applies(item, is_standing)}
    if group.sum == Sum.HIGHEST_PER_EVENT:
        raw = _best_of_each_event(raw)
    items = []
    for item, found in raw.items():
        lines = [Line(group.name, item.name, fact.id, points, item.dimension, words) for fact, points, words in found]
        items.append(lines + _within(lines, group.name, item.name, item.cap, item.floor))
    if group.sum == Sum.HIGHEST and items:
        items = [max(items, key=lambda lines: sum((line.points for line in lines), NOTHING))]
    lines = [line for lines in items for line in lines]
    if group.base:
        lines.insert(0, Line(group.name, "", None, group.base, Dimension.COUNT, f"起始 {plain(group.base)} 分"))
    return lines + _within(lines, group.name, "", group.cap, group.floor)


def _applies(item, is_standing):
    return item.applies_to == Applies.ALL or (item.applies_to == Applies.STANDING) == is_standing


def _of_item(item: Item, facts: Iterable[Told]) -> list[tuple[Told, Decimal, str]]:
    """What each fact brings: the first few skipped, the last ones beyond the number that counts left out."""
    found = []
    for fact in facts:
        points, words = _worth(item, fact.mark, fact.share, fact.sharers, fact.quantity)
        if points and not (points < 0 and fact.mark == Mark.EXCUSED):
            found.append((fact, points, words))
    end = None if item.count_at_most is None else item.skip_first + item.count_at_most
    return found[item.skip_first : end]


@lru_cache(maxsize=20_000)
def _worth(item: Item, mark: str, share: str, sharers: int, quantity: Decimal) -> tuple[Decimal, str]:
    """Points and words for one fact of this mark and share."""
    points, words = item.points, [Mark(mark).label] if mark not in ("", Mark.PRESENT) else []
    if item.by_quantity:
        points *= quantity
        words.append(f"{plain(item.points)} 分 × {plain(quantity)}")
    if share == Share.JOINT and item.rest_is_split:
        others = max(1, sharers)
        points = points * (100 - item.first_percent) / 100 / others
        words.append(f"{Share.JOINT.label}，{others} 人均分其余 {100 - item.first_percent}%")
    else:
        percent = _percent(item, share)
        points = points * percent / 100
        if share != Share.SOLE:
            words.append(f"{Share(share).label}，计 {percent}%")
    return points.quantize(CENT, ROUND_HALF_UP), "；".join(words)


def _percent(item, share):
    return {
        Share.FIRST: item.first_percent,
        Share.JOINT: item.joint_percent,
        Share.WRITER: item.writer_percent,
        Share.PARTICIPANT: item.participant_percent,
    }.get(share, 100)


def _best_of_each_event(raw):
    """Of the records with one key only the one that brings most; the earlier item where two bring the same."""
    best = {}
    for item, found in raw.items():
        for fact, points, _ in found:
            if fact.key not in best or points > best[fact.key][0]:
                best[fact.key] = (points, item, fact.id)
    return {item: [row for row in found if best[row[0].key][1:] == (item, row[0].id)] for item, found in raw.items()}


def _within(lines: list[Line], group: str, item: str, cap: Decimal | None, floor: Decimal | None) -> list[Line]:
    """The lines that bring the sum of `lines` under its cap or up to its floor.

    What is cut off is taken from the number of deeds first: quality is kept as long as possible (row 22).
    """
    if cap is None and floor is None:
        return []
    points, counted, _ = summed(lines)
    if cap is not None and points > cap:
        over, words = points - cap, f"封顶 {plain(cap)} 分"
        from_count = min(over, max(counted, NOTHING))
        parts = [(Dimension.COUNT, from_count), (Dimension.QUALITY, over - from_count)]
        return [Line(group, item, None, -part, dimension, words) for dimension, part in parts if part]
    if floor is not None and points < floor:
        return [Line(group, item, None, floor - points, Dimension.COUNT, f"保底 {plain(floor)} 分")]
    return []


def plain(number: Decimal) -> str:
    """7.50 as 7.5, 10.00 as 10."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
