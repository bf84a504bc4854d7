"""The rows of a scheme that may still change; what is in force is followed by its ledger in the same transaction."""

from datetime import datetime

from django.db import transaction

from config.audit import log
from config.refusals import WrongState
from config.saving import in_words
from members.models import GradeBand, LadderStep, ScoreGroup, ScoreItem, ScoreRequirement, ScoreScheme
from members.rules import scoring as rules
from members.services.scoring.ledger import RULES_CHANGED, post
from members.states import SchemeState

Row = ScoreGroup | ScoreItem | GradeBand | LadderStep | ScoreRequirement


@transaction.atomic
def edit_scheme(scheme: ScoreScheme, *, changed: list[str], by, at: datetime) -> None:
    """修改方案: save the named fields of the scheme itself."""
    _hold(scheme, by)
    if changed:
        _save(scheme, update_fields=[*changed, "updated_at"])
        _follow(scheme, scheme, "edit", changed=changed, by=by, at=at)


@transaction.atomic
def add_row(row: Row, *, by, at: datetime) -> Row:
    """添加: a group, item, grade, requirement or step of the ladder; last of its kind unless it has a place."""
    _hold(row.scheme, by)
    if row.position is None:
        siblings = row.group.items if isinstance(row, ScoreItem) else _siblings(row)
        row.position = 1 + max(siblings.values_list("position", flat=True), default=0)
    _save(row)
    _follow(row.scheme, row, "add_row", by=by, at=at)
    return row


@transaction.atomic
def edit_row(row: Row, *, changed: list[str], by, at: datetime) -> None:
    """修改: save what a form has put on the row."""
    _hold(row.scheme, by)
    if changed:
        _save(row)
        _follow(row.scheme, row, "edit_row", changed=changed, by=by, at=at)


@transaction.atomic
def drop_row(row: Row, *, by, at: datetime) -> None:
    """删去: the row leaves the scheme; the ledger keeps its lines and takes the points back by counter-lines."""
    _hold(row.scheme, by)
    scheme, pk = row.scheme, row.pk
    row.delete()
    row.pk = pk
    _follow(scheme, row, "drop_row", by=by, at=at)


def _siblings(row):
    return type(row).objects.filter(scheme=row.scheme)


def _hold(scheme: ScoreScheme, by) -> None:
    """The scheme's row, held until the end; WrongState when it no longer may change."""
    rules.require("edit", by, scheme)
    state = ScoreScheme.objects.select_for_update(no_key=True).values_list("state", flat=True).get(pk=scheme.pk)
    if state not in (SchemeState.DRAFT, SchemeState.IN_FORCE):
        raise WrongState(f"“{scheme}”{SchemeState(state).label}，不能再改。需要新的规则时，请复制成下一年度的方案。")
    scheme.state = state


def _save(row, **options) -> None:
    with in_words():
        row.full_clean()
    row.save(**options)


def _follow(scheme, row, verb, *, by, at, changed=()) -> None:
    """One line in the trail of the scheme, and the ledger of a scheme in force anew."""
    labels = [str(row._meta.get_field(name).verbose_name) for name in changed]
    what = {} if row is scheme else {"row": f"{row._meta.verbose_name}“{row}”"}
    log.record(f"scorescheme.{verb}", scheme, by=by, at=at, scope=scheme.committee_id, fields=labels, **what)
    if scheme.state == SchemeState.IN_FORCE:
        post(scheme.committee_id, scheme.year, at=at, why=RULES_CHANGED)
