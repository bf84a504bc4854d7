"""预检 of a table of proposals: a refusal says row, column and reason; blank cells change nothing."""

from datetime import date

from django.utils import timezone

from config.documents.cells import text
from config.documents.tables import Line, Table
from config.privacy import reaches_somebody
from members.models import Committee
from proposals.models import Proposal
from proposals.sheets import values
from proposals.sheets.columns import Column, plain
from proposals.sheets.known import Known, nearest
from proposals.sheets.outcomes import Outcome, Plan
from proposals.states import ProposerKind, PublicationLevel, ReplyGrade, Satisfaction

NEEDED = {
    Column.TERM: "缺届。", Column.SESSION: "缺次。", Column.NUMBER: "缺编号。", Column.TITLE: "缺案由。",
}  # fmt: skip
NEEDED_OF_NEW = {Column.SIGNERS: "新增的要填提案者。", Column.FILED: "新增的要填立案日期。"}
PUBLIC_PARTS = (Column.TITLE, Column.SITUATION, Column.ANALYSIS, Column.POINTS)
PLAIN_FIELDS = {
    Column.TITLE: "title", Column.KIND: "kind", Column.SPHERE: "sphere", Column.SITUATION: "situation",
    Column.ANALYSIS: "analysis", Column.POINTS: "points", Column.UNIT: "unit", Column.CO_UNITS: "co_units",
    Column.GRADE: "grade", Column.SATISFACTION: "satisfaction", Column.PUBLICATION: "publication",
}  # fmt: skip
"""Columns that are fields of a Proposal as they are; days, signers and fields of life are not."""
WORDS = {
    Column.KIND: ProposerKind, Column.GRADE: ReplyGrade, Column.SATISFACTION: Satisfaction,
    Column.PUBLICATION: PublicationLevel,
}  # fmt: skip


def check(table: Table, committee: Committee, *, today: date) -> Plan:
    """Hold a table against what is known; the number of queries does not grow with its lines."""
    read = values.readers(table.epoch, today)
    outcomes = [_parse(line, read) for line in table.lines]
    known = Known.of(committee, {outcome.spot[:2] for outcome in outcomes if outcome.spot})
    for outcome in outcomes:
        _name_rows(outcome, known)
        outcome.proposal = known.imported.get(outcome.spot)
        if title := known.native.get(outcome.spot):
            words = f"{outcome.serial}是在平台上提交办理的《{title}》，不能用表格改，请核对编号。"
            outcome.refuse(Column.NUMBER, words)
        elif outcome.proposal is None:
            _check_new(outcome)
        _check_whole(outcome)
        outcome.signers = outcome.values.get(Column.SIGNERS, [])
        if outcome.proposal is not None:
            outcome.signers = outcome.signers or signers_of(outcome.proposal)
            outcome.changes = list(_changes(outcome.proposal, outcome.values))
            if outcome.changes and outcome.proposal.pk in known.moved_on:
                outcome.refuse(Column.NUMBER, f"{outcome.serial}导入以后已在平台上办理，不能再用表格改。")
    _check_together(outcomes)
    return Plan(committee, outcomes, table.faults, table.notes, known)


def _parse(line: Line, read: dict) -> Outcome:
    outcome = Outcome(line.row, text(line.cells.get(Column.TITLE, ""))[:80], faults=list(line.faults))
    unfit = {fault.column for fault in line.faults}
    for column, value in line.cells.items():
        if column in unfit:
            continue
        try:
            outcome.values[column] = read[column](value)
        except ValueError as problem:
            outcome.refuse(column, str(problem))
    for column, words in NEEDED.items():
        if column not in line.cells:
            outcome.refuse(column, words)
    return outcome


def _name_rows(outcome: Outcome, known: Known):
    """Names of spheres, fields of life and units become rows; the nearest name is offered for an unknown one."""
    given = outcome.values
    if Column.SPHERE in given:
        name = given.pop(Column.SPHERE)
        if found := known.spheres.get(plain(name)):
            given[Column.SPHERE] = found
        else:
            offered = "、".join(row.name for row in known.spheres.values())
            outcome.refuse(Column.SPHERE, f"没有分类“{name}”，可填：{offered}。")
    if Column.FIELDS in given:
        found = []
        for name in given.pop(Column.FIELDS):
            if row := known.fields.get(plain(name)):
                found.append(row)
            else:
                outcome.refuse(Column.FIELDS, f"没有民生领域“{name}”{nearest(name, known.fields)}")
        given[Column.FIELDS] = sorted(found, key=lambda row: row.pk)
    if Column.UNIT in given:
        name = given.pop(Column.UNIT)
        if found := known.organisations.get(plain(name)):
            given[Column.UNIT] = found
        else:
            more = "撤并了的单位，先在单位里建好并停用。"
            outcome.refuse(Column.UNIT, f"本会没有单位“{name}”{nearest(name, known.organisations)}{more}")


