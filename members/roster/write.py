"""导出与模板: the same columns as they are read, so that a file which goes out comes back without a change."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from tempfile import TemporaryFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from members.models import Committee, Member, Party
from members.roster.columns import EXAMPLE_MARK, Column
from members.roster.known import Known
from members.roster.sheets import DANGEROUS

WIDTHS = {Column.PHONE: 14, Column.WORK_POST: 32, Column.SPECIALTIES: 24, Column.COMMITTEES: 28, Column.SINCE: 13}
ALLOWED = "可填内容"
CHECKED_ROWS = 5000  # how far down the template's drop-down lists reach
READ_ME = (
    "填写说明：一人一行；姓名、手机号、界别必填。已在本届名单里的人按手机号、再按委员证号、再按姓名和界别认出，"
    "只更新填了的格子，空格不改动；专委会以文件为准。日期写成 2021-12-25。几个专委会之间用顿号隔开。"
)


def rows_of(members: Iterable[Member], known: Known) -> Iterator[list]:
    """One list of values for each member, in the order of Column."""
    for member in members:
        yield [
            member.user.name,
            member.user.phone or "",
            member.sector.name,
            member.number,
            member.term,
            "是" if member.is_standing else "否",
            member.work_post,
            Party(member.party).label if member.party else "",
            member.specialties,
            known.place_of(member.region),
            "、".join(body.name for body in known.seats_of(member)),
            member.since,
        ]


def to_csv(rows: Iterable[list], header: Iterable[str] = tuple(Column)) -> Iterator[str]:
    """Lines of a CSV that Excel opens in UTF-8; what looks like a formula is marked as text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    for row in chain([header], rows):
        writer.writerow([_plain(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _plain(value) -> str:
    text = f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def to_book(rows: Iterable[list]):
    """An open temporary file with the workbook, written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("花名册")
    sheet.freeze_panes = "B2"
    for number, column in enumerate(Column, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(column, 12)
    sheet.append([_cell(sheet, column.value, bold=True) for column in Column])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    book.save(file)
    file.seek(0)
    return file


def _cell(sheet, value, *, bold=False):
    """Text stays text, whatever it begins with; phones too."""
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = Font(bold=True)
    return cell


# --- the template ------------------------------------------------------------------------------------------------


def template(committee: Committee, *, today: date) -> bytes:
    """An empty roster: header, one example, what may be chosen as lists in the cells and on a sheet of its own."""
    known = Known.of(committee, today=today, by=None)
    choices = {
        Column.SECTOR: [body.name for body in known.sectors.values()],
        Column.REGION: sorted({known.place_of(region) for regions in known.regions.values() for region in regions}),
        Column.PARTY: Party.labels,
        Column.COMMITTEES: [body.name for body in known.special.values()],
        Column.STANDING: ["是", "否"],
    }
    book = Workbook()
    sheet = book.active
    sheet.title, sheet.freeze_panes = "花名册", "B2"
    sheet.append([column.value for column in Column])
    sheet.append([*_example(committee, choices, today)])
    allowed = book.create_sheet(ALLOWED)
    for number, (column, names) in enumerate(choices.items(), 1):
        for row, name in enumerate([column.value, *names], 1):
            allowed.cell(row, number, name).data_type = "s"
        allowed.column_dimensions[get_column_letter(number)].width = 24
        allowed.cell(1, number).font = Font(bold=True)
        if names:
            _offer(sheet, column, number, len(names))
    for number, column in enumerate(Column, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = WIDTHS.get(column, 12)
        sheet.cell(1, number).font = Font(bold=True)
        if column in (Column.PHONE, Column.NUMBER):
            sheet.column_dimensions[letter].number_format = "@"
    note = book.create_sheet("填写说明")
    note.column_dimensions["A"].width = 80
    note["A1"] = READ_ME
    note["A1"].alignment = Alignment(wrap_text=True, vertical="top")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _example(committee, choices, today):
    first = {column: next(iter(names), "") for column, names in choices.items()}
    example = {
        **first, Column.NAME: f"{EXAMPLE_MARK}（这一行不会导入）", Column.PHONE: "13800000000", Column.NUMBER: "0001",
        Column.TERM: committee.term, Column.STANDING: "否", Column.WORK_POST: "县第一中学副校长", Column.PARTY: "群众",
        Column.SPECIALTIES: "教育、心理", Column.SINCE: today,
    }  # fmt: skip
    return (example[column] for column in Column)


def _offer(sheet, column, number, count):
    """A drop-down list in the column; several special committees may be written, so there other text is allowed."""
    letter, source = get_column_letter(list(Column).index(column) + 1), get_column_letter(number)
    rule = DataValidation(
        type="list", formula1=f"'{ALLOWED}'!${source}$2:${source}${count + 1}", allow_blank=True,
        showErrorMessage=column is not Column.COMMITTEES,
    )  # fmt: skip
    rule.errorTitle, rule.error = "不在可填内容里", "请从下拉列表中选择，或看“可填内容”一张表。"
    rule.add(f"{letter}2:{letter}{CHECKED_ROWS}")
    sheet.add_data_validation(rule)
