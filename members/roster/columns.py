"""The columns of a roster: what they are called here, and what else people call them."""

import unicodedata
from enum import StrEnum


class Column(StrEnum):
    NAME = "姓名"
    PHONE = "手机号"
    SECTOR = "界别"
    NUMBER = "委员证号"
    TERM = "届次"
    STANDING = "是否常委"
    WORK_POST = "单位及职务"
    PARTY = "党派"
    SPECIALTIES = "专长"
    REGION = "所在乡镇"
    COMMITTEES = "专委会"
    SINCE = "任职起"


NEEDED = (Column.NAME, Column.PHONE, Column.SECTOR)
"""Without these columns a table is no roster."""

EXAMPLE_MARK = "示例"
"""A row whose name begins with this is the template's own and is not read."""

ALIASES = {
    Column.NAME: ["委员姓名", "名字"],
    Column.PHONE: ["手机", "手机号码", "电话", "联系电话", "联系方式", "移动电话"],
    Column.SECTOR: ["所属界别", "界别名称"],
    Column.NUMBER: ["委员证编号", "证号", "委员编号", "委员证"],
    Column.TERM: ["届别", "届数", "届"],
    Column.STANDING: ["常委", "常务委员", "是否常务委员"],
    Column.WORK_POST: ["工作单位及职务", "单位职务", "单位及职位", "工作单位和职务", "工作单位"],
    Column.PARTY: ["政治面貌", "所属党派", "党派团体"],
    Column.SPECIALTIES: ["特长", "专业特长", "专业", "擅长领域"],
    Column.REGION: ["乡镇", "所在地", "乡镇街道", "所在乡镇街道", "所在乡镇(街道)", "所在镇街"],
    Column.COMMITTEES: ["所在专委会", "所属专委会", "专门委员会", "所在专门委员会", "所属专门委员会"],
    Column.SINCE: ["任职时间", "任职日期", "任职起始日期", "起始日期", "任委员时间"],
}


def plain(text: str) -> str:
    """As headers and names are compared: one width, no spaces, no marks for needed columns."""
    return "".join(unicodedata.normalize("NFKC", text).split()).strip("*:")


_KNOWN = {plain(word): column for column in Column for word in (column.value, *ALIASES[column])}


def column_of(header: str) -> Column | None:
    return _KNOWN.get(plain(header))
