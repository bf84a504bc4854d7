"""Sweeping processes for the fault tests, with two kinds of their own whose effects are counted in a bare table.

python -m tests.faults.sweeper prepare     make the database and its due milestones
python -m tests.faults.sweeper race        four sweeps at once, some killed at work; then the report
python -m tests.faults.sweeper report      what became of it, as JSON
celery -A tests.faults.sweeper worker -B   the same sweep by a Celery worker, twice a second
"""

import json
import multiprocessing
import os
import random
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.celery import app  # noqa: E402
from config.milestones import clock  # noqa: E402
from config.milestones.effects import DIGEST  # noqa: E402
from config.milestones.models import Milestone  # noqa: E402
from config.notices.models import Notice  # noqa: E402
from members.models import User  # noqa: E402
from tests.faults.load import BATCH, LATE, PEOPLE, REMINDERS, ROUTINGS, SEED  # noqa: E402

SWEEPS, KILLS = 4, 6

app.conf.worker_redirect_stdouts = False
app.conf.beat_schedule = {"sweep": {"task": "config.milestones.tasks.sweep", "schedule": 0.5}}


def _work(milestones):
    """A row for each in a table without any key, slowly, so that a kill finds it in the middle."""
    print(".", end="", flush=True)
    with connection.cursor() as cursor:
        for milestone in milestones:
            cursor.execute("INSERT INTO effect (milestone_id) VALUES (%s)", [milestone.pk])
            time.sleep(0.008)


@clock.handler("fault-remind", label="提醒")
def remind(milestones, at):
    _work(milestones)
    return {m.pk: clock.Tell([1, 2 + m.subject_id % (PEOPLE - 1)], "fault", f"{m.subject_id}") for m in milestones}


@clock.handler("fault-late", label="补发")
def remind_late(milestones, at):
    _work(milestones)
    return {m.pk: clock.Tell([1], "fault", f"late {m.subject_id}") for m in milestones}


@clock.handler("fault-route", label="流转")
def route(milestones, at):
    _work(milestones)
    return {m.pk: clock.Done() for m in milestones}


def prepare():
    call_command("migrate", verbosity=0)
    User.objects.bulk_create(User(pk=pk, username=f"u{pk}", name=f"u{pk}") for pk in range(1, PEOPLE + 1))
    now = timezone.now()
    due = {"fault-remind": (now, REMINDERS), "fault-route": (now, ROUTINGS), "fault-late": (now - timedelta(2), LATE)}
    Milestone.objects.bulk_create(
        Milestone(kind=kind, subject_type="fault", subject_id=number, code="once", due_at=due_at, next_try_at=due_at)
        for kind, (due_at, total) in due.items()
        for number in range(total)
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE effect (milestone_id bigint)")


def sweep(output):
    os.dup2(output.fileno(), sys.stdout.fileno())
    while Milestone.objects.pending().exists():
        clock.sweep(limit=BATCH)


def race():
    """Each kill hits a sweep that has just begun a batch; another takes its place."""
    chance, fork = random.Random(SEED), multiprocessing.get_context("fork")
    connections.close_all()  # nobody inherits a connection

    def start():
        reader, writer = os.pipe()
        with os.fdopen(writer, "w") as output:
            process = fork.Process(target=sweep, args=(output,))
            process.start()
        return process, reader

    running, killed = [start() for _ in range(SWEEPS)], 0
    while killed < KILLS:
        place = chance.randrange(SWEEPS)
        process, reader = running[place]
        if os.read(reader, 1) != b".":
            break  # nothing was left for this one: on a busy machine the others were given all the time
        killed += 1
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.join()
        running[place] = start()
    assert killed, "every sweep ended before it could be killed"
    for process, _ in running:
        process.join()
        assert process.exitcode == 0
    report()


def report():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*), COUNT(DISTINCT milestone_id) FROM effect")
        effects, distinct = cursor.fetchone()
    digests = Notice.objects.filter(kind=DIGEST)
    print(
        json.dumps(
            {
                "states": dict(Milestone.objects.values_list("state").annotate(Count("pk"))),
                "attempts": sorted(set(Milestone.objects.values_list("attempts", flat=True))),
                "effects": effects,
                "distinct": distinct,
                "notices": Notice.objects.exclude(kind=DIGEST).count(),
                "digests": [len(set(body.split("\n"))) for body in digests.values_list("body", flat=True)],
            }
        )
    )


if __name__ == "__main__":
    {"prepare": prepare, "race": race, "report": report}[sys.argv[1]]()
