"""What a monitor is told: the process answers; the work gets done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config import health
from config.milestones import clock, heartbeat
from config.milestones.models import Heartbeat


@pytest.fixture
def beating(db):
    return Heartbeat.objects.create(name=heartbeat.SWEEP, at=timezone.now())


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, [name for name, good in answer.json()["checks"].items() if not good]


def test_the_process_answers_without_the_database(client):
    """No `db` fixture: any statement would fail."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready(client, beating):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": True, "migrations": True, "sweep": True, "milestones": True},
        "last_sweep": pytest.approx(0, abs=30),
        "oldest_overdue": None,
    }


@pytest.mark.parametrize(("age", "expected"), [(170, (200, [])), (190, (503, ["sweep"]))])
def test_a_silent_sweep(client, beating, age, expected):
    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=age))
    assert ready(client) == expected


def test_no_sweep_ever(client, db):
    assert ready(client) == (503, ["sweep"])


@pytest.mark.parametrize(("age", "expected"), [(280, (200, [])), (310, (503, ["milestones"]))])
def test_a_milestone_that_nobody_settles(client, beating, cast, age, expected):
    due_at = timezone.now() - timedelta(seconds=age)
    clock.once(cast.unit, kind="test", code="a", due_at=due_at, scope=None)
    assert ready(client) == expected


def test_missing_migrations(client, beating, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'notices'")
    assert ready(client) == (503, ["migrations", "sweep", "milestones"])


def test_only_looking_is_allowed(client):
    assert [client.post(path).status_code for path in ("/healthz", "/readyz")] == [405, 405]
