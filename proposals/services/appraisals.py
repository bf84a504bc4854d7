"""承办单位考核: set up with its indicators, scored by hand where nothing can be counted, published frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.saving import save
from config.transitions import take
from members.models import Committee, Organisation, OrganisationKind
from proposals import rules
from proposals.models import Appraised, Indicator, Measure, UnitAppraisal, UnitScore
from proposals.notices import supervision as notices
from proposals.presets_appraisal import INDICATORS, OFFERED
from proposals.queries import appraisal as queries
from proposals.states import AppraisalState

FIRST_YEAR = 2000
WHOLE = 100
MOST = 20
NAMED = 5
MOST_LEAST = 1000
WRONG_LEAST = f"参与排名最少件数应为 1 到 {MOST_LEAST} 件。"


@dataclass(frozen=True)
class Line:
    """One indicator as it is typed; `pk` of one that is there already keeps its scores."""

    name: str
    measure: str
    weight: int
    pk: int | None = None


@transaction.atomic
def create(committee: Committee, *, year: int, of: str, least: int, by, at) -> UnitAppraisal:
    """Of one year; its indicators are those of the latest earlier one of the same kind, else the usual ones."""
    made = UnitAppraisal(committee=committee, year=year, of=of, least=least)
    rules.require("appraise", by, made)
    wrong = {}
    if not FIRST_YEAR <= (year or 0) <= timezone.localdate(at).year:
        wrong["year"] = "请填写今年或以前的年度。"
    if not 1 <= (least or 0) <= MOST_LEAST:
        wrong["least"] = WRONG_LEAST
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    doubled = "这一年的考核已经建立，请在列表里打开。"
    if UnitAppraisal.objects.filter(committee=committee, year=year, of=of).exists():
        raise WrongState(doubled)
    save(made, doubled=doubled)
    earlier = UnitAppraisal.objects.filter(committee=committee, of=of, year__lt=year).order_by("-year").first()
    lines = (
        [(one.name, one.measure, one.weight) for one in earlier.indicators.all()] if earlier else INDICATORS[of]
    )  # fmt: skip
    Indicator.objects.bulk_create(
        [
            Indicator(appraisal=made, position=position, name=name, measure=measure, weight=weight)
            for position, (name, measure, weight) in enumerate(lines, start=1)
        ]
    )
    log.record("unitappraisal.create", made, by=by, at=at, scope=made.scope, year=year, of=made.get_of_display())
    return made


@transaction.atomic
def keep_indicators(
    appraisal: UnitAppraisal, lines: Sequence[Line], *, least: int | None = None, by, at
) -> None:  # fmt: skip
    """The indicators are these, in this order; one that is left out goes with its scores by hand.

    `least` is how few may be ranked from now on; None leaves it.
    """
    rules.require("appraise", by, appraisal)
    _hold_draft(appraisal)
    if least is not None:
        if not 1 <= least <= MOST_LEAST:
            raise Incomplete(WRONG_LEAST, {"least": WRONG_LEAST})
        UnitAppraisal.objects.filter(pk=appraisal.pk).update(least=least)
        appraisal.least = least
    lines = [Line(line.name.strip(), line.measure, line.weight, line.pk) for line in lines]
    _check(appraisal, lines)
    there = {one.pk: one for one in appraisal.indicators.all()}
    if any(line.pk is not None and line.pk not in there for line in lines):
        raise WrongState("指标在此期间已经变了，请刷新后再改。")
    kept = {line.pk for line in lines}
    Indicator.objects.filter(pk__in=[pk for pk in there if pk not in kept]).delete()
    for pk in kept & set(there):
        Indicator.objects.filter(pk=pk).update(name=f"#{pk}")  # two may have changed their names with each other
    for position, line in enumerate(lines, start=1):
        row = there.get(line.pk) or Indicator(appraisal=appraisal)
        if row.pk and (row.measure, row.weight) != (line.measure, line.weight):
            row.scores.all().delete()
        row.position, row.name, row.measure, row.weight = position, line.name, line.measure, line.weight
        row.save()
    said = [f"{line.name} {line.weight}" for line in lines]
    log.record(
        "unitappraisal.indicators", appraisal, by=by, at=at, scope=appraisal.scope, indicators=said,
        least=appraisal.least,
    )  # fmt: skip


def _check(appraisal, lines):
    if not lines:
        raise Incomplete("请至少填写一项指标。")
    if len(lines) > MOST:
        raise Incomplete(f"最多 {MOST} 项指标。")
    names = [line.name for line in lines]
    if not all(names):
        raise Incomplete("每项指标都要有名称。")
    if len(set(names)) < len(names):
        raise Incomplete("指标的名称不能重复。")
    if any(line.measure not in OFFERED[appraisal.of] for line in lines):
        raise Incomplete(f"{appraisal.get_of_display()}不能用这种测算。")
    if any(not 1 <= line.weight <= WHOLE for line in lines):
        raise Incomplete("每项指标的分值为 1 到 100。")
    total = sum(line.weight for line in lines)
    if total != WHOLE:
        raise Incomplete(f"各项分值合计应为 100 分，现在是 {total} 分。")


@transaction.atomic
def score(
    indicator: Indicator, organisation: Organisation, *, points: Decimal, words: str, by, at
) -> UnitScore:  # fmt: skip
    """人工评分 of what cannot be counted, with words; until it is published the score may be given anew."""
    appraisal = indicator.appraisal
    rules.require("appraise", by, appraisal)
    _hold_draft(appraisal)
    if indicator.measure != Measure.BY_HAND:
        raise WrongState("这一项由系统测算，不能人工评分。")
    is_town = organisation.kind == OrganisationKind.TOWN
    if organisation.committee_id != appraisal.committee_id or (appraisal.of == Appraised.TOWNS and not is_town):
        raise Incomplete(f"请选择本会的{appraisal.get_of_display()}。")
    wrong = {}
    if points is None or not 0 <= points <= indicator.weight:
        wrong["points"] = f"请填写 0 到 {indicator.weight} 分。"
    if not words.strip():
        wrong["words"] = "请写明评分的依据。"
    elif len(words.strip()) > 200:
        wrong["words"] = "最多 200 字。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    given = {"points": points, "words": words.strip(), "by": by}
    kept, _ = UnitScore.objects.update_or_create(indicator=indicator, organisation=organisation, defaults=given)
    log.record(
        "unitappraisal.score", appraisal, by=by, at=at, scope=appraisal.scope, unit=str(organisation),
        indicator=indicator.name, points=str(points),
    )  # fmt: skip
    return kept


@transaction.atomic
def publish(appraisal: UnitAppraisal, *, by, at) -> UnitAppraisal:
    """发布: the figures of this moment are frozen, and every unit hears that its own can be read."""
    rules.require("appraise", by, appraisal)
    _hold_draft(appraisal)
    whole = queries.table(appraisal, timezone.localdate(at))
    if not whole.rows:
        raise Incomplete("没有可以考核的单位。")
    if missing := whole.unscored:
        names = "、".join(f"{row.organisation}（{cell.indicator}）" for row, cell in missing[:NAMED])
        more = "等" if len(missing) > NAMED else ""
        raise Incomplete(f"还有 {len(missing)} 处没有人工评分，不能发布：{names}{more}。")
    take(appraisal, "publish", by=by, at=at, published_at=at)
    present = [row.organisation.pk for row in whole.rows]
    UnitScore.objects.filter(indicator__appraisal=appraisal).exclude(organisation__in=present).delete()
    frozen = [
        UnitScore(
            indicator=cell.indicator, organisation=row.organisation, numerator=cell.numerator,
            denominator=cell.denominator, points=cell.points, things=cell.things,
        )
        for row in whole.rows
        for cell in row.cells
        if not cell.is_by_hand
    ]  # fmt: skip
    UnitScore.objects.bulk_create(frozen, batch_size=500)
    notices.appraised(appraisal, present, at=at)
    return appraisal


def _hold_draft(appraisal):
    """Nobody else changes or publishes it until this is done."""
    now = UnitAppraisal.objects.select_for_update().get(pk=appraisal.pk)
    if now.state != AppraisalState.DRAFT:
        raise WrongState("这份考核已经发布，不能再改。")
