"""The columns of the two tables: what they are called here, and what else people call them."""

import unicodedata
from enum import StrEnum

from config.documents import tables
from config.documents.cells import text
from config.documents.sheet import csv_lines
from config.documents.tables import Shape, Table
from workstations.models import ImportOf

EXAMPLE_MARK = "示例"
"""A row whose first text begins with this is the template's own and is not read."""

WHOLE_VILLAGE = "（全村）"
"""How the ledger names a village that members serve as a whole; no grid, so it is not read back."""


class Column(StrEnum):
    CODE = "网格代码"
    NAME = "网格名称"
    PLACE = "所属村（社区）"
    KIND = "类别"
    FIELD = "领域"
    WARDEN = "网格员"
    HOUSEHOLDS = "户数"
    RESIDENTS = "人数"


class Seat(StrEnum):
    MEMBER = "委员"
    NUMBER = "委员证号"
    PLACE = "网格代码"
    WHY = "依据"


ALIASES = {
    Column.CODE: ["网格编码", "网格编号", "网格代码(15位)"],
    Column.NAME: ["网格", "名称"],
    Column.PLACE: [
        "所属村", "所属社区", "村", "社区", "村(社区)", "所属村(社区)代码或名称", "村代码", "村(社区)代码",
        "所属村社区", "村名", "社区名称", "所在村(社区)",
    ],
    Column.KIND: ["网格类别", "网格类型", "类型"],
    Column.FIELD: ["专属领域", "所属领域"],
    Column.WARDEN: ["网格长", "专职网格员", "网格员姓名"],
    Column.HOUSEHOLDS: ["户", "家庭户数", "总户数"],
    Column.RESIDENTS: ["人口", "人口数", "常住人口", "总人数"],
}  # fmt: skip
SEAT_ALIASES = {
    Seat.MEMBER: ["姓名", "委员姓名", "名字"],
    Seat.NUMBER: ["证号", "委员证", "委员编号"],
    Seat.PLACE: ["网格编码", "网格编号", "网格", "村代码", "网格或村代码", "网格（村）代码", "网格代码或村代码"],
    Seat.WHY: ["派驻依据", "原因", "说明"],
}


def plain(text: str) -> str:
    """As headers and names are compared: one width, no spaces, no marks for needed columns."""
    return "".join(unicodedata.normalize("NFKC", text).split()).strip("*:")


_GRIDS = {plain(word): column for column in Column for word in (column.value, *ALIASES[column])}
_SEATS = {plain(word): column for column in Seat for word in (column.value, *SEAT_ALIASES[column])}

SHAPES = {
    ImportOf.GRIDS: Shape(
        key=Column.NAME,
        column_of=lambda header: _GRIDS.get(plain(header)),
        most=20_000,
        skips=lambda cells: str(cells.get(Column.NAME, "")).strip().startswith((EXAMPLE_MARK, WHOLE_VILLAGE)),
        noun="网格表",
        empty="表头下面没有一个网格。请从表头的下一行开始，一个网格一行填写。",
        no_header="要有“网格名称”一列，以及所属村（社区）等列。",
    ),
    ImportOf.POSTINGS: Shape(
        key=Seat.PLACE,
        column_of=lambda header: _SEATS.get(plain(header)),
        most=20_000,
        skips=lambda cells: str(cells.get(Seat.MEMBER, "")).strip().startswith(EXAMPLE_MARK),
        noun="派驻表",
        empty="表头下面没有一行派驻。请从表头的下一行开始，一位委员进一个网格写一行。",
        no_header="要有“网格代码”一列，以及委员姓名或委员证号。",
    ),
}


def as_csv(table: Table) -> bytes:
    """What was read, each row where it stood, to be read again in a moment; for tables without a fault."""
    header = list(dict.fromkeys(column for line in table.lines for column in line.cells))
    first = table.lines[0].row - 1
    by_row = {line.row: [text(line.cells.get(column, "")) for column in header] for line in table.lines}
    rows = (by_row.get(row, []) for row in range(first + 1, table.lines[-1].row + 1))
    blank = b"\r\n" * (first - 1)
    return blank + b"".join(csv_lines(header, rows))


def read(content: bytes, name: str, of: str) -> Table:
    """Read a file that is named .xlsx or .csv; everything that is wrong stands in the table."""
    return tables.read(content, name, SHAPES[of])
