"""名单: rows of many deeds, pasted or from a table, turned into what the service takes; every wrong row is named."""

from collections import defaultdict
from collections.abc import Iterable

from config.documents import tables
from config.documents.cells import day, text
from members.facts import DETAILS, Mark
from members.models import Member
from members.services.claims import CALLED_UP, CLAIMABLE, LEVELS, Told

COLUMNS = ("姓名", "日期", "事项", "内容", "到会情况", "级别")
NEEDED = COLUMNS[:3]
SHAPE = tables.Shape(
    key="姓名",
    column_of={"姓名": "姓名", "委员": "姓名"}.get,
    most=2000,
    order=COLUMNS,
    by_place=True,
    empty="请粘贴名单或上传 Excel 表，每行一件。",
)
FACTS = {fact.label: fact for fact in CLAIMABLE}
MARKS = {mark.label: mark for mark in Mark}
LEVEL_WORDS = {DETAILS[level]: level for level in LEVELS}


def read_rows(words: str, file, members: Iterable[Member]) -> tuple[list[Told], list[str]]:
    """(deeds, what is wrong in words): from a checked .xlsx or .csv if there is one, else from the text."""
    table = tables.read(file.read(), file.name, SHAPE) if file else tables.pasted(words, SHAPE)
    if table.faults:
        return [], table.problems
    people = _people(members)
    deeds, problems = [], table.problems
    for line in table.lines:
        if line.faults:
            continue
        try:
            deeds.append(_told(line.cells, people))
        except ValueError as problem:
            problems.append(f"第 {line.row} 行：{problem}")
    return deeds, tables.told(problems)


def _people(members) -> dict[str, list[Member]]:
    """By name and by number; a name may belong to several."""
    found = defaultdict(list)
    for member in members:
        found[str(member)].append(member)
        if member.number:
            found[member.number].append(member)
    return found


def _told(cells, people) -> Told:
    if not {*NEEDED} <= cells.keys():
        raise ValueError("要有姓名、日期、事项、内容四项，用逗号或制表符隔开。")
    name, fact, title, *more = (text(cells.get(column, "")) for column in COLUMNS if column != "日期")
    found = people.get(name, [])
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
    return Told(member=found[0], on=day(cells["日期"]), fact=FACTS[fact], title=title[:120], mark=mark, detail=level)
