"""Usual steps of projects, copied on a click with their source (rows 91, 107), and the ladder of a step that is due."""

import json
from functools import cache
from pathlib import Path

from config.milestones import seed
from workstations.models import ProjectTemplate
from workstations.reminders.lists import LADDER
from workstations.services.projects import STEP

FILE = Path(__file__).resolve().parents[1] / "data" / "project_templates.json"


def load() -> None:
    seed.load(STEP, LADDER)


@cache
def templates() -> dict[str, dict]:
    """Code → name, steps, source in words and the row of the register of practices."""
    return {preset["code"]: preset for preset in json.loads(FILE.read_text(encoding="utf-8"))}


def make_template(data: dict, committee) -> ProjectTemplate:
    """A template of `committee`, not saved yet."""
    return ProjectTemplate(committee=committee, **{name: data[name] for name in ("name", "source", "steps")})