def _check_new(outcome: Outcome):
    failed = {fault.column for fault in outcome.faults}
    for column, words in NEEDED_OF_NEW.items():
        if column not in outcome.values and column not in failed:
            outcome.refuse(column, words)


def _check_whole(outcome: Outcome):
    """What belongs together: a result has its day, a day its order, a public text nobody's number."""
    given, before = outcome.values, outcome.proposal
    filed = given.get(Column.FILED) or (before and timezone.localdate(before.filed_at))
    closed = before.closed_at if before else None
    replied = given.get(Column.REPLIED) or (closed and timezone.localdate(closed))
    failed = {fault.column for fault in outcome.faults}
    if filed and replied and replied < filed:
        outcome.refuse(Column.REPLIED, f"答复日期 {replied} 早于立案日期 {filed}。")
    for column in (Column.GRADE, Column.SATISFACTION):
        if column in given and not replied and Column.REPLIED not in failed:
            outcome.refuse(Column.REPLIED, f"填了{column}的要填答复日期。")
    kind, signers = given.get(Column.KIND), given.get(Column.SIGNERS)
    if kind == ProposerKind.MEMBER and signers and len(signers) > 1:
        outcome.refuse(Column.KIND, f"提案者有 {len(signers)} 位，应是“{ProposerKind.JOINT.label}”。")
    if given.get(Column.PUBLICATION) == PublicationLevel.FULL:
        for column in PUBLIC_PARTS:
            told = given.get(column, "")
            if reaches_somebody("\n".join(told) if isinstance(told, list) else told):
                outcome.refuse(column, "全文公开的不能有电话、邮箱和身份证号，请删去，或改为“不公开”。")


def _check_together(outcomes: list[Outcome]):
    seen = {}
    for outcome in outcomes:
        if outcome.spot is None:
            continue
        first = seen.setdefault(outcome.spot, outcome.row)
        if first != outcome.row:
            outcome.refuse(Column.NUMBER, f"与第 {first} 行是同一个编号（{outcome.serial}），请只留一行。")


def kind_of(given: dict) -> str:
    """As written, else by how many sign."""
    many = len(given.get(Column.SIGNERS, ())) > 1
    return given.get(Column.KIND) or (ProposerKind.JOINT if many else ProposerKind.MEMBER)


# --- what would change -------------------------------------------------------------------------------------------


def before_of(proposal: Proposal) -> dict[Column, object]:
    """An imported proposal in the values of a table."""
    return {
        **{column: getattr(proposal, name) for column, name in PLAIN_FIELDS.items()},
        Column.SIGNERS: signers_of(proposal),
        Column.FIELDS: sorted(proposal.fields.all(), key=lambda row: row.pk),
        Column.FILED: timezone.localdate(proposal.filed_at),
        Column.REPLIED: proposal.closed_at and timezone.localdate(proposal.closed_at),
    }


def signers_of(proposal: Proposal) -> list[str]:
    rows = sorted(proposal.signatures.all(), key=lambda row: (row.position, row.pk))
    return [row.name or row.member.user.name for row in rows]


def _changes(proposal: Proposal, given: dict):
    before = before_of(proposal)
    for column in (one for one in Column if one in before):
        after = given.get(column)
        if column in given and _compared(column, after) != _compared(column, before[column]):
            yield str(column), in_words(column, before[column]), in_words(column, after)


def _compared(column: Column, value):
    return [plain(name) for name in value] if column == Column.SIGNERS else value


def in_words(column: Column, value) -> str:
    if value is None or value == "":
        return ""
    if column in WORDS:
        return str(WORDS[column](value).label)
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, list):
        return ("\n" if column == Column.POINTS else "、").join(map(str, value))
    return str(value)
