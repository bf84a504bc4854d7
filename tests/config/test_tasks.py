"""The broker only wakes: no deadline in a message, no publishing from a page (ADR 0003)."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from config.celery import app

ROOT = Path(settings.BASE_DIR)
APPS = ("config", "members", "workstations", "proposals", "consultation")
SOURCES = sorted(path for name in APPS for path in (ROOT / name).rglob("*.py"))
TIMERS = {"eta", "countdown"}
PUBLISHERS = {"delay", "delay_on_commit", "apply_async", "apply_async_on_commit", "send_task", "retry"}


def calls(path):
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]


def test_no_message_carries_a_moment():
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in SOURCES
        for call in calls(path)
        if TIMERS & {keyword.arg for keyword in call.keywords}
    ]
    assert found == []


def test_nothing_publishes_but_the_schedule():
    found = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in PUBLISHERS
    ]
    assert found == ["config/celery.py"]


def test_the_schedule_names_every_task_and_every_message_expires():
    app.loader.import_default_modules()
    scheduled = {entry["task"]: entry for entry in app.conf.beat_schedule.values()}
    own = {name for name in app.tasks if name.split(".")[0] in APPS}
    assert set(scheduled) == own
    assert {entry["options"]["expires"] <= 60 for entry in scheduled.values()} == {True}


@pytest.mark.parametrize("name", sorted(entry["task"] for entry in app.conf.beat_schedule.values()))
def test_a_task_may_run_twice(db, name):
    app.loader.import_default_modules()
    app.tasks[name]()
    app.tasks[name]()
