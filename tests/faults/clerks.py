"""Processes for the race over outcomes: clerks who classify and route the same ones, workers who sweep.

python -m tests.faults.clerks prepare    make the database and its outcomes
python -m tests.faults.clerks race       two clerks and two workers at once, two workers killed at work; then the report
"""

import json
import multiprocessing
import os
import random
import sys
import time
import uuid
from collections import Counter
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.audit.models import AuditEntry  # noqa: E402
from config.milestones import clock  # noqa: E402
from config.milestones.models import Milestone  # noqa: E402
from config.refusals import Refusal  # noqa: E402
from consultation import presets, services  # noqa: E402
from consultation.models import Consultation, Outcome, OutcomeTask, Procedure  # noqa: E402
from consultation.states import OutcomeState  # noqa: E402
from members.models import Organisation, User  # noqa: E402
from members.roles import Role  # noqa: E402
from proposals.models import Assignment  # noqa: E402
from tests.factories import members as make  # noqa: E402

SEED, OUTCOMES, BATCH = 20261121, int(os.environ.get("RACE_OUTCOMES", "60")), 10


def prepare():
    call_command("migrate", verbosity=0)
    presets.load()
    committee = make.committee()
    unit = make.organisation(committee)
    for name, role, where in (("li", Role.OFFICE_STAFF, committee), ("zhang", Role.UNIT_HANDLER, unit)):
        make.grant(make.user(name), role, where)
    li, now = User.objects.get(username="li"), timezone.now()
    run = services.open_consultation(uuid.uuid4(), committee, title="协商", form="micro", by=li, at=now)
    services.start(run, procedure=Procedure.objects.get(name="六步协商"), by=li, at=now)
    same = {"committee": committee, "consultation": run, "text": "成果", "created_by": li}
    Outcome.objects.bulk_create(
        Outcome(number=number, created_at=now, updated_at=now, **same) for number in range(1, OUTCOMES + 1)
    )


def given(outcome):
    """Every third outcome is of class A, B or C, whoever classifies it."""
    day = timezone.localdate() + timedelta(days=30)
    if outcome.number % 3 == 0:
        return {
            "outcome_class": "A", "unit": Organisation.objects.get(), "leader_name": "罗", "leader_post": "局长",
            "handler": User.objects.get(username="zhang"), "due_on": day, "duty": "办", "quality": "好",
        }  # fmt: skip
    followed = {"responsible": User.objects.get(username="li"), "look_again_on": day}
    if outcome.number % 3 == 1:
        return {"outcome_class": "B", "route": "special_report", **followed}
    return {"outcome_class": "C", **followed}


def clerk(seed):
    """Classify and route everything, in an own order; a refusal means that somebody was faster."""
    li, keys = User.objects.get(username="li"), list(Outcome.objects.values_list("pk", flat=True))
    random.Random(seed).shuffle(keys)
    for pk in keys:
        outcome = Outcome.objects.select_related("committee", "consultation").get(pk=pk)
        for deed in (
            lambda row: services.classify(row, seen=0, by=li, at=timezone.now(), **given(row)),
            lambda row: services.route(row, by=li, at=timezone.now()),
        ):
            try:
                deed(outcome)
            except Refusal:
                outcome.refresh_from_db()


def worker():
    while Outcome.objects.exclude(state=OutcomeState.ROUTED).exists() or _routing().exists():
        clock.sweep(limit=BATCH)
        time.sleep(0.05)


def _routing():
    return Milestone.objects.pending().filter(kind=services.outcomes.ROUTING)


def race():
    chance, fork = random.Random(SEED), multiprocessing.get_context("fork")
    connections.close_all()  # nobody inherits a connection

    def start(target, *args):
        process = fork.Process(target=target, args=args)
        process.start()
        return process

    clerks = [start(clerk, SEED + number) for number in range(2)]
    workers = [start(worker) for _ in range(2)]
    for place in range(2):
        time.sleep(chance.uniform(0.5, 1.5))
        workers[place].kill()
        workers[place].join()
        workers[place] = start(worker)
    for process in (*clerks, *workers):
        process.join()
        assert process.exitcode == 0
    report()


def report():
    """How often each outcome was routed, by what came of it and by the trail."""
    routed = Counter(AuditEntry.objects.filter(verb="outcome.route").values_list("target_id", flat=True))
    print(
        json.dumps(
            {
                "states": list(Outcome.objects.order_by().values_list("state", flat=True).distinct()),
                "assigned": Outcome.objects.filter(assignment__isnull=False, number__gt=0).count(),
                "assignments": Assignment.objects.count(),
                "tasks": OutcomeTask.objects.count(),
                "tasked": OutcomeTask.objects.values("outcome").distinct().count(),
                "lines": sorted(set(routed.values())),
                "routed": len(routed),
                "dead": Milestone.objects.filter(state="dead").count(),
                "steps": Consultation.objects.get().steps.count(),
            }
        )
    )


if __name__ == "__main__":
    {"prepare": prepare, "race": race}[sys.argv[1]]()
