"""Tables for office programs: workbooks and CSV, a bold first row, and no cell that such a program would compute."""

import codecs
import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from itertools import chain, islice
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")  # office programs narrow what is wide
NARROWEST, WIDEST = 8, 60  # in Latin letters
LOOKED_AT = 100  # rows that decide how wide a column is
CHECKED_ROWS = 5000  # how far down drop-down lists reach
CHOICES = "可填内容"
BOLD, WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its title, a line `above` the header, the header and the rows, which are taken one by one.

    For a table to be filled in, by the names of columns: `choices` become drop-down lists (in columns `open_to` more,
    other text is allowed too) and a sheet of their own; columns `as_text` keep the zeros in front of a number.
    """

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence]
    above: str = ""
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    open_to: Collection[str] = ()
    as_text: Collection[str] = ()


def workbook(*sheets: Sheet) -> bytes:
    """The bytes of one .xlsx; text stays text, whatever sign it begins with."""
    out = BytesIO()
    save(out, *sheets)
    return out.getvalue()


def save(file: BinaryIO, *sheets: Sheet) -> None:
    """Write one .xlsx row by row, so that a long table needs no memory."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book, sheet)
    book.save(file)


def csv_lines(header: Iterable, rows: Iterable[Iterable]) -> Iterator[bytes]:
    """Line by line a CSV that office programs open as UTF-8; an apostrophe marks text that looks like a formula."""
    writer = csv.writer(_Echo())
    yield codecs.BOM_UTF8
    for row in chain([header], rows):
        yield writer.writerow([_plain(value) for value in row])


class _Echo:
    """A file for csv.writer that keeps nothing: `writerow` returns the line."""

    def write(self, line):
        return line.encode()


def _plain(value):
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def _write(book, sheet):
    page = book.create_sheet("".join(sign for sign in sheet.title if sign not in r"\/*?:[]")[:31])
    rows = iter(sheet.rows)
    first = list(islice(rows, LOOKED_AT))
    for number, name in enumerate(sheet.header, 1):
        column = page.column_dimensions[get_column_letter(number)]
        widest = max(_width(row[number - 1]) for row in [sheet.header, *first] if len(row) >= number)
        column.width = 2 + min(max(widest, NARROWEST), WIDEST)
        if name in sheet.as_text:
            column.number_format = "@"
    page.freeze_panes = f"{'B' if len(sheet.header) > 3 else 'A'}{3 if sheet.above else 2}"
    if sheet.above:
        page.append([_cell(page, sheet.above, wrap=False)])
    page.append([_cell(page, name, bold=True) for name in sheet.header])
    for row in chain(first, rows):
        page.append([_cell(page, value) for value in row])
    if sheet.choices:
        _offer(book, page, sheet)


def _width(value) -> int:
    return 10 if isinstance(value, date) else sum(2 if sign > "\u2000" else 1 for sign in str(value))


def _cell(page, value, *, bold=False, wrap=True):
    if not isinstance(value, str):
        return WriteOnlyCell(page, value)
    cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", str(value)))
    cell.data_type = "s"
    if value.startswith(RISKY):
        cell.quotePrefix = True  # it stays a text also when somebody edits the cell
    if bold:
        cell.font = BOLD
    elif wrap and _width(value) > WIDEST:
        cell.alignment = WRAPPED
    return cell


def _offer(book, page, sheet):
    """Drop-down lists, and what stands in them as a sheet: one column for each list."""
    columns = [[name, *names] for name, names in sheet.choices.items()]
    deepest = max(map(len, columns))
    rows = [[column[row] if row < len(column) else None for column in columns] for row in range(1, deepest)]
    _write(book, Sheet(CHOICES, tuple(sheet.choices), rows))
    for number, (name, *names) in enumerate(columns, 1):
        if not names:
            continue
        source, letter = (get_column_letter(n) for n in (number, list(sheet.header).index(name) + 1))
        rule = DataValidation(
            type="list", formula1=f"'{CHOICES}'!${source}$2:${source}${len(names) + 1}", allow_blank=True,
            showErrorMessage=name not in sheet.open_to,
        )  # fmt: skip
        rule.errorTitle, rule.error = f"不在{CHOICES}里", f"请从下拉列表中选择，或看“{CHOICES}”一张表。"
        rule.add(f"{letter}2:{letter}{CHECKED_ROWS}")
        page.data_validations.append(rule)
