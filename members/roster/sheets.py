"""A roster file as lines: .xlsx with everything that hides in it, .csv in the usual encodings."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from members.roster.columns import EXAMPLE_MARK, Column, column_of, plain

MOST_LINES, MOST_ROWS, MOST_COLUMNS, HEADER_WITHIN = 10_000, 20_000, 100, 10
DANGEROUS = ("=", "+", "-", "@")


class Formula(str):
    """What a cell holds that only a spreadsheet program can work out."""


class Broken(str):
    """An error value such as #N/A."""


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: the row as the spreadsheet numbers it (None: the whole file) and the column's name."""

    words: str
    row: int | None = None
    column: str = ""


@dataclass
class Line:
    """One filled row: the cells of the known columns (blank ones left out), and what is wrong with its shape."""

    row: int
    cells: dict[Column, object]
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Table:
    """A roster as it stands in the file; with `faults` nothing of it can be loaded."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    epoch: int = 1900


def read(content: bytes, name: str) -> Table:
    """Read a file that is named .xlsx or .csv; everything that is wrong stands in the table."""
    try:
        table = read_book(content) if name.lower().endswith(".xlsx") else read_text(content)
    except Unreadable as problem:
        return Table(faults=[Fault(str(problem))])
    if not table.lines and not table.faults:
        table.faults.append(Fault("表头下面没有一位委员。请从表头的下一行开始，一人一行填写。"))
    if len(table.lines) > MOST_LINES:
        table.faults.append(Fault(f"文件有 {len(table.lines)} 行，一次最多导入 {MOST_LINES} 行，请分成几个文件。"))
    return table


class Unreadable(Exception):
    """The file gives no lines at all; the message says why."""


# --- workbooks ---------------------------------------------------------------------------------------------------


def read_book(content: bytes) -> Table:
    try:
        book = load_workbook(io.BytesIO(content), keep_links=False)
    except Exception:  # whatever a reader throws at a broken or hostile file
        raise Unreadable("这个文件无法作为 Excel 工作簿打开，请用 Excel 或 WPS 另存为 .xlsx 后再上传。") from None
    rosters = [sheet for sheet in book.worksheets if _header(_top(sheet)) is not None]
    seen = [sheet for sheet in rosters if sheet.sheet_state == "visible"]
    faults = [
        Fault(f"工作表“{sheet.title}”是隐藏的，里面也有花名册。请取消隐藏并核对，或删除这张表。")
        for sheet in rosters
        if sheet not in seen
    ]
    if not seen:
        raise Unreadable(faults[0].words if faults else _no_header())
    if len(seen) > 1:
        names = "、".join(f"“{sheet.title}”" for sheet in seen)
        raise Unreadable(f"有 {len(seen)} 张工作表都像花名册：{names}。请只留一张，其余另存。")
    sheet = seen[0]
    if sheet.max_row > MOST_ROWS:
        raise Unreadable(f"工作表“{sheet.title}”有 {sheet.max_row} 行。如果后面都是空行，请删除空行后再上传。")
    start = _header(_top(sheet))
    table = _table(_rows(sheet, min_row=start))
    table.epoch = 1904 if book.epoch.year == 1904 else 1900
    hidden = [other for other in book.worksheets if other.sheet_state != "visible" and other not in rosters]
    if hidden:
        table.notes.append(f"隐藏的工作表{'、'.join(f'“{other.title}”' for other in hidden)}没有读取。")
    table.faults += faults
    _look_behind(sheet, start, table)
    return table


def _top(sheet):
    return list(_rows(sheet, max_row=min(HEADER_WITHIN, sheet.max_row)))


def _rows(sheet, **span):
    for row in sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS), **span):
        yield row[0].row, [_value(cell) for cell in row]


def _value(cell):
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        return Formula(getattr(cell.value, "text", cell.value) or "=")
    return Broken(cell.value) if cell.data_type == "e" else cell.value


def _look_behind(sheet, start, table):
    """Name hidden rows and columns, and merged cells: what the person may not have seen, or sees otherwise."""
    places = {number: column for number, cell in enumerate(sheet[start], 1) if (column := column_of(str(cell.value)))}
    by_row = {line.row: line for line in table.lines}
    hidden = {row for row, look in sheet.row_dimensions.items() if look.hidden}
    for line in table.lines:
        if line.row in hidden:
            line.faults.append(Fault("这一行是隐藏的，请取消隐藏并核对，或删除这一行。", line.row))
    for look in sheet.column_dimensions.values():
        for number in range(look.min or 0, (look.max or 0) + 1) if look.hidden else ():
            if number in places:
                table.faults.append(Fault(f"“{places[number]}”一列是隐藏的，请取消隐藏并核对。", column=places[number]))
    for merged in sheet.merged_cells.ranges:
        met = [number for number in range(merged.min_col, merged.max_col + 1) if number in places]
        if met and merged.min_row <= start <= merged.max_row:
            words = f"表头里有合并单元格 {merged.coord}，请取消合并，让每一列有自己的表头。"
            table.faults.append(Fault(words, start, places[met[0]]))
        elif met:
            for row in range(merged.min_row, merged.max_row + 1):
                if row in by_row:
                    words = f"这里有合并单元格 {merged.coord}，请取消合并，逐行填写。"
                    by_row[row].faults.append(Fault(words, row, places[met[0]]))


# --- text --------------------------------------------------------------------------------------------------------


def read_text(content: bytes) -> Table:
    words = _decoded(content)
    first = words.splitlines()[0] if words.strip() else ""
    sign = "\t" if first.count("\t") > first.count(",") else ","
    try:
        rows = csv.reader(io.StringIO(words, newline=""), delimiter=sign)
        rows = [(number, [_typed(cell) for cell in row[:MOST_COLUMNS]]) for number, row in enumerate(rows, 1)]
    except csv.Error:
        raise Unreadable("这个 CSV 文件的引号或换行有误，请用 Excel 或 WPS 另存为 .xlsx 后再上传。") from None
    start = _header(rows[:HEADER_WITHIN])
    if start is None:
        raise Unreadable(_no_header())
    return _table(rows[start - 1 :])


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in words:
            return words
    raise Unreadable("认不出文件的文字编码，请另存为 UTF-8 编码的 CSV，或 .xlsx。")


def _typed(cell: str):
    """A formula is one also in a CSV; an apostrophe before it says that it is text."""
    if cell[:1] == "'" and cell[1:2] in DANGEROUS:
        return cell[1:]
    return Formula(cell) if cell.startswith("=") else cell


# --- both --------------------------------------------------------------------------------------------------------


def _header(rows) -> int | None:
    """The number of the row that names at least the person and one more column."""
    for number, cells in rows:
        known = {column_of(str(cell)) for cell in cells} - {None}
        if Column.NAME in known and len(known) > 1:
            return number
    return None


def _no_header():
    return f"前 {HEADER_WITHIN} 行里没有找到表头：要有“姓名”一列，以及手机号、界别等列。可以先下载模板对照。"


def _table(rows: Iterable[tuple[int, list]]) -> Table:
    """Lines below the header, which is the first of `rows`."""
    rows, table = iter(rows), Table()
    at, header = next(rows)
    places = {}
    for number, cell in enumerate(header):
        column = column_of(str(cell))
        if column is None:
            if plain(str(cell)) not in ("", "序号", "编号"):
                table.notes.append(f"“{str(cell).strip()}”一列不认识，没有读取。")
        elif column in places.values():
            table.faults.append(Fault(f"“{column}”有两列，请只留一列。", at, f"{get_column_letter(number + 1)} 列"))
        else:
            places[number] = column
    for row, values in rows:
        cells = {column: values[at] for at, column in places.items() if at < len(values) and _filled(values[at])}
        if not cells or str(cells.get(Column.NAME, "")).strip().startswith(EXAMPLE_MARK):
            continue
        table.lines.append(Line(row, cells, [*_unfit(row, cells)]))
    return table


def _filled(value) -> bool:
    return isinstance(value, Formula | Broken) or bool(str(value).strip())


def _unfit(row, cells):
    for column, value in cells.items():
        if isinstance(value, Formula):
            yield Fault("这一格是公式，请复制后“选择性粘贴”为数值。", row, column)
        elif isinstance(value, Broken):
            yield Fault(f"这一格是错误值 {value}，请改正。", row, column)
