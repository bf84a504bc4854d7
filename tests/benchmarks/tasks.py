"""Duty of a whole committee: `DATABASE_URL=… python tests/benchmarks/tasks.py [--members 3641]`.

Fills an empty database of its own (SQLite in a temporary folder when no DATABASE_URL is given) with one committee and
prints: how long a month's tasks take (with ladders and notices), generated once more, reminded, and how long the
overview of 四个一 takes over a year of facts.
"""

# ruff: noqa: E402
import argparse
import os
import random
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.mkdtemp()}/tasks.sqlite3"

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.milestones import clock, seed
from config.milestones.models import Milestone
from config.notices.models import Notice
from members.models import DutyRecord, Member, User
from tests.factories import members as make
from workstations.models import DutyRule, DutyTask
from workstations.presets import duty as presets
from workstations.queries import quotas as queries
from workstations.reminders.tasks import LADDER
from workstations.services import duty_cycles, duty_rules, quotas

AT = datetime(2026, 11, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
FACTS = 40  # facts of each member in the year


def fill(number):
    """One committee of so many members, each with a year of facts."""
    committee = make.committee()
    sector = make.sector(committee)
    users = User.objects.bulk_create(
        [User(username=f"b{n}", name=f"委员{n}") for n in range(number)], batch_size=1000
    )  # fmt: skip
    members = Member.objects.bulk_create(
        [
            Member(user=user, committee=committee, term=committee.term, sector=sector, since=date(2022, 1, 1))
            for user in users
        ],
        batch_size=1000,
    )
    draw = random.Random(1)
    facts = ["information", "activity", "proposal", "speech", "micro"]
    for start in range(0, number, 200):
        DutyRecord.objects.bulk_create(
            DutyRecord(
                committee=committee, member=member, year=2026, fact=draw.choice(facts), key=f"b{member.pk}:{n}",
                on=date(2026, 1, 1) + timedelta(days=draw.randrange(300)), title="某事", at=AT,
            )
            for member in members[start : start + 200]
            for n in range(FACTS)
        )  # fmt: skip
    return committee


def timed(words, work):
    with CaptureQueriesContext(connection) as statements:
        began = time.perf_counter()
        answer = work()
        took = time.perf_counter() - began
    print(f"{words}: {took:.2f} s, {len(statements)} statements")
    return answer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=3641)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    seed.load("duty-task", LADDER)
    committee = fill(options.members)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}, {options.members:,} members, {DutyRecord.objects.count():,} facts")

    rule = DutyRule(committee=committee, name="月反馈", cycle="monthly", owed_by="members", since=date(2026, 1, 1))
    timed("a month's tasks, ladders and notices", lambda: duty_rules.create(rule, by=None, at=AT))
    made = DutyTask.objects.count(), Milestone.objects.filter(kind="duty-task").count(), Notice.objects.count()
    assert made == (options.members, options.members * len(LADDER), options.members), made
    timed("generated once more", lambda: duty_cycles.start(rule, at=AT))
    report = timed("reminding all three days before", lambda: clock.sweep(AT + timedelta(days=26, hours=1)))
    print(f"  {report.notices:,} notices")

    for code in ("four-ones", "six-ones"):
        quota, lines = presets.make_quota(presets.quotas()[code], committee)
        quota = quotas.create(quota, lines, by=None, at=AT)
        overview = timed(f"overview of {quota}", lambda: queries.progress(quota, 2026, today=date(2026, 11, 10)))  # noqa: B023
        assert len(overview.rows) == options.members


if __name__ == "__main__":
    main()
