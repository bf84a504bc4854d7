"""考评方案: where a scheme comes from, and when it counts."""

from datetime import datetime

from django.db import transaction

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.saving import once
from config.transitions import take
from members.models import Committee, ScoreScheme
from members.rules import scoring as rules
from members.services.scoring.ledger import post
from members.services.scoring.sharing import build, export_scheme
from members.states import SchemeState

USUAL = "委员履职考评方案"  # what a copy is called


@transaction.atomic
def new_scheme(committee: Committee, year: int, *, name: str, by, at: datetime) -> ScoreScheme:
    """新建: a draft without rows."""
    return _begin({"name": name}, committee, year, by=by, at=at)


@transaction.atomic
def copy_preset(
    preset: ScoreScheme, committee: Committee, year: int, *, by, at: datetime, name: str = USUAL
) -> ScoreScheme:
    """套用范本: a draft for `year` with all rows of the preset, under its own name; it may be edited freely."""
    return _begin({**export_scheme(preset), "name": name}, committee, year, by=by, at=at, copied=str(preset))


@transaction.atomic
def copy_scheme(scheme: ScoreScheme, year: int, *, by, at: datetime, name: str = "") -> ScoreScheme:
    """沿用: a draft for another year of the same committee."""
    payload = {**export_scheme(scheme), "name": name or scheme.name}
    return _begin(payload, scheme.committee, year, by=by, at=at, copied=str(scheme))


@transaction.atomic
def enact(scheme: ScoreScheme, *, by, at: datetime) -> int:
    """启用: from now on the year's ledger follows this scheme; returns how many lines were posted.

    Refused without items or grades, and while another scheme of the year counts.
    """
    rules.require("enact", by, scheme)
    if not scheme.groups.filter(items__isnull=False).exists():
        raise Incomplete("方案里还没有细项，启用后谁都得不到分。请先添加大项和细项。")
    if not scheme.bands.exists():
        raise Incomplete("方案里还没有等次。请先添加等次，如：优秀、称职、不称职。")
    others = ScoreScheme.objects.filter(committee=scheme.committee_id, year=scheme.year)
    if other := others.filter(state__in=[SchemeState.IN_FORCE, SchemeState.FROZEN]).first():
        remedy = "请先停用它。" if other.state == SchemeState.IN_FORCE else "该年度的考评结果已经定格。"
        raise WrongState(f"“{other}”{other.get_state_display()}，一个年度只能有一个方案。{remedy}")
    with once(f"{scheme.year} 年另一个方案刚刚启用，一个年度只能有一个方案。"):
        take(scheme, "enact", by=by, at=at)
    return post(scheme.committee_id, scheme.year, at=at)


@transaction.atomic
def retire(scheme: ScoreScheme, *, by, at: datetime) -> None:
    """停用: records no longer make points under it; its ledger stays as it is."""
    rules.require("retire", by, scheme)
    take(scheme, "retire", by=by, at=at)


@transaction.atomic
def freeze(scheme: ScoreScheme, *, by, at: datetime) -> None:
    """定格: bring the ledger up to the records once more, then close it; the members stay held until the end."""
    rules.require("freeze", by, scheme)
    post(scheme.committee_id, scheme.year, at=at)
    take(scheme, "freeze", by=by, at=at)


def _begin(payload, committee, year, *, by, at, copied="") -> ScoreScheme:
    rules.require("copy", by, committee)
    scheme = build(payload, committee=committee, year=year)
    log.record("scorescheme.begin", scheme, by=by, at=at, scope=committee.pk, copied=copied)
    return scheme
