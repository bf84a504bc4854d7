"""Checklists of other places as a start, copied on a click, with their source; what a copy of one says."""

import json
from functools import cache
from pathlib import Path

from config.milestones import seed
from workstations.models import Standard, StandardItem
from workstations.services.inspections import RECHECK, RECHECK_LADDER

DATA = Path(__file__).resolve().parents[1] / "data" / "standards.json"
FIELDS = ("name", "source", "station_kind")
ITEM_FIELDS = ("name", "help", "needs_photo")


def load() -> None:
    """The ladder of reminders; the checklists become rows only when a place copies them."""
    seed.load(RECHECK, RECHECK_LADDER)


@cache
def standards() -> dict[str, dict]:
    """Code → what a standard says, its source in words and the row of the register of practices."""
    return {preset["code"]: preset for preset in json.loads(DATA.read_text(encoding="utf-8"))}


def export(standard: Standard) -> dict:
    """What another committee can make the same standard from."""
    items = [{name: getattr(item, name) for name in ITEM_FIELDS} for item in standard.items.all()]
    return {**{name: getattr(standard, name) for name in FIELDS}, "items": items}


def make(data: dict, committee) -> tuple[Standard, list[StandardItem]]:
    """A standard of `committee` with its items, not saved yet."""
    standard = Standard(committee=committee, **{name: data[name] for name in FIELDS if name in data})
    standard.source = standard.source[: Standard._meta.get_field("source").max_length]
    items = [
        StandardItem(position=position, **{name: item[name] for name in ITEM_FIELDS if name in item})
        for position, item in enumerate(data["items"], start=1)
    ]
    return standard, items
