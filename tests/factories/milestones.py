"""A matter of no app, its ladder of reminders, and moments of it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.milestones import clock
from config.milestones.clock import Tell
from config.milestones.models import Milestone

KIND = "test"
DUE = date(2026, 12, 1)
LADDER = dict.fromkeys((-15, -7, -3, -1), "handler") | dict.fromkeys((0, 1, 3, 7), "leader")


def shanghai(*parts):
    return datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai"))


EARLY = shanghai(2026, 11, 1, 8)


def plan(subject, *, at=EARLY, due_on=DUE, round=1):
    return clock.plan(subject, kind=KIND, due_on=due_on, round=round, scope=subject.committee_id, at=at)


def tell(*people):
    return lambda milestones, at: {
        m.pk: Tell([p.pk for p in people], "test", f"{m.subject_id} {m.code}") for m in milestones
    }


def moment(subject, code, due_at=EARLY, round=1):
    return clock.once(subject, kind=KIND, code=code, due_at=due_at, scope=subject.committee_id, round=round)


def states():
    return dict(Milestone.objects.order_by("due_at").values_list("code", "state"))
