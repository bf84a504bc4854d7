"""The columns of a table of proposals: what they are called here, and what else people call them."""

import unicodedata
from enum import StrEnum

from config.documents import tables
from config.documents.tables import Shape, Table

MOST = 5000
"""Rows that one table may bring."""

EXAMPLE_MARK = "示例"
"""A row whose title begins with this is the template's own and is not read."""


class Column(StrEnum):
    TERM = "届"
    SESSION = "次"
    NUMBER = "编号"
    TITLE = "案由"
    KIND = "提案者类型"
    SIGNERS = "提案者"
    SPHERE = "分类"
    FIELDS = "民生领域"
    SITUATION = "情况"
    ANALYSIS = "分析"
    POINTS = "建议"
    UNIT = "主办单位"
    CO_UNITS = "会办单位"
    FILED = "立案日期"
    REPLIED = "答复日期"
    GRADE = "办理结果"
    SATISFACTION = "评价"
    PUBLICATION = "公开方式"


ALIASES = {
    Column.TERM: ["届次", "届数", "第几届"],
    Column.SESSION: ["会次", "次会议", "第几次"],
    Column.NUMBER: ["提案编号", "提案号", "案号", "号"],
    Column.TITLE: ["提案名称", "题目", "标题", "提案标题"],
    Column.KIND: ["提案类型", "提案人类型", "提案类别"],
    Column.SIGNERS: ["提案人", "提案委员", "第一提案人", "联名人", "提案单位"],
    Column.SPHERE: ["提案分类", "类别"],
    Column.FIELDS: ["领域", "涉及领域"],
    Column.SITUATION: ["情况和问题", "基本情况", "问题"],
    Column.ANALYSIS: ["原因分析", "具体分析"],
    Column.POINTS: ["意见建议", "具体建议", "对策建议"],
    Column.UNIT: ["承办单位", "主办"],
    Column.CO_UNITS: ["会办", "协办单位"],
    Column.FILED: ["立案时间"],
    Column.REPLIED: ["答复时间", "办结日期", "办结时间"],
    Column.GRADE: ["办理结果分类", "答复类别", "结果类别"],
    Column.SATISFACTION: ["满意度", "提案人评价", "委员评价", "反馈意见"],
    Column.PUBLICATION: ["公开", "是否公开", "公开情况"],
}


def plain(words: str) -> str:
    """As headers and names are compared: one width, no spaces, no marks for needed columns."""
    return "".join(unicodedata.normalize("NFKC", words).split()).strip("*:")


_KNOWN = {plain(word): column for column in Column for word in (column.value, *ALIASES[column])}

SHAPE = Shape(
    key=Column.TITLE,
    column_of=lambda header: _KNOWN.get(plain(header)),
    most=MOST,
    skips=lambda cells: str(cells.get(Column.TITLE, "")).strip().startswith(EXAMPLE_MARK),
    noun="提案表",
    empty="表头下面没有一件提案。请从表头的下一行开始，一件提案一行填写。",
    no_header="要有“案由”一列，以及届、次、编号等列。",
)


def read(content: bytes, name: str) -> Table:
    """Read a file that is named .xlsx or .csv; everything that is wrong stands in the table."""
    return tables.read(content, name, SHAPE)
