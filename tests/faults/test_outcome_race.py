"""Two clerks and two workers over the same outcomes, workers killed at work: each is routed once, none is lost."""

import json
import subprocess
import sys

from tests.faults.clerks import OUTCOMES
from tests.faults.test_kill_and_race import ROOT, environment  # noqa: F401  (the fixture)


def _run(environment, verb):  # noqa: F811
    command = [sys.executable, "-m", "tests.faults.clerks", verb]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def test_each_outcome_is_routed_exactly_once(environment):  # noqa: F811
    _run(environment, "prepare")
    third = OUTCOMES // 3
    assert json.loads(_run(environment, "race").splitlines()[-1]) == {
        "states": ["routed"],
        "assigned": third,
        "assignments": third,
        "tasks": 2 * third,
        "tasked": 2 * third,
        "lines": [1],
        "routed": OUTCOMES,
        "dead": 0,
        "steps": 6,
    }
