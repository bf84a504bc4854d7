"""`kill -9` in the middle of due milestones, and many sweeps at once: nothing is lost, nothing happens twice.

Real processes on a real database of their own: a SQLite file, or a PostgreSQL database beside the test's own.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from tests.faults.load import LATE, REMINDERS, ROUTINGS, SEED

ROOT = Path(settings.BASE_DIR)
TOTAL = REMINDERS + ROUTINGS + LATE
ALL_DONE_ONCE = {
    "states": {"done": TOTAL},
    "attempts": [1],
    "effects": TOTAL,
    "distinct": TOTAL,
    "notices": 2 * REMINDERS,
    "digests": [LATE],
}


@pytest.fixture
def environment(tmp_path):
    """The environment of processes that share a fresh database."""
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "REDIS_URL": "", "EMAIL_HOST": ""}
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield {**environment, "DATABASE_URL": f"sqlite:///{tmp_path / 'fault.sqlite3'}"}
        return
    server, name = address.rsplit("/", 1)[0], f"fault_{os.getpid()}"

    def administer(statement):
        with closing(psycopg2.connect(address)) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)

    administer(f"CREATE DATABASE {name}")
    yield {**environment, "DATABASE_URL": f"{server}/{name}"}
    administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def start(environment):
    """`start(*command)` runs Python with that command; whatever still runs at the end is killed."""
    running = []

    def begin(*command):
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, start_new_session=True, stdout=subprocess.PIPE
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        kill(process)


def kill(process):
    """The process and all it has started, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def run(environment, verb):
    command = [sys.executable, "-m", "tests.faults.sweeper", verb]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, timeout=120)
    return json.loads(done.stdout) if done.stdout else None


def test_kill_nine_of_racing_sweeps(environment):
    """Four sweeps at once; six times one of them is killed while it works on a batch."""
    run(environment, "prepare")
    assert run(environment, "race") == ALL_DONE_ONCE


def test_kill_nine_of_the_celery_worker(environment, start):
    """A Celery worker with its beat, killed three times with everything it has started."""
    chance = random.Random(SEED)
    run(environment, "prepare")

    def worker():
        return start(
            "-m", "celery", "--quiet", "-A", "tests.faults.sweeper", "worker", "-B", "--concurrency", "2",
            "--loglevel", "CRITICAL", "--without-gossip", "--without-mingle",
        )  # fmt: skip

    for _ in range(3):
        process = worker()
        assert process.stdout.read(1) == b"."
        time.sleep(chance.uniform(0, 0.3))
        kill(process)
    worker()
    deadline = time.monotonic() + 90
    while (found := run(environment, "report")) != ALL_DONE_ONCE and time.monotonic() < deadline:
        time.sleep(1)
    assert found == ALL_DONE_ONCE
