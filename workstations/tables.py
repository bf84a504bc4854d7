"""Tables for Excel and WPS, written row by row so that a long one needs no memory."""

from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(name: str, head: list[str], rows) -> HttpResponse:
    """A workbook named `name` with one sheet; text is always text, never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    content = BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    response["Cache-Control"] = "private, no-store"
    return response


def _cell(sheet, value):
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value="".join(c for c in value if c >= " " or c in "\n\t"))
    cell.data_type = "s"
    return cell


def tasks(rule, rows) -> HttpResponse:
    """Who has handed in and who has not; the words of a restricted rule are left out."""
    words = [] if rule.is_restricted else ["内容"]
    number = [rule.asks_number] if rule.asks_number else []
    head = [
        "对象",
        "界别或机构",
        "责任人",
        "周期",
        "期限",
        "状态",
        "提交时间",
        "是否逾期",
        *number,
        "评等",
        "批语",
        *words,
    ]
    found = rows.select_related("rule", "member__user", "member__sector", "body", "station", "assignee").order_by("pk")
    return answer(f"{rule.name}", head, (_task(task, bool(number), bool(words)) for task in found.iterator(2000)))


def _task(task, with_number, with_words):
    done = timezone.localtime(task.done_at).strftime("%Y-%m-%d %H:%M") if task.done_at else ""
    group = str(task.body or (task.member.sector if task.member_id else "") or "")
    late = "逾期" if task.is_late or (not task.done_at and task.due_on < timezone.localdate()) else ""
    return [
        task.owed_by, group, str(task.assignee or ""), task.period_label, task.due_on, task.get_state_display(), done,
        late if task.state != "excused" else "", *([task.number] if with_number else []), task.grade, task.remark,
        *([task.words] if with_words else []),
    ]  # fmt: skip
