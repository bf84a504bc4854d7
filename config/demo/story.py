"""What happened, told in the order in which it happened.

A story is a generator: it yields the moment at which it goes on, and gets that moment back when everything before it
has been told. It may also yield another story, which then runs beside it. Every morning the reminders go out that the
worker would have sent on that day.
"""

import datetime
from collections.abc import Generator, Iterable
from heapq import heappop, heappush
from itertools import count

from django.utils import timezone

from config.demo.days import moment
from config.milestones import clock
from config.milestones.models import Milestone

Story = Generator["datetime.datetime | Story", datetime.datetime | None, None]
MORNING = (9, 5)  # just after the reminders are due


def tell(stories: Iterable[Story], *, until: datetime.datetime) -> None:
    """Let each story go on at the moment that it asks for; none may reach beyond `until`."""
    waiting, turn = [], count()
    for story in stories:
        _go_on(story, None, waiting, turn)
    mornings = _Mornings(waiting[0][0])
    while waiting:
        at, _, story = heappop(waiting)
        if at > until:
            raise ValueError(f"{story} reaches beyond today: {at}")
        mornings.pass_until(at)
        _go_on(story, at, waiting, turn)
    mornings.pass_until(until)
    clock.sweep(at=until)


def _go_on(story, at, waiting, turn):
    """Run `story` up to the next moment that it waits for, starting the stories that it brings forth."""
    try:
        asked = story.send(at)
        while not isinstance(asked, datetime.datetime):
            _go_on(asked, None, waiting, turn)
            asked = story.send(None)
    except StopIteration:
        return
    heappush(waiting, (asked, next(turn), story))


class _Mornings:
    def __init__(self, start):
        self._next = timezone.localdate(start)

    def pass_until(self, at):
        while (morning := moment(self._next, *MORNING)) <= at:
            if Milestone.objects.due(morning).exists():
                clock.sweep(at=morning)
            self._next += datetime.timedelta(days=1)
