"""Tables from outside: .xlsx with everything that hides in it, .csv in the usual encodings, pasted text."""

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from config.documents.sheet import RISKY
from config.uploads.checks import IS_WHAT_IT_SAYS, MEGABYTE

MOST_ROWS, MOST_COLUMNS, HEADER_WITHIN, MOST_TOLD = 20_000, 100, 10, 30
MOST_UNPACKED = 32 * MEGABYTE  # a cell costs several times its bytes once it is read
UNREAD = ("", "序号", "编号")


class Formula(str):
    """What a cell holds that only a spreadsheet program can work out."""


class Broken(str):
    """An error value such as #N/A."""


@dataclass(frozen=True)
class Shape:
    """What a table is to look like.

    `key` is the column by which a header is known; `column_of` says which column the text of a header cell names.
    With `order` a header is not needed: without one the columns stand in this order, with `by_place` always.
    Rows for which `skips` is true (given the cells by column) are passed over.
    """

    key: str
    column_of: Callable[[str], str | None]
    most: int
    order: Sequence[str] = ()
    by_place: bool = False
    skips: Callable[[dict], bool] = lambda cells: False
    noun: str = "表格"
    empty: str = "没有读到内容，请一行一条填写。"
    no_header: str = ""

    def known(self, cells) -> list:
        return [self.column_of(str(cell).strip()) for cell in cells]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: the row as the spreadsheet numbers it (None: the whole file) and the column's name."""

    words: str
    row: int | None = None
    column: str = ""

    def __str__(self):
        where = f"第 {self.row} 行：" if self.row else ""
        return f"{where}“{self.column}”{self.words}" if where and self.column else where + self.words


