"""Tables of proposals for tests; rows are given by column, around 2026-11-20."""

from config.documents.sheet import Sheet, workbook
from config.uploads.checks import Checked
from proposals import presets
from proposals.services import imports
from proposals.sheets.columns import Column
from tests.factories.formal import AT

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
USUAL = {
    Column.TERM: 9, Column.SESSION: 5, Column.NUMBER: 1, Column.TITLE: "关于优化农村公交线路的提案",
    Column.SIGNERS: "王委员", Column.FILED: "2021-01-20",
}  # fmt: skip
WHOLE = {
    **USUAL, Column.KIND: "委员联名", Column.SIGNERS: "王委员、赵某", Column.SPHERE: "社会建设",
    Column.FIELDS: "交通出行、农业农村", Column.SITUATION: "部分村组公交班次少。", Column.ANALYSIS: "车辆不足。",
    Column.POINTS: "1. 加密早晚班次；\n2. 增设停靠点。", Column.UNIT: "县住建局", Column.CO_UNITS: "县财政局，县交通局",
    Column.REPLIED: "2021-04-16", Column.GRADE: "A", Column.SATISFACTION: "满意", Column.PUBLICATION: "全文公开",
}  # fmt: skip


def row(**fields) -> dict:
    """`NUMBER=2, TITLE="…"`: the usual row with some columns otherwise; None leaves one out."""
    return _with(USUAL, fields)


def whole(**fields) -> dict:
    return _with(WHOLE, fields)


def _with(usual, fields):
    given = {**usual, **{Column[name]: value for name, value in fields.items()}}
    return {column: value for column, value in given.items() if value is not None}


def file(*rows, name="提案.xlsx") -> Checked:
    header = list(Column)
    lines = [[one.get(column) for column in header] for one in rows]
    content = workbook(Sheet("提案", [column.value for column in header], lines))
    return Checked(content, title=name, suffix=".xlsx", content_type=XLSX)


def look(committee, *rows, by=None, at=AT):
    presets.load()
    return imports.look(committee, file(*rows), by=by, at=at)


def load(committee, by, *rows, at=AT):
    """Hand a table in and confirm it; returns the plan that was loaded."""
    presets.load()
    given = file(*rows)
    plan = imports.look(committee, given, by=by, at=at)
    handed = imports.hand_in(plan, given, by=by, at=at)
    return imports.confirm(handed, imports.look_again(handed, at=at).digest, by=by, at=at)
