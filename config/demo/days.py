"""Days counted in workdays from today, so that the demo is as old tomorrow as it is today."""

import datetime
from functools import cache

from django.utils import timezone

from config.workdays import count


class Days:
    def __init__(self, now: datetime.datetime):
        self.now, self.today = now, timezone.localdate(now)
        self._add = cache(lambda n: count.add(self.today, n))

    def back(self, n: int) -> datetime.date:
        """The last workday before today (n = 0), or the `n`-th before that one."""
        return self._add(-n - 1)

    def since(self, day: datetime.date) -> int:
        """How many workdays ago `day` was: `back(since(day)) == day` for a workday before today, else negative."""
        return -count.between(self.today, day) - 1

    def ahead(self, n: int) -> datetime.date:
        """The `n`-th workday after today."""
        return self._add(n)


def workday(year: int, month: int, day: int) -> datetime.date:
    """That day, or the first workday after it."""
    return count.add(datetime.date(year, month, day) - count.DAY, 1)


def moment(day: datetime.date, hour: int, minute: int = 0) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))
