"""What stands in a cell, as a value; ValueError with a Chinese sentence when it cannot be read."""

import re
from datetime import date

from config.documents import cells
from config.documents.cells import text
from members.models import Party

TRUE, FALSE = {"是", "√", "✓", "1", "y", "常委", "true"}, {"否", "×", "x", "0", "n", "false", "-"}
PARTIES = {
    "中共": Party.CPC, "共产党员": Party.CPC, "中国共产党党员": Party.CPC, "中共预备党员": Party.CPC,
    "中国国民党革命委员会": Party.RCCK, "中国民主同盟": Party.CDL, "中国民主建国会": Party.CNDCA,
    "中国民主促进会": Party.CAPD, "中国农工民主党": Party.CPWDP, "农工": Party.CPWDP, "中国致公党": Party.ZGD,
    "致公": Party.ZGD, "九三": Party.JIUSAN, "台湾民主自治同盟": Party.TSL, "无党派": Party.NONE,
} | {party.label: party for party in Party}  # fmt: skip
NUMERALS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}


def phone(value) -> str:
    given = text(value)
    if re.fullmatch(r"[\d.]+[eE]\+?\d+", given):
        raise ValueError(f"“{given}”是科学计数法，号码已不完整，请把这一列设为文本格式后重新填写。")
    digits = re.sub(r"[\s\-—]", "", given)
    digits = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", digits)
    if not re.fullmatch(r"1\d{10}", digits, re.ASCII):
        raise ValueError(f"“{given}”不是 11 位手机号。")
    return digits


def yes_or_no(value) -> bool:
    given = text(value).lower()
    if given in TRUE:
        return True
    if given in FALSE:
        return False
    raise ValueError(f"“{given}”看不出是或否，请填“是”或“否”。")


def party(value) -> str:
    given = text(value)
    if given not in PARTIES:
        raise ValueError(f"“{given}”不是可用的党派，可填：{'、'.join(Party.labels)}。")
    return PARTIES[given]


def term(value) -> int:
    """11, 第11届 or 第十一届."""
    given = text(value)
    number = re.fullmatch(r"第?\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*届?", given)
    if not number:
        raise ValueError(f"“{given}”看不出是第几届，请填数字，如 11。")
    return int(number[1]) if number[1].isdigit() else _counted(number[1], given)


def _counted(numeral, given) -> int:
    tens, mark, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        raise ValueError(f"“{given}”看不出是第几届，请填数字，如 11。")
    return (10 * NUMERALS.get(tens, 1) if mark else 0) + NUMERALS.get(ones, 0)


def day(value, epoch: int = 1900) -> date:
    """As `config.documents.cells.day`; a month alone is its first day."""
    return cells.day(value, epoch=epoch, month=True)


def listed(value) -> list[str]:
    """Names parted by 、 or a comma, each once."""
    parts = re.split(r"[、,，;；/\n]", text(value))
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))
