"""Practices of other places as a start: rules of recurring duty and quotas, copied on a click, with their source."""

import json
from functools import cache
from pathlib import Path

from config.milestones import seed
from workstations.models import DutyRule, Quota, QuotaLine
from workstations.reminders.tasks import LADDER

DATA = Path(__file__).resolve().parents[1] / "data"
RULE_FIELDS = (
    "name", "instructions", "makes", "cycle", "day", "shift", "owed_by", "body_kind", "station_kind", "asks_number",
    "shortest", "is_graded", "is_restricted", "fact", "detail", "activity_kind", "tiers", "rotation",
)  # fmt: skip
QUOTA_FIELDS = ("name", "subject", "body_kind", "station_kind")
LINE_FIELDS = ("name", "facts", "details", "marks", "shares", "at_least", "span")


def load() -> None:
    """The ladder of reminders; the presets themselves become rows only when a place copies them."""
    seed.load("duty-task", LADDER)


@cache
def rules() -> dict[str, dict]:
    """Code → what a duty rule of that kind says, its source in words and the row of the register of practices."""
    return _read("duty_rules.json")


@cache
def quotas() -> dict[str, dict]:
    return _read("quotas.json")


def _read(name):
    return {preset["code"]: preset for preset in json.loads((DATA / name).read_text(encoding="utf-8"))}


def export_rule(rule: DutyRule) -> dict:
    """What another committee can make the same rule from: no body, no person, no date; chosen bodies by their kind."""
    given = {name: getattr(rule, name) for name in RULE_FIELDS}
    if rule.pk and not rule.body_kind:
        given["body_kind"] = rule.bodies.values_list("kind", flat=True).first() or ""
    return given


def make_rule(data: dict, committee) -> DutyRule:
    """A rule of `committee`, not saved yet, as a preset or another committee describes it."""
    return DutyRule(committee=committee, **{name: data[name] for name in RULE_FIELDS if name in data})


def export_quota(quota: Quota) -> dict:
    lines = [{name: getattr(line, name) for name in LINE_FIELDS} for line in quota.lines.all()]
    return {**{name: getattr(quota, name) for name in QUOTA_FIELDS}, "lines": lines}


def make_quota(data: dict, committee) -> tuple[Quota, list[QuotaLine]]:
    """A quota of `committee` with its lines, not saved yet."""
    quota = Quota(committee=committee, **{name: data[name] for name in QUOTA_FIELDS if name in data})
    lines = [
        QuotaLine(position=position, **{name: line[name] for name in LINE_FIELDS if name in line})
        for position, line in enumerate(data["lines"], start=1)
    ]
    return quota, lines
