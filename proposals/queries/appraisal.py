"""承办单位考核: the table of one appraisal, from the facts while it is a draft, from its scores once published."""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from members.models import Organisation
from proposals.models import Assignment, Indicator, Measure, UnitAppraisal, UnitScore
from proposals.presets_appraisal import MEANINGS
from proposals.queries.appraisal_facts import Facts, facts, organisations
from proposals.states import AppraisalState
from workstations.models import Letter, Workstation

CENT = Decimal("0.01")
THINGS = {Measure.TALKS: Workstation, Measure.STATION: Workstation, Measure.LETTERS: Letter}
"""What is counted where it is not an assignment."""

UNCOUNTED = (Measure.BY_HAND, Measure.WRONGLY_RETURNED)
"""What says nothing of how much an organisation had to do."""


@dataclass(frozen=True)
class Cell:
    """One organisation under one indicator; no points where there is nothing to count, or no score by hand yet."""

    indicator: Indicator
    numerator: int | None
    denominator: int | None
    points: Decimal | None
    words: str = ""
    things: list[tuple[int, bool]] = field(default_factory=list)

    @property
    def is_by_hand(self) -> bool:
        return self.indicator.measure == Measure.BY_HAND

    @property
    def rate(self) -> float | None:
        """In percent, as it is compared."""
        return round(100 * self.numerator / self.denominator, 1) if self.denominator else None


@dataclass
class Row:
    """One organisation: `total` of 100 over what could be counted; `count` of its largest indicator; rank if ranked.

    What it gave back is no work done, so the returns are left out of `count`.
    """

    organisation: Organisation
    cells: list[Cell]
    total: Decimal | None = None
    count: int = 0
    rank: int | None = None


@dataclass
class Table:
    indicators: list[Indicator]
    ranked: list[Row] = field(default_factory=list)
    unranked: list[Row] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        return [*self.ranked, *self.unranked]

    @property
    def sums(self) -> list[Cell]:
        """All organisations together under each indicator, ranked or not; points are of one only."""
        columns = zip(*(row.cells for row in self.rows), strict=True)
        return [
            Cell(one, sum(cell.numerator or 0 for cell in cells), sum(cell.denominator or 0 for cell in cells), None)
            for one, cells in zip(self.indicators, columns, strict=False)
        ]

    @property
    def unscored(self) -> list[tuple[Row, Cell]]:
        """What is to be scored by hand and is not."""
        return [(row, cell) for row in self.rows for cell in row.cells if cell.is_by_hand and cell.points is None]


def table(appraisal: UnitAppraisal, today: date) -> Table:
    """A draft is counted anew on `today`; a published one says what was frozen."""
    indicators = list(appraisal.indicators.all())
    scores = UnitScore.objects.filter(indicator__appraisal=appraisal).select_related("organisation")
    kept = {(score.organisation_id, score.indicator_id): score for score in scores}
    if appraisal.state == AppraisalState.PUBLISHED:
        names = {score.organisation_id: score.organisation for score in kept.values()}
        rows = [_row(names[pk], [_frozen(one, kept.get((pk, one.pk))) for one in indicators]) for pk in sorted(names)]
    else:
        found = facts(appraisal.committee, appraisal.of, appraisal.year, today)
        rows = [
            _row(unit, [_counted(one, found, unit.pk, kept.get((unit.pk, one.pk))) for one in indicators])
            for unit in organisations(appraisal.committee, appraisal.of, found)
        ]
    return _ranked(Table(indicators), rows, appraisal.least)


def _frozen(indicator, score) -> Cell:
    if score is None:
        return Cell(indicator, None, None, None)
    return Cell(indicator, score.numerator, score.denominator, score.points, score.words, score.things)


def _counted(indicator, found: Facts, unit: int, score) -> Cell:
    if indicator.measure == Measure.BY_HAND:
        return _frozen(indicator, score)
    things = found[indicator.measure].get(unit, [])
    done, total = sum(does_well for _, does_well in things), len(things)
    return Cell(indicator, done, total, points(indicator, done, total), things=things)


def points(indicator: Indicator, numerator: int, denominator: int) -> Decimal | None:
    """The share of the indicator's points; of what was wrongly returned the fewer the better."""
    if not denominator:
        return None
    done = denominator - numerator if indicator.measure == Measure.WRONGLY_RETURNED else numerator
    return (Decimal(indicator.weight * done) / denominator).quantize(CENT, ROUND_HALF_UP)


def _row(organisation, cells) -> Row:
    scored = [cell for cell in cells if cell.points is not None]
    weights = sum(cell.indicator.weight for cell in scored)
    total = (100 * sum(cell.points for cell in scored) / weights).quantize(CENT, ROUND_HALF_UP) if weights else None
    count = max((cell.denominator or 0 for cell in cells if cell.indicator.measure not in UNCOUNTED), default=0)
    return Row(organisation, cells, total, count)


def _ranked(whole: Table, rows: list[Row], least: int) -> Table:
    """Best first, equal totals share a rank; too few cases, or nothing to count: apart, without a rank."""
    fit = [row for row in rows if row.count >= least and row.total is not None]
    whole.ranked = sorted(fit, key=lambda row: (-row.total, row.organisation.pk))
    for row in whole.ranked:
        row.rank = 1 + sum(other.total > row.total for other in whole.ranked)
    whole.unranked = [row for row in rows if row not in whole.ranked]
    return whole


def meanings(indicators: list[Indicator]) -> list[dict]:
    """Each indicator with what stands above and below the line, in words."""
    return [
        {"indicator": one, "numerator": MEANINGS[one.measure][0], "denominator": MEANINGS[one.measure][1]}
        for one in indicators
    ]


def things(indicator: Indicator, organisation: Organisation, today: date) -> list[tuple[int, bool]]:
    """What one figure counts; of a published appraisal what it counted on the day on which it was published."""
    appraisal = indicator.appraisal
    if appraisal.state == AppraisalState.PUBLISHED:
        frozen = UnitScore.objects.filter(indicator=indicator, organisation=organisation).first()
        return [tuple(thing) for thing in frozen.things] if frozen else []
    found = facts(appraisal.committee, appraisal.of, appraisal.year, today)
    return found[indicator.measure].get(organisation.pk, [])


def bars(table: Table, indicator: Indicator | None = None) -> list[dict]:
    """The ranked ones beside each other, best first, by total or by one indicator: its rate, or points by hand."""
    if indicator is None:
        return [{"label": str(row.organisation), "value": row.total} for row in table.ranked]
    place = table.indicators.index(indicator)
    values = [(row.organisation, _compared(row.cells[place])) for row in table.ranked]
    found = [{"label": str(organisation), "value": value} for organisation, value in values if value is not None]
    return sorted(found, key=lambda bar: bar["value"], reverse=indicator.measure != Measure.WRONGLY_RETURNED)


def _compared(cell: Cell):
    return cell.points if cell.is_by_hand else cell.rate


def named(indicator: Indicator, numbers: list[int]) -> dict[int, object]:
    """The things themselves, for one page of them."""
    model = THINGS.get(indicator.measure, Assignment)
    related = {Assignment: ("unit",), Workstation: ("region",), Letter: ("organisation", "committee")}[model]
    return model.objects.select_related(*related).in_bulk(numbers)
