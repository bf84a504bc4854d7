"""名单: rows of many deeds, pasted or from a table, turned into what the service takes; every wrong row is named."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from openpyxl import load_workbook

from members.facts import DETAILS, Mark
from members.models import Member
from members.services.claims import CALLED_UP, CLAIMABLE, LEVELS, Told

MOST_ROWS = 2000
SHOWN = 20  # wrong rows are named up to here, the others are counted
FACTS = {fact.label: fact for fact in CLAIMABLE}
MARKS = {mark.label: mark for mark in Mark}
LEVEL_WORDS = {DETAILS[level]: level for level in LEVELS}
DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?$")


def read_rows(text: str, table, members: Iterable[Member]) -> tuple[list[Told], list[str]]:
    """(deeds, what is wrong in words): from a checked .xlsx if there is one, else from the text."""
    try:
        rows = _from_table(table) if table else _from_text(text)
    except Exception:  # whatever a reader throws at a broken or hostile file
        return [], ["表格打不开，请另存为 .xlsx 后再上传，或把内容粘贴到名单里。"]
    rows = [(number, cells) for number, cells in rows if any(cells) and cells[0] not in ("姓名", "委员")]
    if not rows:
        return [], ["请粘贴名单或上传 Excel 表，每行一件。"]
    if len(rows) > MOST_ROWS:
        return [], [f"一次最多 {MOST_ROWS} 行，这里有 {len(rows)} 行，请分几次申报。"]
    people = _people(members)
    told, problems = [], []
    for number, cells in rows:
        try:
            told.append(_told(cells, people))
        except ValueError as problem:
            problems.append(f"第 {number} 行：{problem}")
    if len(problems) > SHOWN:
        problems = [*problems[:SHOWN], f"另有 {len(problems) - SHOWN} 行也有问题，改好前面的再看。"]
    return told, problems


def _from_text(text):
    for number, line in enumerate(text.splitlines(), start=1):
        yield number, [cell.strip() for cell in re.split(r"[\t,，]", line)]


def _from_table(table):
    table.seek(0)
    book = load_workbook(table, read_only=True, data_only=True)
    for number, row in enumerate(book.worksheets[0].iter_rows(max_col=6, max_row=MOST_ROWS + 2, values_only=True), 1):
        yield number, ["" if cell is None else cell if isinstance(cell, date) else str(cell).strip() for cell in row]


def _people(members) -> dict[str, list[Member]]:
    """By name and by number; a name may belong to several."""
    found = defaultdict(list)
    for member in members:
        found[str(member)].append(member)
        if member.number:
            found[member.number].append(member)
    return found


def _told(cells, people) -> Told:
    if len(cells) < 4:
        raise ValueError("要有姓名、日期、事项、内容四项，用逗号或制表符隔开。")
    name, on, fact, title, *more = cells
    found = people.get(str(name), [])
    if not found:
        raise ValueError(f"没有找到在任委员“{name}”。")
    if len(found) > 1:
        raise ValueError(f"有 {len(found)} 位“{name}”，请改填委员证号。")
    if fact not in FACTS:
        raise ValueError(f"“{fact}”不能申报，可以填：{'、'.join(FACTS)}。")
    if not title:
        raise ValueError("没有写内容。")
    mark = next((MARKS[word] for word in more if word in MARKS), "")
    if FACTS[fact] in CALLED_UP and not mark:
        raise ValueError(f"会议要写到会情况：{'、'.join(MARKS)}。")
    unknown = [word for word in more if word and word not in MARKS and word not in LEVEL_WORDS]
    if unknown:
        raise ValueError(f"看不懂“{unknown[0]}”，到会情况可填{'、'.join(MARKS)}，级别可填{'、'.join(LEVEL_WORDS)}。")
    level = next((LEVEL_WORDS[word] for word in more if word in LEVEL_WORDS), "")
    return Told(member=found[0], on=_day(on), fact=FACTS[fact], title=str(title)[:120], mark=mark, detail=level)


def _day(said) -> date:
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    match = DAY.match(said)
    try:
        return date(*map(int, match.groups()))
    except (AttributeError, ValueError):
        raise ValueError(f"“{said}”不是日期，请写成 2026-03-12 或 2026年3月12日。") from None
