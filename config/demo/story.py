"""What happened, told in the order in which it happened.

A story is a generator: it yields the moment at which it goes on, and gets that moment back when everything before it
has been told. Every morning the reminders go out that the worker would have sent on that day.
"""

import datetime
from collections.abc import Generator, Iterable
from heapq import heapify, heappop, heappush
from itertools import count

from django.utils import timezone

from config.demo.days import moment
from config.milestones import clock
from config.milestones.models import Milestone

Story = Generator[datetime.datetime, datetime.datetime, None]
MORNING = (9, 5)  # just after the reminders are due


def tell(stories: Iterable[Story], *, until: datetime.datetime) -> None:
    """Let each story go on at the moment that it asks for; none may reach beyond `until`."""
    turn = count()
    waiting = [(next(story), next(turn), story) for story in stories]
    heapify(waiting)
    mornings = _Mornings(waiting[0][0])
    while waiting:
        at, _, story = heappop(waiting)
        if at > until:
            raise ValueError(f"{story} reaches beyond today: {at}")
        mornings.pass_until(at)
        try:
            heappush(waiting, (story.send(at), next(turn), story))
        except StopIteration:
            continue
    mornings.pass_until(until)
    clock.sweep(at=until)


class _Mornings:
    def __init__(self, start):
        self._next = timezone.localdate(start)

    def pass_until(self, at):
        while (morning := moment(self._next, *MORNING)) <= at:
            if Milestone.objects.due(morning).exists():
                clock.sweep(at=morning)
            self._next += datetime.timedelta(days=1)
