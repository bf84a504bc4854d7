"""The list of a plan as a workbook: one row for each member."""

from collections.abc import Iterable

from config.documents.sheet import Sheet, workbook

COLUMNS = ("专委会", "活动小组", "姓名", "界别", "单位及职务", "手工指定", "理由")


def seat_table(title: str, seats: Iterable) -> bytes:
    """The bytes of an .xlsx; party membership is left out, for the list is handed round."""
    return workbook(Sheet(title, COLUMNS, map(_row, seats)))


def _row(seat):
    member, fixed = seat.member, "是" if seat.is_fixed else ""
    group = f"第 {seat.group} 组"
    return [seat.body.name, group, member.user.name, member.sector.name, member.work_post, fixed, seat.why]
