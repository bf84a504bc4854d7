"""What stands in a cell of a table, as a value; ValueError with a Chinese sentence when it cannot be read."""

import re
from datetime import date, datetime, timedelta

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


def day(value, *, epoch: int = 1900, month: bool = False) -> date:
    """A date cell, a spreadsheet's day number, or text in a usual form; a month alone only where `month` allows it."""
    if isinstance(value, datetime):
        return _plausible(value.date(), value)
    if isinstance(value, date):
        return _plausible(value, value)
    given = text(value)
    if re.fullmatch(r"\d{5}", given):
        return _plausible(EPOCHS[epoch] + timedelta(days=int(given)), given)
    if re.fullmatch(r"\d{8}", given):
        given = f"{given[:4]}-{given[4:6]}-{given[6:]}"
    found = _DAY.fullmatch(re.sub(r"[ T]0{1,2}:00(:00)?$", "", given))
    if not found and _SHORT_YEAR.fullmatch(given):
        raise ValueError(f"“{given}”的年份只有两位，请写四位年份，如 2021年12月25日。")
    try:
        return _plausible(date(int(found[1]), int(found[2]), int(found[3] or (1 if month else 0))), given)
    except (TypeError, ValueError):  # no match, or no such day
        raise ValueError(f"“{given}”不是日期，请写成 2021-12-25 或 2021年12月25日。") from None


def _plausible(found: date, given) -> date:
    if not FIRST <= found <= LAST:
        raise ValueError(f"“{text(given)}”不是合理的日期，请写成 2021-12-25 或 2021年12月25日。")
    return found
