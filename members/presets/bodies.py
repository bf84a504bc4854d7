"""Usual trees of bodies, as places published them; copied into a committee on one click, then its own to change."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import transaction

from config.audit import log
from config.milestones import seed
from config.refusals import Refusal
from members.models import Body, BodyKind, Committee, Region, RegionLevel, User
from members.queries.body_match import DATA
from members.reminders.bodies import LADDER
from members.rules import bodies as rules
from members.services.body_seats import EXPIRY


@dataclass(frozen=True)
class BodySet:
    """One tree: where it comes from, and its rows (kind, name, children, `each` special committee or town)."""

    key: str
    title: str
    source: str
    note: str
    bodies: list[dict]


@cache
def sets() -> dict[str, BodySet]:
    return {row["key"]: BodySet(**row) for row in json.loads(DATA.read_text())["sets"]}


def load() -> None:
    """The default reminders of appointments that run out."""
    seed.load(EXPIRY, LADDER)


@dataclass(frozen=True)
class Offer:
    """A set, and what of it a committee has not yet: names in the order of the tree."""

    set: BodySet
    total: int
    missing: list[str]


def offers(committee: Committee) -> list[Offer]:
    """Every set with what it would add to `committee`; three statements."""
    there, each = set(committee.bodies.values_list("kind", "name")), _eaches(committee)
    made = []
    for one in sets().values():
        planned = list(_walk(one.bodies, each))
        missing = [name for kind, name in planned if (kind, name) not in there]
        made.append(Offer(one, len(planned), missing))
    return made


@transaction.atomic
def apply_set(committee: Committee, key: str, *, by: User | None, at: datetime) -> list[Body]:
    """套用: add the bodies of a set that the committee has not yet; those that are there stay as they are."""
    rules.require("presets", by, committee)
    found = sets()[key]
    each = _eaches(committee)
    for row in _rows(found.bodies):
        if not each.get(row.get("each"), [None]):
            lacking = "专委会" if row["each"] == "special_committee" else "乡镇（街道）"
            raise Refusal(f"本会还没有{lacking}，请先设立后再套用“{found.title}”。")
    new = []
    _copy(committee, found.bodies, each, parent=None, of=None, new=new)
    if not new:
        raise Refusal(f"“{found.title}”里的机构本会都有了。")
    log.record("committee.presets", committee, by=by, at=at, scope=committee.pk, bodies=[body.name for body in new])
    return new


def _copy(committee, rows, each, *, parent, of, new):
    for row in rows:
        for thing in each[row["each"]] if "each" in row else [of]:
            fields = {name: row[name] for name in ("party_level", "feature") if name in row}
            fields |= {"host": thing} if isinstance(thing, Body) and row.get("each") else {}
            fields |= {"region": thing} if isinstance(thing, Region) else {}
            body, fresh = Body.objects.get_or_create(
                committee=committee, kind=row["kind"], name=_named(row, thing), defaults={"parent": parent, **fields}
            )
            new += [body] if fresh else []
            _copy(committee, row.get("children", []), each, parent=body, of=thing, new=new)


def _walk(rows, each, of=None):
    """(kind, name) of every body that the rows ask for."""
    for row in rows:
        for thing in each[row["each"]] if "each" in row else [of]:
            yield row["kind"], _named(row, thing)
            yield from _walk(row.get("children", []), each, thing)


def _rows(rows):
    for row in rows:
        yield row
        yield from _rows(row.get("children", []))


def _named(row, thing) -> str:
    return row["name"].format(thing) if thing is not None else row["name"]


def _eaches(committee) -> dict[str, list]:
    towns = Region.objects.within(committee.region).in_force().filter(level=RegionLevel.TOWN)
    special = Body.objects.active().filter(committee=committee, kind=BodyKind.SPECIAL_COMMITTEE)
    return {"special_committee": list(special.order_by("position", "pk")), "town": list(towns.order_by("code"))}
