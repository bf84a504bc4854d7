"""Days that people type of what has happened: real ones, not in the future, not before what they follow."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from config.filters import in_calendar
from config.refusals import Incomplete


def require_past(day: date | None, field: str = "on", *, at, since: date | None = None, than: str = "") -> None:
    """Incomplete at `field` unless `day` has come by `at`, and `since`, the day of `than`, was not later."""
    if day is None:
        wrong = "请填日期。"
    elif day > timezone.localdate(at):
        wrong = "日期不能晚于今天。"
    elif since and day < since:
        wrong = f"日期不能早于{than}日期 {since:%Y-%m-%d}。"
    else:
        wrong = outside(day)
    if wrong:
        raise Incomplete(wrong, {field: wrong})


def outside(day: date) -> str:
    """Why nothing can be counted from `day`, or nothing."""
    try:
        in_calendar(day)
    except ValidationError as problem:
        return "".join(problem.messages)
    return ""
