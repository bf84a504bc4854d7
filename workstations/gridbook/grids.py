"""预检 and loading of a table of grids: a refusal says row, column, reason; blank cells change nothing (row 36)."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from config.audit import log
from config.documents.tables import Line, Table
from members.models import Committee, Region, RegionLevel
from members.models.regions import CODE_LENGTH, DIGITS
from workstations.gridbook.columns import Column, plain
from workstations.gridbook.outcomes import Outcome, Plan, unless_unfit
from workstations.gridbook.places import Places
from workstations.models import Grid, GridKind
from workstations.services import grids as services
from workstations.services.grids import FIRST_DEDICATED, NUMBERS, NewGrid

KINDS = {
    "基础": GridKind.BASIC, "一般": GridKind.BASIC, "普通": GridKind.BASIC, "专属": GridKind.DEDICATED,
    "专门": GridKind.DEDICATED, "专业": GridKind.DEDICATED,
}  # fmt: skip
LONGEST = {
    Column.NAME: Region._meta.get_field("name").max_length,
    Column.FIELD: Grid._meta.get_field("field").max_length,
    Column.WARDEN: Grid._meta.get_field("warden").max_length,
}
MOST_PEOPLE = 1_000_000
FIELDS = {
    Column.NAME: "name", Column.KIND: "kind", Column.FIELD: "field", Column.WARDEN: "warden",
    Column.HOUSEHOLDS: "households", Column.RESIDENTS: "residents",
}  # fmt: skip


@dataclass(frozen=True)
class There:
    """A grid that is known; `committee` is None where only the division stands."""

    name: str
    retired: bool
    committee: int | None = None
    kind: str = ""
    field: str = ""
    warden: str = ""
    households: int | None = None
    residents: int | None = None


@dataclass
class Known:
    """What stands already, in a fixed number of queries whatever the length of the table."""

    committee: Committee
    places: Places
    grids: dict[str, There] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, committee: Committee) -> "Known":
        known = cls(committee, Places.of(committee))
        facts = {
            row[0]: row[1:]
            for row in Grid.objects.within(committee.region).values_list(
                "region", "committee", "kind", "field", "warden", "households", "residents"
            )
        }
        divisions = Region.objects.within(committee.region).filter(level=RegionLevel.GRID).order_by("code")
        for code, name, until in divisions.values_list("code", "name", "valid_to"):
            known.grids[code] = There(name, until is not None, *facts.get(code, ()))
            if until is None:
                known.by_name[code[:CODE_LENGTH], plain(name)].append(code)
        known.owners = dict(Committee.objects.values_list("pk", "short_name"))
        return known


def check(table: Table, committee: Committee) -> Plan:
    """Hold a table against what is known; nothing is written."""
    known = Known.of(committee)
    outcomes = [_parse(line, known) for line in table.lines]
    for outcome in outcomes:
        _find(outcome, known)
    _check_together(outcomes)
    _number(outcomes, known)
    for outcome in outcomes:
        _compare(outcome, known)
    return Plan(committee, outcomes, table.faults, table.notes)


def load(plan: Plan, *, by, at: datetime) -> None:
    """Write a plan without refusals, in the transaction of the caller."""
    new = [
        NewGrid(
            one.code, one.place, one.name, one.values.get(Column.KIND) or kind_of(one.code),
            one.values.get(Column.FIELD, ""), one.values.get(Column.WARDEN, ""), one.values.get(Column.HOUSEHOLDS),
            one.values.get(Column.RESIDENTS), has_region=one.has_region,
        )
        for one in plan.of("created")
    ]  # fmt: skip
    services.insert(plan.committee, new, at=at)
    changed = {
        one.code: {FIELDS[column]: one.values[column] for column, _, _ in one.changes} for one in plan.of("updated")
    }
    services.change_many(changed)
    counts = {verb: count for verb, count in plan.counts.items() if verb != "refused"}
    log.record("grid.import", plan.committee, by=by, at=at, scope=plan.committee.pk, **counts)


def kind_of(code: str) -> str:
    return GridKind.DEDICATED if int(code[CODE_LENGTH:]) >= FIRST_DEDICATED else GridKind.BASIC


# --- one row after the other -------------------------------------------------------------------------------------


def _parse(line: Line, known: Known) -> Outcome:
    outcome = Outcome(line.row, faults=list(line.faults))
    given = {column: unless_unfit(outcome, line, column) for column in Column}
    outcome.name = given[Column.NAME]
    for column, most in LONGEST.items():
        if len(given[column]) > most:
            outcome.refuse(column, f"有 {len(given[column])} 字，最多 {most} 字，请缩短。")
    _read_code(outcome, given[Column.CODE], known)
    if given[Column.PLACE]:
        try:
            outcome.place = known.places.find(given[Column.PLACE], code=outcome.code)
        except ValueError as problem:
            outcome.refuse(Column.PLACE, str(problem))
    if given[Column.KIND]:
        found = KINDS.get(plain(given[Column.KIND]).removesuffix("网格"))
        if found is None:
            outcome.refuse(Column.KIND, f"“{given[Column.KIND]}”不是网格的类别，请填“基础”或“专属”。")
        else:
            outcome.values[Column.KIND] = found
    for column in (Column.HOUSEHOLDS, Column.RESIDENTS):
        if given[column]:
            _read_number(outcome, column, given[column])
    outcome.values |= {column: given[column] for column in (Column.NAME, Column.FIELD, Column.WARDEN) if given[column]}
    return outcome


def _read_code(outcome, given, known):
    if not given:
        return
    if re.fullmatch(r"[\d.]+[eE]\+?\d+", given):
        words = f"“{given}”是科学计数法，代码已不完整，请把这一列设为文本格式后重新填写。"
        outcome.refuse(Column.CODE, words)
    elif not (given.isascii() and given.isdigit() and len(given) == DIGITS[RegionLevel.GRID]):
        outcome.refuse(
            Column.CODE, f"“{given}”应是 15 位数字：村（社区）12 位，加网格 3 位。不知道代码就留空，自动编号。"
        )
    elif not known.committee.region.contains(given):
        outcome.refuse(Column.CODE, f"网格 {given} 不在{known.committee.region}辖区内。")
    elif given[:CODE_LENGTH] not in known.places.names:
        outcome.refuse(Column.CODE, f"没有代码为 {given[:CODE_LENGTH]} 的村（社区），请先在行政区划里补上。")
    elif given.endswith("000"):
        outcome.refuse(Column.CODE, f"“{given}”的后三位要从 001 起。")
    else:
        outcome.code = given


def _read_number(outcome, column, given):
    if not re.fullmatch(r"-?\d{1,9}", plain(given).replace(",", ""), re.ASCII):
        outcome.refuse(column, f"“{given}”不是整数。")
        return
    number = int(plain(given).replace(",", ""))
    if number < 0:
        outcome.refuse(column, f"不能是负数（{number}）。")
    elif number > MOST_PEOPLE:
        outcome.refuse(column, f"“{given}”太大，请核对。")
    else:
        outcome.values[column] = number


def _find(outcome: Outcome, known: Known):
    """Which grid a row means: by its code, else by its name in the village."""
    failed = {fault.column for fault in outcome.faults}
    kind = outcome.values.get(Column.KIND)
    if outcome.code and outcome.place and outcome.code[:CODE_LENGTH] != outcome.place:
        lies, says = (known.places.whole(code) for code in (outcome.code[:CODE_LENGTH], outcome.place))
        outcome.refuse(Column.PLACE, f"与网格代码不符：{outcome.code} 属于“{lies}”，这里写的是“{says}”。")
    elif outcome.code:
        outcome.place = outcome.code[:CODE_LENGTH]
    elif not outcome.place and not failed & {Column.CODE, Column.PLACE}:
        outcome.refuse(Column.PLACE, "请填所属村（社区）的名称（带乡镇）或代码。")
    elif outcome.place and Column.CODE not in failed:
        same = known.by_name.get((outcome.place, plain(outcome.name)), [])
        if len(same) > 1:
            words = (
                f"{known.places.whole(outcome.place)}有 {len(same)} 个“{outcome.name}”，请填网格代码，好认出是哪一个。"
            )
            outcome.refuse(Column.NAME, words)
        outcome.code = same[0] if len(same) == 1 else ""
    if outcome.code and kind and kind != kind_of(outcome.code):
        words = (
            f"专属网格的代码后三位从 {FIRST_DEDICATED} 起，{outcome.code} 是{GridKind(kind_of(outcome.code)).label}。"
        )
        outcome.refuse(Column.KIND, words)
    is_dedicated = (kind_of(outcome.code) if outcome.code else kind) == GridKind.DEDICATED
    if outcome.place and known.places.levels[outcome.place] != RegionLevel.VILLAGE and not is_dedicated:
        outcome.refuse(Column.PLACE, f"“{known.places.names[outcome.place]}”不是村（社区）；基础网格要写到村（社区）。")
    if not outcome.name and Column.NAME not in failed:
        outcome.refuse(Column.NAME, "缺网格名称。")


def _check_together(outcomes: list[Outcome]):
    """What only shows when rows are held against each other."""
    seen = {}
    for outcome in outcomes:
        if not outcome.place or (outcome.faults and not outcome.code):
            continue
        place = outcome.code or (outcome.place, plain(outcome.name), outcome.values.get(Column.KIND))
        if place in seen:
            column = Column.CODE if outcome.code else Column.NAME
            outcome.refuse(column, f"与第 {seen[place]} 行是同一个网格“{outcome.code or outcome.name}”，请只留一行。")
        else:
            seen[place] = outcome.row


def _number(outcomes: list[Outcome], known: Known):
    """The next free number of the village for rows without a code, in the order of the table."""
    taken = {*known.grids, *(outcome.code for outcome in outcomes if outcome.code)}
    last = defaultdict(int)
    for code in taken:
        spot = code[:CODE_LENGTH], kind_of(code)
        last[spot] = max(last[spot], int(code[CODE_LENGTH:]))
    for outcome in outcomes:
        if outcome.code or outcome.faults:
            continue
        kind = outcome.values.get(Column.KIND, GridKind.BASIC)
        first, most = NUMBERS[kind]
        spot = outcome.place, kind
        last[spot] = max(last[spot] + 1, first)
        if last[spot] > most:
            words = f"{known.places.whole(outcome.place)}的{GridKind(kind).label}编号已用完（{first:03}–{most:03}）。"
            outcome.refuse(Column.CODE, words)
        else:
            outcome.code = f"{outcome.place}{last[spot]:03}"


def _compare(outcome: Outcome, known: Known):
    """New, changed or the same; a grid of another committee, or one that is no more, is refused."""
    there = known.grids.get(outcome.code)
    if there is None:
        return
    if there.retired:
        outcome.refuse(Column.CODE, f"网格 {outcome.code}“{there.name}”已停用，停用的代码不再使用。")
    elif there.committee is None:
        outcome.has_region = True
    elif there.committee != known.committee.pk:
        owner = known.owners[there.committee]
        outcome.refuse(Column.CODE, f"网格 {outcome.code}“{there.name}”由{owner}管理，请由他们修改。")
    else:
        outcome.is_known = True
        for column, value in outcome.values.items():
            before = getattr(there, FIELDS[column])
            if before != value:
                outcome.changes.append((str(column), _words(before), _words(value)))


def _words(value) -> str:
    if isinstance(value, GridKind):
        return value.label
    return "" if value is None else str(value)
