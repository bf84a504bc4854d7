"""协商平台矩阵: open stations of a committee by kind and level, and what of towns, villages and sectors they cover
(rows 24, 26, 64, 93, 144)."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q

from members.models import Body, BodyKind, Committee, Region, RegionLevel
from members.models.regions import DIGITS
from workstations.models import StationKind, Workstation

AWAY = "away"
LEVELS = {
    "city": ("市级以上", (RegionLevel.PROVINCE, RegionLevel.CITY)),
    "county": ("县级", (RegionLevel.COUNTY,)),
    "town": ("乡镇（街道）", (RegionLevel.TOWN,)),
    "village": ("村（社区）", (RegionLevel.VILLAGE, RegionLevel.GRID)),
}
"""Where a station stands inside the committee's region, from the top."""
GROUPS = (BodyKind.ZONE, BodyKind.ACTIVITY_GROUP)
"""片区工委、委员活动小组 belong to the matrix as well (row 144); they are bodies, not places."""


def of_level(stations, level: str, region: Region):
    """Those of `stations` that stand on one level inside `region`, or away from it."""
    low, high = region.span
    inside = Q(region__gte=low, region__lt=high)
    if level == AWAY:
        return stations.exclude(inside)
    return stations.filter(inside, region__level__in=LEVELS[level][1])


@dataclass(frozen=True)
class Cell:
    """How many, the words of the list's address that show them, and of what."""

    number: int
    query: str
    label: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]
    total: Cell
    towns: int


@dataclass(frozen=True)
class Matrix:
    levels: list[tuple[str, str, int]]
    rows: list[Row]
    total: int
    demonstrating: int
    towns: int
    towns_covered: int
    villages: int
    villages_covered: int
    sectors: list[tuple[Body, int]]
    groups: list[tuple[str, int]]
    lower: list[tuple[Committee, int]]

    @property
    def formula(self) -> str:
        """As places say it, from the top: 1+9+34."""
        return "+".join(str(number) for code, _, number in self.levels if code != AWAY)

    @property
    def sectors_covered(self) -> int:
        return sum(number > 0 for _, number in self.sectors)


def matrix(committee: Committee) -> Matrix:
    """Six statements, however many stations there are."""
    region = committee.region
    found = Workstation.objects.open().filter(committee=committee).order_by()
    rows = list(found.values_list("kind", "region", "region__level", "sector", "demonstration_since"))
    placed = [(kind, _level(region, code, level), code, level) for kind, code, level, *_ in rows]
    counts = Counter((kind, where) for kind, where, *_ in placed)
    shown = [code for code in [*LEVELS, AWAY] if any(where == code for _, where in counts)]
    below = Region.objects.within(region).in_force().order_by()
    below = dict(below.filter(level__in=[4, 5]).values_list("level").annotate(Count("pk")))
    inside = [row for row in placed if row[1] != AWAY]
    return Matrix(
        levels=[(code, label_of(code), sum(counts[kind, code] for kind in StationKind)) for code in shown],
        rows=[_row(kind, shown, counts, inside) for kind in StationKind if any(kind == one for one, _ in counts)],
        total=len(rows),
        demonstrating=sum(since is not None for *_, since in rows),
        towns=below.get(RegionLevel.TOWN, 0),
        towns_covered=len(_covered(inside, RegionLevel.TOWN)),
        villages=below.get(RegionLevel.VILLAGE, 0),
        villages_covered=len(_covered(inside, RegionLevel.VILLAGE)),
        sectors=_sectors(committee, Counter(sector for *_, sector, _ in rows)),
        groups=_groups(committee),
        lower=_lower(committee),
    )


def label_of(level: str) -> str:
    return "辖区以外" if level == AWAY else LEVELS[level][0]


def _level(region, code, level) -> str:
    if not region.contains(code):
        return AWAY
    return next(name for name, (_, levels) in LEVELS.items() if level in levels)


def _covered(placed, level) -> set[str]:
    """The divisions of `level` in which (or below which) one of `placed` stands."""
    return {code[: DIGITS[level]] for _, _, code, stands in placed if stands >= level}


def _row(kind, shown, counts, inside) -> Row:
    cells = [Cell(counts[kind, one], urlencode({"kind": kind, "level": one}), label_of(one)) for one in shown]
    towns = _covered([row for row in inside if row[0] == kind], RegionLevel.TOWN)
    total = Cell(sum(cell.number for cell in cells), urlencode({"kind": kind}))
    return Row(kind.label, cells, total, len(towns))


def _sectors(committee, counts) -> list[tuple[Body, int]]:
    """Those without a station first, so that a gap is seen."""
    sectors = Body.objects.filter(committee=committee, kind=BodyKind.SECTOR, is_active=True, is_sensitive=False)
    found = [(sector, counts[sector.pk]) for sector in sectors.order_by("position", "pk")]
    return sorted(found, key=lambda row: row[1] > 0)


def _groups(committee) -> list[tuple[str, int]]:
    bodies = Body.objects.filter(committee=committee, kind__in=GROUPS, is_active=True).order_by()
    counts = dict(bodies.values_list("kind").annotate(Count("pk")))
    return [(kind.label, counts[kind]) for kind in GROUPS if counts.get(kind)]


def _lower(committee) -> list[tuple[Committee, int]]:
    """The committees below, each with its open stations."""
    counted = Count("workstations", filter=Q(workstations__is_open=True))
    return [(one, one.open_stations) for one in committee.lower.annotate(open_stations=counted).order_by("region")]


def features(stations) -> list[tuple[str, list[Workstation]]]:
    """一站一特色: each feature with its stations, in one statement; a feature of several comes first (row 158)."""
    by_feature = {}
    for station in stations.exclude(feature="").select_related("region__parent").order_by("feature", "pk"):
        by_feature.setdefault(station.feature.strip(), []).append(station)
    return sorted(by_feature.items(), key=lambda row: (-len(row[1]), row[0]))