@dataclass
class Line:
    """One filled row: the cells of the known columns (blank ones left out), and what is wrong with its shape."""

    row: int
    cells: dict[str, object]
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Table:
    """A table as it stands in the file; with `faults` nothing of it can be used."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    epoch: int = 1900
    places: dict[int, str] = field(default_factory=dict)  # columns by their place, 0 is the first

    @property
    def problems(self) -> list[str]:
        """Everything wrong in words, at most so many that a person can read."""
        return told([str(fault) for faults in (self.faults, *(line.faults for line in self.lines)) for fault in faults])


def told(problems: list[str]) -> list[str]:
    """The first problems, and how many others there are."""
    more = [f"另有 {len(problems) - MOST_TOLD} 处，请先改好上面的。"] if len(problems) > MOST_TOLD else []
    return [*problems[:MOST_TOLD], *more]


def read(content: bytes, name: str, shape: Shape) -> Table:
    """Read a file that is named .xlsx or .csv; everything that is wrong stands in the table."""
    try:
        table = _book(content, shape) if name.lower().endswith(".xlsx") else _text(_of_csv(_decoded(content)), shape)
    except Unreadable as problem:
        return Table(faults=[Fault(str(problem))])
    return _counted(table, shape)


def pasted(words: str, shape: Shape) -> Table:
    """Read what was copied out of a spreadsheet (tabs) or typed with commas, also Chinese ones."""
    try:
        return _counted(_text(_of_paste(words), shape), shape)
    except Unreadable as problem:
        return Table(faults=[Fault(str(problem))])


def _counted(table, shape):
    if not table.lines and not table.faults:
        table.faults.append(Fault(shape.empty))
    if len(table.lines) > shape.most:
        words = f"一次最多导入 {shape.most} 行，这里有 {len(table.lines)} 行，请分几次。"
        table.faults.append(Fault(words))
    return table


class Unreadable(Exception):
    """The file gives no lines at all; the message says why."""


# --- workbooks ---------------------------------------------------------------------------------------------------


def _book(content, shape) -> Table:
    book = _opened(content)
    starts = {sheet: _header(_rows(sheet), shape) for sheet in book.worksheets}
    fitting = [sheet for sheet, start in starts.items() if start]
    seen = [sheet for sheet in fitting if sheet.sheet_state == "visible"]
    faults = [
        Fault(f"工作表“{sheet.title}”是隐藏的，里面也有{shape.noun}。请取消隐藏并核对，或删除这张表。")
        for sheet in fitting
        if sheet not in seen
    ]
    if not fitting and shape.order:
        seen = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:1]
    if not seen:
        raise Unreadable(faults[0].words if faults else _no_header(shape))
    if len(seen) > 1:
        names = "、".join(f"“{sheet.title}”" for sheet in seen)
        raise Unreadable(f"有 {len(seen)} 张工作表都像{shape.noun}：{names}。请只留一张，其余另存。")
    (sheet,) = seen
    if sheet.max_row > MOST_ROWS:
        raise Unreadable(f"工作表“{sheet.title}”有 {sheet.max_row} 行。如果后面都是空行，请删除空行后再上传。")
    table = _table(_rows(sheet), starts[sheet], shape)
    table.epoch = 1904 if book.epoch.year == 1904 else 1900
    hidden = [other for other in book.worksheets if other.sheet_state != "visible" and other not in fitting]
    if hidden:
        table.notes.append(f"隐藏的工作表{'、'.join(f'“{other.title}”' for other in hidden)}没有读取。")
    table.faults += faults
    _look_behind(sheet, starts[sheet], table)
    return table


def _opened(content):
    """The workbook of a package that is whole, and small enough to be unpacked in memory."""
    unfit = Unreadable("这个文件无法作为 Excel 工作簿打开，请用 Excel 或 WPS 另存为 .xlsx 后再上传。")
    if not IS_WHAT_IT_SAYS[".xlsx"](content):
        raise unfit
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(member.file_size for member in package.infolist()) > MOST_UNPACKED:
            raise Unreadable("这个工作簿展开后太大，请删除空行、图片和无关的工作表，或分成几个文件。")
    try:
        return load_workbook(io.BytesIO(content), keep_links=False)
    except Exception:  # whatever a reader throws at a broken or hostile file
        raise unfit from None


def _rows(sheet):
    """Rows that hold anything: `iter_rows` would make every blank cell up to one that lies far out."""
    width = min(sheet.max_column, MOST_COLUMNS)
    held = defaultdict(lambda: [""] * width)
    for (row, column), cell in sheet._cells.items():
        if column <= width:
            held[row][column - 1] = _value(cell)
    return sorted(held.items())


def _value(cell):
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        return Formula(getattr(cell.value, "text", cell.value) or "=")
    return Broken(cell.value) if cell.data_type == "e" else cell.value


def _look_behind(sheet, start, table):
    """Name hidden rows and columns, and merged cells: what the person may not have seen, or sees otherwise."""
    places = {number + 1: column for number, column in table.places.items()}
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


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in words:
            return words
    raise Unreadable("认不出文件的文字编码，请另存为 UTF-8 编码的 CSV，或 .xlsx。")


def _of_csv(words):
    first = words.partition("\n")[0]
    return csv.reader(io.StringIO(words, newline=""), delimiter="\t" if first.count("\t") > first.count(",") else ",")


def _of_paste(words):
    """Tabs part the cells of a row that has any; a row without is parted by commas."""
    if "\t" not in words:
        return csv.reader(io.StringIO(words.replace("，", ",")))
    rows = csv.reader(io.StringIO(words), delimiter="\t")
    return (row if len(row) != 1 else next(csv.reader([row[0].replace("，", ",")])) for row in rows)


def _text(rows, shape) -> Table:
    try:
        rows = [[_typed(cell) for cell in row[:MOST_COLUMNS]] for row in islice(rows, MOST_ROWS + 1)]
    except csv.Error:
        raise Unreadable("文字里的引号或换行有误，请用 Excel 或 WPS 另存为 .xlsx 后再上传。") from None
    if len(rows) > MOST_ROWS:
        raise Unreadable(f"文件超过 {MOST_ROWS} 行。如果后面都是空行，请删除空行后再上传。")
    numbered = list(enumerate(rows, 1))
    start = _header(numbered, shape)
    if not start and not shape.order:
        raise Unreadable(_no_header(shape))
    return _table(numbered, start, shape)


def _typed(cell: str):
    """A formula is one also in a CSV; an apostrophe before it says that it is text."""
    if cell[:1] == "'" and cell[1:].startswith(RISKY):
        return cell[1:]
    return Formula(cell) if cell.startswith("=") else cell


# --- both --------------------------------------------------------------------------------------------------------


def _header(rows, shape) -> int:
    """The number of the row that names the key and one more column; 0: none. Without need of it, only on top."""
    for number, cells in islice(rows, HEADER_WITHIN):
        known = {*shape.known(cells)} - {None}
        if shape.key in known and (shape.order or len(known) > 1):
            return number
        if shape.order and any(map(_filled, cells)):
            break
    return 0


def _no_header(shape):
    return f"前 {HEADER_WITHIN} 行里没有找到表头：{shape.no_header}可以先下载模板对照。"


def _table(rows: Iterable[tuple[int, list]], start: int, shape: Shape) -> Table:
    """Lines below row `start`, the header; all of them where there is none."""
    table = Table(places=dict(enumerate(shape.order)))
    for row, values in rows:
        if row == start and not shape.by_place:
            _name_places(table, row, values, shape)
        if row <= start:
            continue
        cells = {column: values[at] for at, column in table.places.items() if at < len(values) and _filled(values[at])}
        if not cells or shape.skips(cells):
            continue
        line = Line(row, cells, [*_unfit(row, cells)])
        if (not start or shape.by_place) and any(map(_filled, values[len(shape.order) :])):
            line.faults.append(Fault(f"格数太多，一行最多 {len(shape.order)} 格：{'、'.join(shape.order)}。", row))
        table.lines.append(line)
    return table


def _name_places(table, row, header, shape):
    table.places = {}
    for number, (cell, column) in enumerate(zip(header, shape.known(header), strict=True)):
        if column is None:
            if str(cell).strip() not in UNREAD:
                table.notes.append(f"“{str(cell).strip()}”一列不认识，没有读取。")
        elif column in table.places.values():
            table.faults.append(Fault(f"“{column}”有两列，请只留一列。", row, f"{get_column_letter(number + 1)} 列"))
        else:
            table.places[number] = column


def _filled(value) -> bool:
    return isinstance(value, Formula | Broken) or bool(str(value).strip())


def _unfit(row, cells):
    for column, value in cells.items():
        if isinstance(value, Formula):
            yield Fault("这一格是公式，请复制后“选择性粘贴”为数值。", row, column)
        elif isinstance(value, Broken):
            yield Fault(f"这一格是错误值 {value}，请改正。", row, column)
