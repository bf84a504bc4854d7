"""A scheme as plain data: what a preset file, a copy and a shared practice hold, and back again."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete
from members.models import Committee, GradeBand, LadderStep, ScoreGroup, ScoreItem, ScoreRequirement, ScoreScheme
from members.rules import scoring as rules
from members.scoring import plain

PARTS = {"requirements": ScoreRequirement, "bands": GradeBand, "ladder": LadderStep}
NOT_SHARED = {"id", "committee", "year", "state", "updated_at", "scheme", "group", "position"}


def export_scheme(scheme: ScoreScheme) -> dict:
    """The scheme and its rows as JSON values, without what stands at its default; six queries."""
    items = {}
    for item in ScoreItem.objects.filter(group__scheme=scheme).order_by("position", "pk"):
        items.setdefault(item.group_id, []).append(_plain(item))
    groups = scheme.groups.order_by("position", "pk")
    return {
        **_plain(scheme),
        "groups": [{**_plain(group), "items": items.get(group.pk, [])} for group in groups],
        **{name: [_plain(row) for row in getattr(scheme, name).order_by("position", "pk")] for name in PARTS},
    }


@transaction.atomic
def make_scheme(committee: Committee, payload: Mapping, *, by, at: datetime, year: int | None = None) -> ScoreScheme:
    """A draft from what `export_scheme` gave, for this year unless another is named; Incomplete for anything else."""
    rules.require("make", by, committee)
    scheme = build(payload, committee=committee, year=year or timezone.localdate(at).year)
    log.record("scorescheme.begin", scheme, by=by, at=at, scope=committee.pk, copied=str(payload.get("source", "")))
    return scheme


def build(payload: Mapping, *, committee: Committee | None, year: int | None) -> ScoreScheme:
    """Save the scheme and its rows; no committee makes a preset."""
    scheme = _row(ScoreScheme, payload, committee=committee, year=year)
    for position, given in enumerate(_list(payload, "groups"), start=1):
        group = _row(ScoreGroup, given, scheme=scheme, position=position)
        for place, item in enumerate(_list(given, "items"), start=1):
            _row(ScoreItem, item, group=group, position=place)
    for name, model in PARTS.items():
        for position, given in enumerate(_list(payload, name), start=1):
            _row(model, given, scheme=scheme, position=position)
    return scheme


def _plain(row) -> dict:
    values = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name not in NOT_SHARED and value != field.get_default():
            values[field.name] = plain(value) if isinstance(value, Decimal) else value
    return values


def _row(model, given, **place):
    """One validated and saved row; names of parts are left out, any other unknown name is refused."""
    if not isinstance(given, Mapping):
        raise Incomplete("这不是一个考评方案。")
    values = {name: value for name, value in given.items() if name not in {"groups", "items", *PARTS}}
    noun, known = model._meta.verbose_name, {field.name for field in model._meta.concrete_fields} - NOT_SHARED
    if unknown := sorted(set(values) - known):
        raise Incomplete(f"{noun}没有“{unknown[0]}”这一项。")
    row = model(**values, **place)
    try:
        row.full_clean()
    except ValidationError as problem:
        words = "；".join(f"{_label(model, name)}{''.join(told)}" for name, told in problem)
        raise Incomplete(f"{noun}“{values.get('name', '')}”：{words}") from problem
    row.save()
    return row


def _label(model, name) -> str:
    return "" if name == NON_FIELD_ERRORS else f"{model._meta.get_field(name).verbose_name}，"


def _list(given, name) -> list:
    rows = given.get(name, [])
    if not isinstance(rows, list):
        raise Incomplete("这不是一个考评方案。")
    return rows
