"""The list of a plan as a workbook: one row for each member."""

from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

COLUMNS = {"专委会": 22, "活动小组": 12, "姓名": 12, "界别": 18, "单位及职务": 32, "手工指定": 10, "理由": 48}
FORMULA = ("=", "+", "-", "@")  # a text that begins like this would be run when the sheet is opened


def workbook(title: str, seats: Iterable) -> bytes:
    """The bytes of an .xlsx with a bold first row; party membership is left out, for the list is handed round."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(sign for sign in title if sign not in r"\/*?:[]")[:31])
    for number, width in enumerate(COLUMNS.values()):
        sheet.column_dimensions["ABCDEFG"[number]].width = width
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, value=name) for name in COLUMNS]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for seat in seats:
        member = seat.member
        row = [seat.body.name, f"第 {seat.group} 组", member.user.name, member.sector.name, member.work_post]
        sheet.append([_plain(text) for text in [*row, "是" if seat.is_fixed else "", seat.why]])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
