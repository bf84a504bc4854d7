"""A sweeping process for the fault tests, with two kinds of its own whose effects are counted in a bare table.

python -m tests.faults.sweeper prepare     make the database and its due milestones
python -m tests.faults.sweeper sweep       sweep until nothing is pending; a dot for every batch it works on
python -m tests.faults.sweeper report      what became of it, as JSON
celery -A tests.faults.sweeper worker -B   the same sweep by a Celery worker, twice a second
"""

import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.celery import app  # noqa: E402
from config.milestones import clock  # noqa: E402
from config.milestones.models import Milestone  # noqa: E402
from config.notices.models import Notice  # noqa: E402
from members.models import User  # noqa: E402

REMINDERS, ROUTINGS, PEOPLE, BATCH = 400, 300, 20, 20

app.conf.beat_schedule = {"sweep": {"task": "config.milestones.tasks.sweep", "schedule": 0.5}}


def _work(milestones):
    """A row for each in a table without any key, slowly, so that a kill finds it in the middle."""
    print(".", end="", flush=True)
    with connection.cursor() as cursor:
        for milestone in milestones:
            cursor.execute("INSERT INTO effect (milestone_id) VALUES (%s)", [milestone.pk])
            time.sleep(0.005)


@clock.handler("fault-remind", label="提醒")
def remind(milestones, at):
    _work(milestones)
    return {m.pk: clock.Tell([1, 2 + m.subject_id % (PEOPLE - 1)], "fault", f"{m.subject_id}") for m in milestones}


@clock.handler("fault-route", label="流转")
def route(milestones, at):
    _work(milestones)
    return {m.pk: clock.Done() for m in milestones}


def prepare():
    call_command("migrate", verbosity=0)
    User.objects.bulk_create(User(pk=pk, username=f"u{pk}", name=f"u{pk}") for pk in range(1, PEOPLE + 1))
    now = timezone.now()
    Milestone.objects.bulk_create(
        Milestone(kind=kind, subject_type="fault", subject_id=number, code="once", due_at=now, next_try_at=now)
        for kind, total in (("fault-remind", REMINDERS), ("fault-route", ROUTINGS))
        for number in range(total)
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE effect (milestone_id bigint)")


def sweep():
    while Milestone.objects.pending().exists():
        clock.sweep(limit=BATCH)
        time.sleep(0.01)


def report():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*), COUNT(DISTINCT milestone_id) FROM effect")
        effects, distinct = cursor.fetchone()
    print(
        json.dumps(
            {
                "states": dict(Milestone.objects.values_list("state").annotate(Count("pk"))),
                "attempts": sorted(set(Milestone.objects.values_list("attempts", flat=True))),
                "effects": effects,
                "distinct": distinct,
                "notices": Notice.objects.count(),
            }
        )
    )


if __name__ == "__main__":
    {"prepare": prepare, "sweep": sweep, "report": report}[sys.argv[1]]()
