"""How a state changes: a table of moves, and one conditional UPDATE that only the first can win (ADR 0004)."""

from typing import NamedTuple

from django.utils import timezone

from config.audit import log
from config.refusals import WrongState


class Move(NamedTuple):
    """One verb of a noun: what the button says, the states it starts from, the state it leads to."""

    label: str
    sources: frozenset
    target: str


def moves(table: dict[str, tuple[str, set, str]]) -> dict[str, Move]:
    return {verb: Move(label, frozenset(sources), target) for verb, (label, sources, target) in table.items()}


def take(thing, verb: str, *, by, at, data: dict | None = None, **changes) -> None:
    """Move `thing` by `verb`, stamp `changes`, write one audit line; WrongState when it no longer stands where seen.

    The model has TRANSITIONS, `state` and `scope`; where it has `updated_at`, this is stamped as well.
    """
    move, before = thing.TRANSITIONS[verb], thing.state
    changes["state"] = move.target
    if hasattr(thing, "updated_at"):
        changes.setdefault("updated_at", at)  # UPDATE knows no auto_now
    unchanged = type(thing).objects.filter(pk=thing.pk, state=before)
    if before not in move.sources or not unchanged.update(**changes):
        raise WrongState(_why_not(thing, move))
    for name, value in changes.items():
        setattr(thing, name, value)
    name = f"{thing._meta.model_name}.{verb}"
    log.record(name, thing, by=by, at=at, scope=thing.scope, before=before, after=move.target, **(data or {}))


def _why_not(thing, move):
    thing.refresh_from_db()
    refused = f"“{thing.get_state_display()}”的{thing._meta.verbose_name}不能{move.label}。"
    last = log.history(thing).first()
    if last is None:
        return refused
    when = timezone.localtime(last.at).strftime("%m月%d日 %H:%M")
    return f"{refused}{last.actor}已于 {when} {log.label(last.verb)}。"
