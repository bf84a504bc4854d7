"""制度批量登记: sixty titles from a workbook or a CSV, checked line by line, all or none (row 60)."""

import csv
import io
import re
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from openpyxl import load_workbook

from config.audit import log
from config.refusals import Incomplete
from config.search import index
from members.models import Committee, Regulation, RegulationState, User
from members.rules import library as rules

COLUMNS = {
    "名称": "title", "制定机关": "issuer", "文号": "number", "印发日期": "issued_on", "效力": "state",
    "废止日期": "repealed_on", "标签": "tags", "公开": "is_public", "正文": "text",
}  # fmt: skip
NEEDED = ("名称", "制定机关", "印发日期")
STATES = {"": RegulationState.IN_FORCE, **{label: value for value, label in RegulationState.choices}}
YES_NO = {"": True, "是": True, "公开": True, "否": False, "不公开": False}
MOST_ROWS, MOST_ERRORS, MOST_BYTES = 2_000, 50, 5 * 1024 * 1024
DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")


def read(content: bytes, name: str) -> list[tuple[int, dict[str, object]]]:
    """(number of the line, cells by column) of every filled line; Incomplete where the file gives none."""
    if len(content) > MOST_BYTES:
        raise _unreadable(f"文件太大，请不超过 {MOST_BYTES // 1024 // 1024} MB。")
    rows = _workbook(content) if name.lower().endswith(".xlsx") else _text(content)
    header = next(rows, (0, []))[1]
    places = {str(cell).strip(): at for at, cell in enumerate(header)}
    if missing := [column for column in NEEDED if column not in places]:
        raise _unreadable(f"第一行要有这些列：{'、'.join(NEEDED)}；还缺“{'、'.join(missing)}”。可以先下载样表。")
    lines = []
    for number, cells in rows:
        found = {column: cells[at] for column, at in places.items() if column in COLUMNS and at < len(cells)}
        if any(str(value).strip() for value in found.values()):
            lines.append((number, found))
        if len(lines) > MOST_ROWS:
            raise _unreadable(f"一次最多 {MOST_ROWS} 件，请分几次。")
    if not lines:
        raise _unreadable("第一行下面没有内容。请一行一件填写后再上传。")
    return lines


def _workbook(content):
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=30), 1):
            yield number, ["" if value is None else value for value in row]
    except Exception as problem:  # whatever a reader throws at a broken or hostile file
        raise _unreadable("这个文件打不开，请用 Excel 或 WPS 另存为 .xlsx 后再上传。") from problem


def _text(content):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _unreadable("认不出文件的文字编码，请另存为 .xlsx 后再上传。")
    try:
        yield from enumerate(csv.reader(io.StringIO(words.replace("\0", ""))), 1)
    except csv.Error as problem:
        raise _unreadable("CSV 的引号或换行有误，请另存为 .xlsx 后再上传。") from problem


def _unreadable(words):
    return Incomplete(words, {"file": words})


@transaction.atomic
def import_regulations(committee: Committee, lines, *, by: User | None, at: datetime) -> int:
    """Register every line of `read`; one wrong line and none is. Returns how many; Incomplete names all wrong lines."""
    rules.require_keeper(by, Regulation(committee=committee))
    there = {(title, day): "已经登记" for title, day in _known(committee)}
    rows, errors = [], []
    for number, cells in lines:
        row, wrong = _row(committee, cells, at)
        place = (row.title, row.issued_on)
        if place in there:
            wrong.append(f"同名、同日印发的制度{there[place]}")
        there[place] = f"与第 {number} 行重复"
        errors += [f"第 {number} 行：{words}。" for words in wrong]
        rows.append(row)
    if errors:
        more = [f"还有 {len(errors) - MOST_ERRORS} 处，请先改正上面的。"] if len(errors) > MOST_ERRORS else []
        raise Incomplete("文件里有错，一件也没有登记。", {"file": "\n".join([*errors[:MOST_ERRORS], *more])})
    index.index_many(Regulation.objects.bulk_create(rows, batch_size=500))
    log.record("regulation.import", committee, by=by, at=at, scope=committee.pk, regulations=len(rows))
    return len(rows)


def _known(committee):
    return Regulation.objects.filter(committee=committee).values_list("title", "issued_on")


def _row(committee, cells, at) -> tuple[Regulation, list[str]]:
    """One unsaved row, and what is wrong with it in words."""
    said = {field: cells.get(column, "") for column, field in COLUMNS.items()}
    values, wrong = {}, []
    for column, field in COLUMNS.items():
        words = str(said[field]).strip()
        if field in ("issued_on", "repealed_on"):
            values[field] = _day(said[field]) if words else None
            if words and values[field] is None:
                wrong.append(f"{column}“{words[:20]}”认不出，请写成 2024-05-01")
        elif field in ("state", "is_public"):
            options = STATES if field == "state" else YES_NO
            values[field] = options.get(words, options[""])
            if words not in options:
                wrong.append(f"{column}“{words[:20]}”应为{'、'.join(option for option in options if option)}")
        else:
            values[field] = words
    row = Regulation(committee=committee, **values, updated_at=at)
    if values["issued_on"] is None and not str(said["issued_on"]).strip():
        wrong.append("没有印发日期")
    try:
        row.clean_fields(exclude=["committee", "issued_on", "repealed_on"])
    except ValidationError as problem:
        for field, messages in problem:
            wrong.append(f"{Regulation._meta.get_field(field).verbose_name}：{''.join(messages).rstrip('。')}")
    if row.state == RegulationState.REPEALED and not row.repealed_on:
        wrong.append("已废止的要写废止日期")
    return row, wrong


def _day(value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = DAY.match(str(value).strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
