"""A roster file as lines."""

from config.documents import tables
from config.documents.tables import Fault, Line, Shape, Table
from members.roster.columns import EXAMPLE_MARK, Column, column_of

__all__ = ["Fault", "Line", "Table", "read"]

ROSTER = Shape(
    key=Column.NAME,
    column_of=column_of,
    most=10_000,
    skips=lambda cells: str(cells.get(Column.NAME, "")).strip().startswith(EXAMPLE_MARK),
    noun="花名册",
    empty="表头下面没有一位委员。请从表头的下一行开始，一人一行填写。",
    no_header="要有“姓名”一列，以及手机号、界别等列。",
)


def read(content: bytes, name: str) -> Table:
    """Read a file that is named .xlsx or .csv; everything that is wrong stands in the table."""
    return tables.read(content, name, ROSTER)
