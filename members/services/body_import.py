"""Many people from outside into a council or an expert pool at once: read, checked line by line, all or none."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from openpyxl import load_workbook

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.uploads.checks import clean_document
from members.models import APPOINTING, Body, Membership, Standing, User
from members.rules import bodies as rules
from members.services.bodies import hold
from members.services.body_seats import plan_expiry

COLUMNS = {
    "姓名": "person_name", "单位及职务": "person_title", "身份": "standing", "专长": "specialty", "聘期止": "until",
}  # fmt: skip
LONGEST = {"person_name": 32, "person_title": 64, "specialty": 64}
OTHER_WORDS = {
    "村干部": Standing.VILLAGE_CADRE, "社区干部": Standing.VILLAGE_CADRE, "村（社区）干部": Standing.VILLAGE_CADRE,
    "五老": Standing.ELDER, "五老人员": Standing.ELDER, "五老人士": Standing.ELDER, "知名乡贤": Standing.NOTABLE,
    "乡贤人士": Standing.NOTABLE, "企业": Standing.ENTERPRISE, "专家": Standing.EXPERT, "学者": Standing.EXPERT,
    "群众": Standing.PUBLIC, "": "",
}  # fmt: skip
STANDINGS = {**{label: value for value, label in Standing.choices}, **OTHER_WORDS}
MOST_ROWS, MOST_ERRORS, MOST_BYTES = 5_000, 30, 2 * 1024 * 1024
DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")


@dataclass(frozen=True)
class Line:
    """One line as it was typed: its number in the source, and the cells by field."""

    number: int
    cells: dict[str, str]


@transaction.atomic
def import_people(body: Body, lines: list[Line], *, by: User | None, at: datetime) -> int:
    """批量聘任: seat everybody of `lines` from today; one wrong line and nobody is seated. Returns how many."""
    rules.require("import", by, body)
    if body.kind not in APPOINTING:
        raise Incomplete("只有协商议事会和人才库可以批量聘任。", {"text": "这个机构不能批量聘任，请逐人任职。"})
    hold(body)
    today = timezone.localdate(at)
    rows = _rows(body, lines, today)
    try:
        with transaction.atomic():
            Membership.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as problem:
        raise WrongState("其中有人刚刚已经登记，请刷新后再试。") from problem
    plan_expiry(body, {row.until for row in rows} - {None}, at=at)
    log.record("body.import", body, by=by, at=at, scope=body.committee_id, people=len(rows))
    return len(rows)


def _rows(body, lines, today):
    if not lines:
        raise Incomplete("没有读到人员。", {"text": "没有读到人员：每行一人，第一格是姓名。"})
    if len(lines) > MOST_ROWS:
        raise Incomplete("行数过多。", {"text": f"一次最多 {MOST_ROWS} 人，这里有 {len(lines)} 人，请分几次。"})
    held = Membership.objects.in_force(today).filter(body=body, member__isnull=True)
    seen = {pair: "已在名单里" for pair in held.values_list("person_name", "person_title")}
    rows, errors = [], []
    for line in lines:
        values, wrong = _read(line.cells, today)
        pair = values["person_name"], values["person_title"]
        if pair[0] and pair in seen:
            wrong.append(f"{pair[0]}{seen[pair]}")
        seen[pair] = f"与第 {line.number} 行重复"
        errors += [f"第 {line.number} 行：{words}。" for words in wrong]
        rows.append(Membership(body=body, since=today, **values))
    if errors:
        more = f"另有 {len(errors) - MOST_ERRORS} 处。" if len(errors) > MOST_ERRORS else ""
        told = "".join(errors[:MOST_ERRORS]) + more
        raise Incomplete(told, {"text": f"一人也没有登记，请改好后重新提交。{told}"})
    return rows


def _read(cells, today):
    """Values of a Membership, and what is wrong with the cells."""
    values = {name: cells.get(name, "") for name in COLUMNS.values()}
    wrong = [] if values["person_name"] else ["姓名没有填写"]
    names = {field: label for label, field in COLUMNS.items()}
    wrong += [f"{names[n]}超过 {most} 个字" for n, most in LONGEST.items() if len(values[n]) > most]
    standing = values["standing"].strip('“”"')
    if standing not in STANDINGS and values["standing"] not in STANDINGS:
        wrong.append(f"身份“{values['standing']}”不认识，可填：{'、'.join(Standing.labels)}")
    values["standing"] = STANDINGS.get(values["standing"], STANDINGS.get(standing, ""))
    typed, values["until"] = values["until"], None
    if typed:
        values["until"] = _day(typed)
        if values["until"] is None:
            wrong.append(f"聘期止“{typed}”不是日期，请写成 2027-12-31")
        elif values["until"] < today:
            wrong.append(f"聘期止“{typed}”已经过去")
    return values, wrong


def _day(typed) -> date | None:
    found = DAY.match(typed)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


# --- from text or a table to lines ---------------------------------------------------------------------------------


def lines_of_text(text: str) -> list[Line]:
    """Lines pasted from a table (tabs) or typed with commas."""
    comma = "\t" if "\t" in text else ","
    return _lines(csv.reader(io.StringIO(text if comma == "\t" else text.replace("，", ",")), delimiter=comma))


def lines_of_file(file) -> list[Line]:
    """Lines of a .csv (UTF-8 or GB 18030) or of the first sheet of a .xlsx. ValidationError when it is neither."""
    if file.size > MOST_BYTES:
        raise ValidationError("文件超过 2 MB，请分几次导入。")
    if file.name.lower().endswith(".xlsx"):
        return _lines(_sheet(file))
    if not file.name.lower().endswith(".csv"):
        raise ValidationError("请上传 .xlsx 或 .csv 文件。")
    content = file.read()
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return lines_of_text(content.decode(coding))
        except UnicodeDecodeError:
            continue
    raise ValidationError("读不懂这个文件的文字编码，请另存为 UTF-8 的 CSV 或 .xlsx。")


def _sheet(file):
    checked = clean_document(file)
    try:
        book = load_workbook(io.BytesIO(checked.read()), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_col=len(COLUMNS), max_row=MOST_ROWS + 2, values_only=True)
        return [[_text(cell) for cell in row] for row in rows]
    except Exception:  # whatever a reader throws at a hostile file
        raise ValidationError("打不开这个表格，请另存为 .xlsx 或 .csv 后再试。") from None


def _text(cell) -> str:
    if isinstance(cell, date):  # a moment is a date too
        return f"{cell:%Y-%m-%d}"
    return "" if cell is None else str(cell)


def _lines(rows: Iterable[list[str]]) -> list[Line]:
    """Columns by the head line where there is one, else in the usual order; empty lines are passed over."""
    fields, lines = list(COLUMNS.values()), []
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if not lines and "姓名" in cells:
            fields = [COLUMNS.get(cell, "") for cell in cells]
            continue
        lines.append(Line(number, {field: cell for field, cell in zip(fields, cells, strict=False) if field}))
    return lines
