"""A map without borders and coordinates: places as tiles in the order of their codes, the larger the more they hold.

Pure functions: names and weights in, rectangles and labels out; nothing here knows the database or the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

SUFFIXES = (
    "街道办事处", "居民委员会", "村民委员会", "办事处", "居委会", "村委会", "街道", "社区",
    "镇", "乡", "村", "县", "区", "市",
)  # fmt: skip
LEAST_SHARE = 0.4  # of the average weight: a small place stays large enough to be met with a finger
STEPS = ((1.0, "full"), (0.8, "most"), (0.5, "half"), (0.000001, "some"), (0.0, "none"))
"""Share covered from which on a tile is drawn so; the least share above nothing at all is “some”."""


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    def inside(self, *, top: float = 0, by: float = 0) -> "Rect":
        """The part left within a margin `by` on each side, and `top` more above."""
        return Rect(
            self.x + by, self.y + by + top, max(0, self.width - 2 * by), max(0, self.height - 2 * by - top)
        )  # fmt: skip


@dataclass(frozen=True)
class Place:
    """What is drawn: a name, how much it holds, how much of it is covered (0 to 1, None for nothing to cover)."""

    name: str
    weight: float
    share: float | None
    words: str = ""
    url: str = ""
    marks: tuple[tuple[str, int], ...] = ()
    is_silent: bool = False
    parts: tuple["Place", ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of text in a tile, in the middle at `x`, on the base line `y`."""

    kind: str
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Tile:
    place: Place
    rect: Rect
    step: str
    lines: list[Line]
    tiles: list["Tile"] = field(default_factory=list)


@dataclass(frozen=True)
class Drawing:
    """A map, `width` by `height` in its own units; `type_size` is that of its labels."""

    width: int
    height: int
    tiles: list[Tile]


def draw(places: Sequence[Place], width: int, height: int, *, type_size: float, with_parts: bool) -> Drawing:
    """Each place a block; with its parts inside it, under its name, or without them."""
    tiles = []
    for place, rect in zip(places, strips([place.weight for place in places], Rect(0, 0, width, height)), strict=True):
        block = rect.inside(by=2 if with_parts else 1)
        head = type_size * 1.6
        if not (with_parts and place.parts and block.height > 2.2 * head):
            tiles.append(_tile(place, block, type_size))
            continue
        line = _fit(f"{short(place.name)} {percent(place.share)}", block.width, type_size)
        lines = [Line("head", line, block.x + block.width / 2, block.y + type_size * 1.2)] if line else []
        inner = block.inside(top=head)
        cells = strips([part.weight for part in place.parts], inner)
        parts = [_tile(part, cell, type_size) for part, cell in zip(place.parts, cells, strict=True)]
        tiles.append(Tile(place, block, step(place.share), lines, parts))
    return Drawing(width, height, tiles)


def strips(weights: Sequence[float], box: Rect) -> list[Rect]:
    """Rectangles that fill `box`, in the order given, their areas after the weights: rows of nearly square tiles.

    Another tile joins a row as long as that brings the tiles of the row nearer to squares. Weights below
    LEAST_SHARE of the average count as that much.
    """
    if not weights:
        return []
    least = max(LEAST_SHARE * sum(weights) / len(weights), 0.000001)
    raised = [max(weight, least) for weight in weights]
    scale = box.width * box.height / sum(raised)
    rows = _rows([weight * scale for weight in raised], box.width)
    found, y = [], box.y
    for row in rows:
        height = sum(row) / box.width if box.width else 0
        x = box.x
        for area in row:
            width = area / height if height else 0
            found.append(Rect(x, y, width, height))
            x += width
        y += height
    return found


def _rows(areas, width):
    rows = [[]]
    for area in areas:
        row = rows[-1]
        if row and _stretch([*row, area], width) > _stretch(row, width):
            rows.append([area])
        else:
            row.append(area)
    if len(rows) > 1 and _stretch(rows[-2] + rows[-1], width) < max(
        _stretch(rows[-2], width), _stretch(rows[-1], width)
    ):
        last = rows.pop()
        rows[-1] += last
    return rows


def _stretch(row, width) -> float:
    """How far from square the tiles of a row are on the average; 1 is square."""
    height = sum(row) / width if width else 0
    if not height:
        return 1
    return sum(max(area / height / height, height * height / area) for area in row) / len(row)


def step(share: float | None) -> str:
    """The name of the pattern for a share; “empty” where there is nothing to cover."""
    if share is None:
        return "empty"
    return next(name for least, name in STEPS if share >= least)


def percent(share: float | None) -> str:
    """The share as whole per cent, rounded down so that 100% is everything and 0% is nothing."""
    if share is None:
        return "–"
    return f"{max(1, int(share * 100)) if share else 0}%"


def short(name: str) -> str:
    """A name without what its kind is called, as long as two characters are left."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


def _tile(place, rect, type_size) -> Tile:
    """The name, the share and the marks of the stations, as far as they fit; the whole name is in the words."""
    texts = [
        ("label", _fit(short(place.name), rect.width, type_size)),
        ("value", _fit(percent(place.share), rect.width, type_size)),
        ("marks", _fit(" ".join(f"{mark}{number}" for mark, number in place.marks), rect.width, type_size)),
    ]
    texts = [(kind, text) for kind, text in texts if text]
    texts = texts[: int((rect.height - type_size * 0.3) / (type_size * 1.25))]
    middle, pitch = rect.x + rect.width / 2, type_size * 1.25
    first = rect.y + (rect.height - pitch * len(texts)) / 2 + type_size
    lines = [Line(kind, text, middle, first + pitch * n) for n, (kind, text) in enumerate(texts)]
    return Tile(place, rect, step(place.share), lines)


def _fit(text, width, type_size) -> str:
    """`text` as far as it goes into `width`; a label is cut, numbers are left out rather than cut."""
    room = (width - type_size * 0.4) / type_size
    if _length(text) <= room:
        return text
    if any(sign.isascii() for sign in text):
        return ""
    return f"{text[: int(room) - 1]}…" if room >= 3 else ""


def _length(text) -> float:
    return sum(0.6 if sign.isascii() else 1 for sign in text)
