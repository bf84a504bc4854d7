"""The matrix of coverage as a drawing: which places, with which words, marks and addresses (where: layout.py)."""

from workstations.coverage.layout import Drawing, Place, draw, percent
from workstations.models import StationKind
from workstations.queries.grid_coverage import Matrix, Row

HOMES = {StationKind.MEMBER_HOME, StationKind.RECEPTION_DESK}
ROOMS = {StationKind.COLLECTION_POINT, StationKind.TOPIC_GROUP, StationKind.DELIBERATION_ROOM}
STUDIOS = {
    StationKind.TOWNSHIP_STUDIO, StationKind.SECTOR_STUDIO, StationKind.PERSONAL_STUDIO, StationKind.ONLINE_STUDIO,
}  # fmt: skip
MARKS = [
    ("▲", "委员工作室"),
    ("◆", "委员之家、接待岗"),
    ("●", "征集站、联络组、协商议事室"),
    ("■", "联络站和各类工作站"),
]
MANY = 5
"""One silent target of so many covered ones, or more, is marked."""
LEGEND = [
    ("full", "全部覆盖"),
    ("most", "80% 以上"),
    ("half", "50% 到 80%"),
    ("some", "不到 50%"),
    ("none", "没有覆盖"),
    ("empty", "没有网格和村"),
]


def mark_of(kind: str) -> str:
    """The sign of the group that a kind of station belongs to."""
    for sign, kinds in (("▲", STUDIOS), ("◆", HOMES), ("●", ROOMS)):
        if kind in kinds:
            return sign
    return "■"


def marks_of(tally) -> tuple[tuple[str, int], ...]:
    """(sign, how many stations) of a division, in the order of the legend."""
    counted = dict.fromkeys((sign for sign, _ in MARKS), 0)
    for kind, number in tally.stations.items():
        counted[mark_of(kind)] += number
    return tuple((sign, number) for sign, number in counted.items() if number)


def drawings(matrix: Matrix, address: str) -> list[tuple[str, Drawing]]:
    """(class, drawing) twice: blocks only for a phone, blocks with what lies in them for a desk."""
    places = [_place(row, address) for row in matrix.in_order_of_codes]
    tall = max(220, min(900, 92 * -(-len(places) // 4)))
    high = 300 if len(places) < 4 and not any(place.parts for place in places) else 640
    return [
        ("map-phone", draw(places, 360, tall, type_size=14, with_parts=False)),
        ("map-desk", draw(places, 1120, high, type_size=13, with_parts=True)),
    ]


def _place(row: Row, address: str) -> Place:
    tally = row.tally
    cells = sorted(row.cells, key=lambda cell: cell.region.code)
    return Place(
        name=row.region.name,
        weight=tally.villages or tally.targets,
        share=tally.share,
        words=words(row),
        url=f"{address}?at={row.region.code}" if len(row.region.code) == 12 else "",
        marks=marks_of(tally),
        is_silent=bool(tally.silent) and MANY * tally.silent >= tally.covered,
        parts=tuple(_place(cell, address) for cell in cells),
    )


def words(row: Row) -> str:
    """Everything that a tile shows, in words."""
    tally = row.tally
    said = [f"网格（村）{tally.covered} / {tally.targets} 有委员，{percent(tally.share)}"] if tally.targets else []
    if tally.silent:
        said.append(f"{tally.silent} 个很久没有反馈")
    if tally.members:
        said.append(f"委员 {len(tally.members)} 位")
    said += [f"{kind} {number}" for kind, number in tally.station_kinds]
    return f"{row.region.name}：{'，'.join(said) or '没有网格和村，也没有站点'}"
