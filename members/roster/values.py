"""What stands in a cell, as a value; ValueError with a Chinese sentence when it cannot be read."""

import re
from datetime import date, datetime, timedelta

from members.models import Party

TRUE, FALSE = {"是", "√", "✓", "1", "y", "常委", "true"}, {"否", "×", "x", "0", "n", "false", "-"}
PARTIES = {
    "中共": Party.CPC, "共产党员": Party.CPC, "中国共产党党员": Party.CPC, "中共预备党员": Party.CPC,
    "中国国民党革命委员会": Party.RCCK, "中国民主同盟": Party.CDL, "中国民主建国会": Party.CNDCA,
    "中国民主促进会": Party.CAPD, "中国农工民主党": Party.CPWDP, "农工": Party.CPWDP, "中国致公党": Party.ZGD,
    "致公": Party.ZGD, "九三": Party.JIUSAN, "台湾民主自治同盟": Party.TSL, "无党派": Party.NONE,
} | {party.label: party for party in Party}  # fmt: skip
NUMERALS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}
FIRST, LAST = date(1950, 1, 1), date(2099, 12, 31)
EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}  # day 0 of the two calendars of spreadsheets

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月?)")
_SHORT_YEAR = re.compile(r"'?\d{2}\s*[-/.年]\s*\d{1,2}(\s*[-/.月].*)?")


def text(value) -> str:
    """A number without its point, a text without spaces around and without what cannot be stored."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return "".join(sign for sign in str(value) if sign.isprintable() or sign.isspace()).strip()


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
    """A date cell, a spreadsheet's day number, or text in a usual form; a month alone is its first day."""
    if isinstance(value, datetime):
        return _plausible(value.date(), value)
    if isinstance(value, date):
        return _plausible(value, value)
    given = text(value)
    if re.fullmatch(r"\d{5}", given):
        return _plausible(EPOCHS[epoch] + timedelta(days=int(given)), given)
    if re.fullmatch(r"\d{8}", given):
        given = f"{given[:4]}-{given[4:6]}-{given[6:]}"
    given = re.sub(r"[ T]0{1,2}:00(:00)?$", "", given)
    found = _DAY.fullmatch(given)
    if not found:
        if _SHORT_YEAR.fullmatch(given):
            raise ValueError(f"“{given}”的年份只有两位，请写四位年份，如 2021年12月25日。")
        raise ValueError(f"“{given}”看不出是哪一天，请写成 2021-12-25 或 2021年12月25日。")
    try:
        return _plausible(date(int(found[1]), int(found[2]), int(found[3] or 1)), given)
    except ValueError as problem:
        if "“" in str(problem):
            raise
        raise ValueError(f"“{given}”不是一个有效的日期。") from None


def _plausible(found: date, given) -> date:
    if not FIRST <= found <= LAST:
        raise ValueError(f"“{text(given)}”不是合理的任职日期，请写成 2021-12-25 或 2021年12月25日。")
    return found


def listed(value) -> list[str]:
    """Names parted by 、 or a comma, each once."""
    parts = re.split(r"[、,，;；/\n]", text(value))
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))
