"""制度批量登记: sixty titles from a workbook or a CSV, checked line by line, all or none (row 60)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from config.audit import log
from config.documents import tables
from config.documents.cells import day, text
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
SHAPE = tables.Shape(
    key="名称",
    column_of={column: column for column in COLUMNS}.get,
    most=2_000,
    empty="表头下面没有内容。请一行一件填写后再上传。",
    no_header=f"要有{'、'.join(NEEDED)}等列。",
)


def read(content: bytes, name: str) -> list[tables.Line]:
    """Every filled line of a .xlsx or .csv; Incomplete where anything of it cannot be read."""
    table = tables.read(content, name, SHAPE)
    missing = "、".join(column for column in NEEDED if column not in table.places.values())
    if missing and not table.faults:
        raise _unreadable([f"表头要有这些列：{'、'.join(NEEDED)}；还缺“{missing}”。可以先下载样表。"])
    if table.problems:
        raise _unreadable(table.problems)
    return table.lines


def _unreadable(problems):
    return Incomplete("文件里有错，一件也没有登记。", {"file": "\n".join(problems)})


@transaction.atomic
def import_regulations(committee: Committee, lines, *, by: User | None, at: datetime) -> int:
    """Register every line of `read`; one wrong line and none is. Returns how many; Incomplete names all wrong lines."""
    rules.require_keeper(by, Regulation(committee=committee))
    there = {(title, day): "已经登记" for title, day in _known(committee)}
    rows, errors = [], []
    for line in lines:
        row, wrong = _row(committee, line.cells, at)
        place = (row.title, row.issued_on)
        if place in there:
            wrong.append(f"同名、同日印发的制度{there[place]}")
        there[place] = f"与第 {line.row} 行重复"
        errors += [f"第 {line.row} 行：{words}。" for words in wrong]
        rows.append(row)
    if errors:
        raise _unreadable(tables.told(errors))
    index.index_many(Regulation.objects.bulk_create(rows, batch_size=500))
    log.record("regulation.import", committee, by=by, at=at, scope=committee.pk, regulations=len(rows))
    return len(rows)


def _known(committee):
    return Regulation.objects.filter(committee=committee).values_list("title", "issued_on")


def _row(committee, cells, at) -> tuple[Regulation, list[str]]:
    """One unsaved row, and what is wrong with it in words."""
    values, wrong = {}, []
    for column, field in COLUMNS.items():
        words = text(cells.get(column, ""))
        if field in ("issued_on", "repealed_on"):
            try:
                values[field] = day(cells[column]) if words else None
            except ValueError as problem:
                values[field] = None
                wrong.append(f"{column}认不出：{problem}".rstrip("。"))
        elif field in ("state", "is_public"):
            options = STATES if field == "state" else YES_NO
            values[field] = options.get(words, options[""])
            if words not in options:
                wrong.append(f"{column}“{words[:20]}”应为{'、'.join(option for option in options if option)}")
        else:
            values[field] = words
    row = Regulation(committee=committee, **values, updated_at=at)
    if "印发日期" not in cells:
        wrong.append("没有印发日期")
    try:
        row.clean_fields(exclude=["committee", "issued_on", "repealed_on"])
    except ValidationError as problem:
        for field, messages in problem:
            wrong.append(f"{Regulation._meta.get_field(field).verbose_name}：{''.join(messages).rstrip('。')}")
    if row.state == RegulationState.REPEALED and not row.repealed_on:
        wrong.append("已废止的要写废止日期")
    return row, wrong
