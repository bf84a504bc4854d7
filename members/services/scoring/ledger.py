"""积分台账: what the records of a year are worth under the scheme in force, posted as lines that only grow."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction

from config import bulk
from config.audit import log
from members import scoring
from members.models import Member, ScoreLine, ScoreScheme, ScoreTotal
from members.rules import scoring as rules
from members.scoring.rules import NOTHING
from members.states import SchemeState

CORRECTED, RULES_CHANGED = "更正", "方案调整"


class Lacking(NamedTuple):
    """A line that the ledger lacks to say what the records give."""

    member: int
    group: str
    item: str
    record: int | None
    points: Decimal
    dimension: str
    words: str


@transaction.atomic
def post(committee: int, year: int, *, members: Iterable[int] | None = None, at: datetime, why: str = CORRECTED) -> int:
    """Bring the ledger of these members (or all) up to what their records give now; returns how many lines were added.

    Nothing happens while no scheme is in force; a frozen year stays as it is. The members' rows are held to the end,
    so that a ledger has one writer at a time; `why` is told by the lines that correct earlier ones.
    """
    held = _hold(committee, year, members)
    scheme = ScoreScheme.objects.filter(committee=committee, year=year, state=SchemeState.IN_FORCE).first()
    return _post(scheme, held, at=at, why=why, whole=members is None) if scheme else 0


@transaction.atomic
def recompute(scheme: ScoreScheme, *, at: datetime, why: str = CORRECTED) -> int:
    """Compare the whole ledger of a scheme in force with the records; returns how many lines it lacked."""
    return post(scheme.committee_id, scheme.year, at=at, why=why)


@transaction.atomic
def check(scheme: ScoreScheme, *, by, at: datetime) -> int:
    """重新核算: `recompute` at somebody's wish, with a line in the trail."""
    rules.require("recompute", by, scheme)
    added = recompute(scheme, at=at)
    log.record("scorescheme.recompute", scheme, by=by, at=at, scope=scheme.committee_id, lines=added)
    return added


def _hold(committee: int, year: int, members) -> dict[int, tuple[bool, bool]]:
    """Member → (is 常委, is scored without any record): locked, so that nobody else posts for them meanwhile."""
    found = Member.objects.filter(committee=committee).order_by("pk").select_for_update(no_key=True)
    if members is not None:
        found = found.filter(pk__in=list(members))
    return {
        member: (is_standing, since.year <= year and (until is None or until.year >= year))
        for member, is_standing, since, until in found.values_list("pk", "is_standing", "since", "until")
    }


def _post(scheme, held, *, at, why, whole) -> int:
    totals, moment = [], connection.ops.adapt_datetimefield_value(at)

    def rows():
        for lines, total in _compared(scheme, held, why, whole):
            totals.append(total)
            for line in lines:
                yield scheme.pk, *line, moment

    columns = ("scheme_id", "member_id", "group", "item", "record_id", "points", "dimension", "words", "at")
    added = bulk.insert(ScoreLine._meta.db_table, [f'"{name}"' for name in columns], rows())  # “group” is a word of SQL
    _keep(scheme, totals, at)
    return added


def _compared(scheme, held, why, whole) -> Iterator[tuple[list[Lacking], tuple]]:
    """For each member the lines that the ledger lacks, and (member, points, counted, quality)."""
    loaded = scoring.load(scheme)
    posted = _posted(scheme, None if whole else held)
    waiting = {member for member, (_, is_scored) in held.items() if is_scored} | set(posted)
    for member, facts in scoring.told(scheme.committee_id, scheme.year, None if whole else held):
        waiting.discard(member)
        yield _of_member(loaded, member, facts, held, posted, why)
    for member in sorted(waiting):
        yield _of_member(loaded, member, [], held, posted, why)


def _of_member(loaded, member, facts, held, posted, why):
    lines = scoring.score(loaded, facts, is_standing=held[member][0])
    return _lacking(member, lines, posted.get(member, {}), why), (member, *scoring.summed(lines))


def _posted(scheme, members) -> dict[int, dict[tuple, Decimal]]:
    """Member → place in the table (group, item, record, dimension) → points posted so far."""
    found = ScoreLine.objects.filter(scheme=scheme).order_by()
    if members is not None:
        found = found.filter(member__in=list(members))
    posted = defaultdict(dict)
    rows = found.values_list("member", "points", "group", "item", "record", "dimension")
    for member, points, *place in rows.iterator(chunk_size=5000):
        of_member, place = posted[member], tuple(place)
        of_member[place] = of_member.get(place, NOTHING) + points
    return posted


def _lacking(member, lines, posted, why) -> list[Lacking]:
    """What to add so that the sum at every place is that of `lines`."""
    lacking, due = [], {}
    for line in lines:
        place = (line.group, line.item, line.record, line.dimension)
        points, _ = due.get(place, (NOTHING, ""))
        due[place] = points + line.points, line.words
    for place, (points, words) in due.items():
        difference = points - posted.get(place, NOTHING)
        if difference:
            lacking.append(Lacking(member, *place[:3], difference, place[3], _told(place, posted, words, why)))
    gone = (place for place, points in posted.items() if points and place not in due)
    lacking += [Lacking(member, *place[:3], -posted[place], place[3], why) for place in gone]
    return lacking


def _told(place, posted, words, why) -> str:
    """A start, cap or floor moves with every record; only what stood there before is corrected in words."""
    moves_along = place[2] is None and why == CORRECTED
    if place not in posted or (moves_along and words):
        return words
    return f"{why}：{words}"[:100] if words else why


def _keep(scheme, totals, at) -> None:
    """The sums beside the ledger; only what changed is written."""
    of_these = ScoreTotal.objects.filter(scheme=scheme, member__in=[member for member, *_ in totals])
    kept = {row.member_id: row for row in of_these}
    fresh, changed = [], []
    for member, points, counted, quality in totals:
        row = kept.get(member)
        if row is None:
            fresh.append(
                ScoreTotal(scheme=scheme, member_id=member, points=points, counted=counted, quality=quality, at=at)
            )
        elif (row.points, row.counted, row.quality) != (points, counted, quality):
            row.points, row.counted, row.quality, row.at = points, counted, quality, at
            changed.append(row)
    ScoreTotal.objects.bulk_create(fresh, batch_size=1000)
    ScoreTotal.objects.bulk_update(changed, ["points", "counted", "quality", "at"], batch_size=500)
