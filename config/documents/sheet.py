"""Tables as .xlsx: plain cells, a bold first row, nothing that an office program would compute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

WIDEST = 40  # characters


@dataclass(frozen=True)
class Sheet:
    """One sheet: its title (at most 31 characters), the header and the rows."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence]


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The bytes of one file; a text that looks like a formula stays a text."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        rows = [list(row) for row in sheet.rows]
        for number, _ in enumerate(sheet.header):
            longest = max((len(str(row[number])) for row in [sheet.header, *rows]), default=0)
            page.column_dimensions[get_column_letter(number + 1)].width = 2 * min(longest, WIDEST) + 2
        page.append([_cell(page, words, bold=True) for words in sheet.header])
        for row in rows:
            page.append([_cell(page, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page, value, *, bold=False):
    cell = WriteOnlyCell(page, value)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
