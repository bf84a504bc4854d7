"""定额完成情况: what each member, body or station did of what a quota asks, counted from facts (rows 45, 97, 194).

A line asks so much in every month, quarter, half-year or year: more in one month does not make up for another. How
many statements are needed depends on the spans and lines of the quota, never on the number of people.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Value
from django.db.models.functions import ExtractMonth
from django.urls import reverse

from members.facts import Fact
from members.models import Body, DutyRecord, Member
from workstations import cycles
from workstations.cycles import Cycle
from workstations.models import Activity, ActivityKind, DutyTask, Quota, QuotaLine, QuotaSubject, Span, Workstation
from workstations.models.activities import FACTS
from workstations.states import ActivityState

MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.HALF_YEAR: 6, Span.YEAR: 12}
CYCLES = {
    Span.MONTH: Cycle.MONTHLY,
    Span.QUARTER: Cycle.QUARTERLY,
    Span.HALF_YEAR: Cycle.HALF_YEARLY,
    Span.YEAR: Cycle.YEARLY,
}


ON_TASKS = {Fact.TASK, Fact.HOMEWORK, Fact.REPORT}
AT_ACTIVITIES = {Fact.ACTIVITY, Fact.CONSULTATION, Fact.TRAINING, Fact.CHARITY, Fact.COMMITTEE_MEETING}


@dataclass(frozen=True)
class Cell:
    """One line for one subject: done of planned in the year, and how much should have been done by today."""

    line: QuotaLine
    done: int
    planned: int
    expected: int

    @property
    def is_behind(self) -> bool:
        return self.done < self.expected

    @property
    def missing(self) -> int:
        return max(0, self.planned - self.done)

    @property
    def how_url(self) -> str:
        """Where a member does it: a task, an activity; anything else is told by oneself where no app saw it."""
        facts = set(self.line.facts)
        if facts & ON_TASKS:
            return reverse("duty-task-list")
        return reverse("activity-list" if facts & AT_ACTIVITIES else "claim-new")

    @property
    def words(self) -> str:
        if self.planned and self.done >= self.planned:
            return "已完成"
        if self.is_behind:
            return f"到今天应完成 {self.expected}，还差 {self.expected - self.done}"
        return f"全年还差 {self.missing}"

    @property
    def tone(self) -> str:
        return "late" if self.is_behind else "ok" if not self.missing else "info"


@dataclass(frozen=True)
class Row:
    """One member, body or station with its lines."""

    subject: object
    cells: list[Cell]

    @property
    def done(self) -> int:
        return sum(min(cell.done, cell.planned) for cell in self.cells)

    @property
    def planned(self) -> int:
        return sum(cell.planned for cell in self.cells)

    @property
    def behind(self) -> int:
        """How many pieces are lacking today."""
        return sum(max(0, cell.expected - cell.done) for cell in self.cells)


@dataclass(frozen=True)
class Progress:
    """The quota for everybody asked, who is furthest behind first."""

    quota: Quota
    year: int
    lines: list[QuotaLine]
    rows: list[Row]

    @property
    def finished(self) -> int:
        return sum(row.done >= row.planned for row in self.rows)

    @property
    def behind(self) -> list[Row]:
        return [row for row in self.rows if row.behind]

    def of_lines(self) -> list[dict]:
        """Over everybody: how many have each line done, as rows of a table of bars."""
        whole = [(line, sum(not row.cells[i].missing for row in self.rows)) for i, line in enumerate(self.lines)]
        return [{"line": line, "done": done, "total": len(self.rows)} for line, done in whole]


def subjects_of(quota: Quota):
    """All whom the quota asks: members in force, active bodies of its kind, open stations of its kind."""
    mine = {"committee": quota.committee_id}
    if quota.subject == QuotaSubject.MEMBER:
        return Member.objects.in_force().filter(**mine).select_related("user", "sector").order_by("pk")
    if quota.subject == QuotaSubject.BODY:
        kind = {"kind": quota.body_kind} if quota.body_kind else {}
        return Body.objects.filter(is_active=True, **mine, **kind).order_by("pk")
    kind = {"kind": quota.station_kind} if quota.station_kind else {}
    return Workstation.objects.open().filter(**mine, **kind).order_by("pk")


def progress(quota: Quota, year: int, subjects: Iterable | None = None, *, today: date) -> Progress:
    """Done and planned of every line in `year` for `subjects` (all whom the quota asks, when left out)."""
    lines = list(quota.lines.all())
    subjects = list(subjects_of(quota) if subjects is None else subjects)
    some = None if len(subjects) > 500 else [subject.pk for subject in subjects]  # a long list costs more than all
    done = _done(quota.subject, quota.committee_id, year, lines, some)
    rows = [
        Row(subject, [_cell(line, done[line.pk][subject.pk], year, _since(subject, year), today) for line in lines])
        for subject in subjects
    ]
    rows.sort(key=lambda row: (-row.behind, row.done - row.planned, row.subject.pk))
    return Progress(quota, year, lines, rows)


def _since(subject, year) -> date:
    """From when in the year something is asked of it: members from the day on which they became members."""
    begins = date(year, 1, 1)
    return max(begins, subject.since) if isinstance(subject, Member) else begins


def _cell(line, counts, year, since, today) -> Cell:
    """What is done counts in its own period only, up to what the period asks."""
    planned, expected = _asked(line.span, year, since, today, line.at_least)
    within = (min(count, line.at_least) for count in counts.values())
    done = counts[1] if line.span == Span.YEAR else sum(within)
    return Cell(line, done, planned, expected)


@lru_cache(maxsize=1024)
def _asked(span, year, since, today, at_least) -> tuple[int, int]:
    """For the year and by today: periods over whole, the running one for the share of its days that are over."""
    planned = expected = 0
    period = cycles.period_of(CYCLES[span], date(year, 1, 1))
    while period.first.year == year:
        if period.last >= since:
            planned += at_least
            if period.last < today:
                expected += at_least
            elif period.first <= today:
                days = (period.last - period.first).days + 1
                expected += at_least * (today - period.first).days // days
        period = cycles.next_period(CYCLES[span], period.first)
    return planned, expected


def _done(kind, committee, year, lines, pks) -> dict[int, dict[int, Counter]]:
    """Line → subject → how many in each of the line's periods of the year (numbered from 1)."""
    found = defaultdict(lambda: defaultdict(Counter))
    if kind == QuotaSubject.MEMBER:
        seen = _by_member(committee, year, lines, pks)
    else:
        seen = _by_host("body" if kind == QuotaSubject.BODY else "station", committee, year, lines, pks)
    for line, subject, month, number in seen:
        found[line.pk][subject][(month - 1) // MONTHS[line.span] + 1] += number
    return found


def _by_member(committee, year, lines, pks):
    """One statement for the lines of a year, one for those of shorter spans."""
    records = DutyRecord.objects.standing().of_year(committee, year).order_by()
    if pks is not None:
        records = records.filter(member__in=pks)
    for yearly in (True, False):
        some = [line for line in lines if (line.span == Span.YEAR) == yearly]
        if not some:
            continue
        counts = {f"line{line.pk}": Count("pk", filter=line.as_q()) for line in some}
        wanted = records.filter(fact__in={fact for line in some for fact in line.facts})
        wanted = wanted.annotate(month=Value(1) if yearly else ExtractMonth("on"))
        for member, month, *numbers in wanted.values_list("member", "month").annotate(**counts):
            yield from ((line, member, month, n) for line, n in zip(some, numbers, strict=True) if n)


CONSULTED = ("concluded", "archived")
"""The states of a consultation that has taken place, as the app above names them; it counts like an 议事厅."""

COUNTED = {
    QuotaSubject.MEMBER: "按委员的履职记录计数。",
    QuotaSubject.BODY: "计入：这个机构主办、已办结的活动，以及它已提交的周期任务。",
    QuotaSubject.STATION: (
        "计入：在这个站点举办、已办结的活动；在这个站点召开、已结束的协商活动（算作协商）；以站点名义已提交的周期任务。"
    ),
}
"""What counts, as the pages say it."""


def _by_host(place, committee, year, lines, pks):
    """Activities that a body hosted or that took place at a station, the tasks done for it, and consultations there."""
    here = {f"{place}__in": pks} if pks is not None else {f"{place}__isnull": False}
    held = Activity.objects.filter(committee=committee, state=ActivityState.HELD, starts_at__year=year, **here)
    held = held.order_by().annotate(month=ExtractMonth("starts_at")).values_list(place, "month", "kind")
    done = DutyTask.objects.settled().filter(committee=committee, member__isnull=True, due_on__year=year, **here)
    done = done.order_by().annotate(month=ExtractMonth("due_on"))
    done = done.values_list(place, "month", "rule__fact", "rule__detail")
    seen = [(*where, FACTS.get(kind, Fact.ACTIVITY), kind, n) for *where, kind, n in held.annotate(n=Count("pk"))]
    seen += done.annotate(n=Count("pk"))
    if place == "station" and any(Fact.CONSULTATION in line.facts for line in lines):
        seen += _consulted(committee, year, pks)
    for subject, month, fact, detail, number in seen:
        for line in lines:
            if line.takes(fact, detail, "", "sole"):
                yield line, subject, month, number


def _consulted(committee, year, pks):
    """Consultations at stations, told by the app above through its own column."""
    stations = Workstation.objects.filter(committee=committee).order_by()
    if pks is not None:
        stations = stations.filter(pk__in=pks)
    found = stations.filter(consultations__state__in=CONSULTED, consultations__held_on__year=year)
    months = found.annotate(month=ExtractMonth("consultations__held_on")).values_list("pk", "month")
    for station, month, number in months.annotate(n=Count("consultations")):
        yield station, month, Fact.CONSULTATION, ActivityKind.DELIBERATION, number


# --- for one member, one station ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuotaCard:
    """One quota of a member or a station in a year: its name, a bar for each line (workstations/_quota_bars.html)."""

    name: str
    year: int
    cells: list[Cell]


def quotas_of(member: Member, today: date) -> list[QuotaCard]:
    """The quotas that ask something of `member`, with what is done in the year of `today`; four statements at most."""
    quotas = Quota.objects.filter(committee=member.committee_id, subject=QuotaSubject.MEMBER, is_active=True)
    asked = [(quota, list(quota.lines.all())) for quota in quotas.prefetch_related("lines")]
    lines = [line for _, some in asked for line in some]
    year, since = today.year, _since(member, today.year)
    done = _done(QuotaSubject.MEMBER, member.committee_id, year, lines, [member.pk])
    return [
        QuotaCard(quota.name, year, [_cell(line, done[line.pk][member.pk], year, since, today) for line in some])
        for quota, some in asked
    ]


def quotas_of_station(station: Workstation, year: int, today: date) -> list[QuotaCard]:
    """The quotas that ask something of `station`, with what happened there in `year`; five statements at most."""
    kinds = ["", station.kind]
    quotas = Quota.objects.filter(committee=station.committee_id, subject=QuotaSubject.STATION, is_active=True)
    asked = [
        (quota, list(quota.lines.all())) for quota in quotas.filter(station_kind__in=kinds).prefetch_related("lines")
    ]
    if not asked:
        return []
    lines, since = [line for _, some in asked for line in some], date(year, 1, 1)
    done = _done(QuotaSubject.STATION, station.committee_id, year, lines, [station.pk])
    return [
        QuotaCard(quota.name, year, [_cell(line, done[line.pk][station.pk], year, since, today) for line in some])
        for quota, some in asked
    ]
