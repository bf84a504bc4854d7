"""The sweep at any size: `DATABASE_URL=… python tests/benchmarks/sweep.py [--rows 1000000] [--due 10000]`.

Fills an empty database of its own (SQLite in a temporary folder when no DATABASE_URL is given) with milestones, some of
them due, and prints statements, blocks (PostgreSQL) and times as ratios of the same run: looking when nothing is due;
finding what is due against a Python loop; reminding against the bare claim in batches and one transaction for each row.
"""

# ruff: noqa: E402
import argparse
import os
import re
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.mkdtemp()}/sweep.sqlite3"

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from members.models import User

PEOPLE, BATCH, SAMPLE = 200, 1000, 200
NOW = timezone.now()


@clock.handler("bench", label="试")
def remind(milestones, at):
    return {m.pk: clock.Tell([1 + m.subject_id % PEOPLE], "bench", f"第 {m.subject_id} 件到期") for m in milestones}


def fill(rows, due):
    User.objects.bulk_create(User(pk=pk, username=f"u{pk}", name=f"u{pk}") for pk in range(1, PEOPLE + 1))
    spread = rows // due
    for start in range(0, rows, 10_000):
        Milestone.objects.bulk_create(
            Milestone(
                kind="bench", subject_type="bench", subject_id=number, code="once", due_at=moment, next_try_at=moment,
                state="done" if number % 3 and number % spread else "pending",
                settled_at=NOW if number % 3 and number % spread else None,
            )
            for number in range(start, min(start + 10_000, rows))
            for moment in [NOW - timedelta(hours=1) if number % spread == 0 else NOW + timedelta(days=30)]
        )  # fmt: skip


def timed(work):
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def blocks(queryset):
    """Pages that PostgreSQL touches for this query."""
    if connection.vendor != "postgresql":
        return "-"
    plan = queryset.explain(analyze=True, buffers=True)
    return sum(int(number) for number in re.findall(r"shared hit=(\d+)", plan.split("Planning")[0])[:1])


def again():
    """Everything that was done is due once more, and nobody has been told."""
    Notice.objects.all().delete()
    Milestone.objects.filter(attempts__gt=0).update(state="pending", attempts=0, settled_at=None)


def bare_claim():
    """The floor: claim, insert, update in batches, with nothing decided."""
    while True:
        with transaction.atomic():
            rows = Milestone.objects.due(NOW).order_by("next_try_at")
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True)
            pairs = list(rows.values_list("pk", "subject_id")[:BATCH])
            if not pairs:
                return
            Notice.objects.bulk_create(
                Notice(recipient_id=1 + subject % PEOPLE, kind="bench", title="到期", key=f"bare:{pk}", created_at=NOW)
                for pk, subject in pairs
            )
            done = Milestone.objects.filter(pk__in=[pk for pk, _ in pairs])
            done.update(state=MilestoneState.DONE, settled_at=NOW, attempts=1)


def one_by_one(number):
    """As many a task queue does it: a transaction for each row."""
    for _ in range(number):
        clock._sweep_batch(NOW, 1, clock.Report())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=10_000)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    fill(options.rows, options.due)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}, {options.rows:,} milestones, {options.due:,} due")

    clock.sweep(NOW - timedelta(days=1))
    with CaptureQueriesContext(connection) as idle:
        took, _ = timed(lambda: clock.sweep(NOW - timedelta(days=1)))
    looked = blocks(Milestone.objects.due(NOW - timedelta(days=1))[:1])
    print(f"nothing due: {len(idle)} statements, {looked} blocks, {took * 1000:.1f} ms")

    query, ids = timed(lambda: list(Milestone.objects.due(NOW).values_list("pk", flat=True)))
    rows = Milestone.objects.pending().values_list("pk", "next_try_at").iterator()
    loop, _ = timed(lambda: [pk for pk, moment in rows if moment <= NOW])
    print(f"find {len(ids):,} due: {query * 1000:.0f} ms, a Python loop over what is pending x{loop / query:.0f}")

    swept, report = timed(lambda: clock.sweep(NOW))
    assert (report.done, Notice.objects.count()) == (len(ids), len(ids))
    again()
    bare, _ = timed(bare_claim)
    again()
    single = timed(lambda: one_by_one(SAMPLE))[0] / SAMPLE * len(ids)
    print(f"remind {report.done:,}: {swept:.2f} s = {report.done / swept:,.0f}/s")
    print(f"  bare claim in batches {bare:.2f} s: ratio {bare / swept:.2f}")
    print(f"  one transaction for each row {single:.1f} s (from {SAMPLE}): x{single / swept:.0f}")


if __name__ == "__main__":
    main()
