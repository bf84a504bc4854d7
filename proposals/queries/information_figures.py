"""信息工作统计: how much was reported in a span, used, adopted, noticed; beside the same span a year before.

Every number counts the reports handed in within the span, so that each share has one denominator and its scope is
said; what came of them is as it stands today.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from members.models import Committee
from proposals.filters.information import ANY, KINDS, adopted, instructed, moment_of
from proposals.models import Bulletin, Information, Instruction, Level
from proposals.states import InformationState

S = InformationState
FEWEST = 3  # reports of a field from which it is told in public


@dataclass(frozen=True)
class Span:
    """Days from `since` to `until`, both counted."""

    since: date
    until: date

    @property
    def whole(self) -> bool:
        return (self.since.month, self.since.day, self.until.month, self.until.day) == (1, 1, 12, 31)

    def __str__(self):
        if self.whole:
            return f"{self.since.year}年"
        return f"{self.since.year}年1月1日至{self.until.month}月{self.until.day}日"


def span_of(year: int, today: date) -> Span:
    """The year, up to today where it is not over."""
    return Span(date(year, 1, 1), min(date(year, 12, 31), max(today, date(year, 1, 1))))


def before(span: Span) -> Span:
    """The same days a year earlier (同期); of 29 February the 28th."""
    last = span.until
    day = 28 if (last.month, last.day) == (2, 29) else last.day
    return Span(date(span.since.year - 1, 1, 1), date(last.year - 1, last.month, day))


def reported_in(committee: Committee, span: Span) -> QuerySet[Information]:
    rows = Information.objects.filter(committee=committee).exclude(state__in=[S.DRAFT, S.WITHDRAWN])
    return rows.filter(
        submitted_at__gte=moment_of(span.since), submitted_at__lt=moment_of(span.until + timedelta(days=1))
    )


@dataclass(frozen=True)
class Counted:
    """One span in numbers; `levels` by level, `adopted` anywhere."""

    span: Span
    reported: int
    used: int
    adopted: int
    instructed: int
    levels: dict[str, int]


def counted(committee: Committee, span: Span) -> Counted:
    """One statement."""
    rows = reported_in(committee, span).order_by()
    levels = {f"at_{level}": Count("pk", filter=Q(adopted(level))) for level in Level.values}
    found = rows.aggregate(
        reported=Count("pk"), used=Count("pk", filter=Q(state=S.ISSUED)), adopted=Count("pk", filter=Q(adopted())),
        instructed=Count("pk", filter=Q(instructed())), **levels,
    )  # fmt: skip
    by_level = {level: found.pop(f"at_{level}") for level in Level.values}
    return Counted(span=span, levels=by_level, **found)


@dataclass(frozen=True)
class Change:
    """同比: now, then, and the difference; the per cent only where there was something then."""

    label: str
    now: int
    then: int
    url: str
    then_url: str

    @property
    def words(self) -> str:
        if not self.then:
            return "上年同期没有" if self.now else "都没有"
        if self.now == self.then:
            return "持平"
        percent = f"{100 * abs(self.now - self.then) / self.then:.1f}".removesuffix(".0")
        return f"{'增加' if self.now > self.then else '减少'} {percent}%"


def changes(now: Counted, then: Counted, *, base: str) -> list[Change]:
    """Line by line; each number leads to its rows in the register at `base`."""
    asked = [
        ("报送", now.reported, then.reported, {}),
        ("编用", now.used, then.used, {"state": S.ISSUED}),
        ("被采用", now.adopted, then.adopted, {"adopted": ANY}),
        *[(f"{level.label}采用", now.levels[level], then.levels[level], {"adopted": level.value}) for level in Level],
        ("得到批示", now.instructed, then.instructed, {"instructed": "on"}),
    ]
    return [
        Change(label, here, there, address(base, now.span, **query), address(base, then.span, **query))
        for label, here, there, query in asked
    ]


def address(base: str, span: Span, **query) -> str:
    return f"{base}?{urlencode({'since': span.since, 'until': span.until, **query})}"


def by_category(committee: Committee, span: Span, *, base: str) -> list[dict]:
    """Bars: every field with its number, the most first; none where nothing was said of it."""
    rows = reported_in(committee, span).order_by().values("category", "category__name").annotate(n=Count("pk"))
    return [
        {
            "label": row["category__name"] or "未分领域", "value": row["n"],
            "url": address(base, span, category=row["category"]) if row["category"] else "",
        }
        for row in sorted(rows, key=lambda row: (-row["n"], row["category"] or 0))
    ]  # fmt: skip


def by_kind(committee: Committee, span: Span, *, base: str) -> list[dict]:
    counts = {f"of_{code}": Count("pk", filter=condition) for code, (_, condition) in KINDS.items()}
    found = reported_in(committee, span).order_by().aggregate(**counts)
    return [
        {"label": label, "value": found[f"of_{code}"], "url": address(base, span, kind=code)}
        for code, (label, _) in KINDS.items()
    ]


def papers_in(committee: Committee, span: Span) -> dict[str, int]:
    """Issues signed and instructions dated within the span, whenever their reports were handed in."""
    since, until = moment_of(span.since), moment_of(span.until + timedelta(days=1))
    issued = Bulletin.objects.filter(committee=committee, issued_at__gte=since, issued_at__lt=until)
    dated = Instruction.objects.filter(committee=committee, on__range=(span.since, span.until))
    return {"issues": issued.count(), "instructions": dated.count()}


def years_of(committee: Committee, today: date) -> list[int]:
    """This year and those with reports, newest first."""
    first = Information.objects.filter(committee=committee, submitted_at__isnull=False).order_by("submitted_at")
    earliest = first.values_list("submitted_at", flat=True).first()
    start = earliest.year if earliest else today.year
    return list(range(today.year, max(start, today.year - 9) - 1, -1))


def in_public(committee: Committee, span: Span) -> list[dict]:
    """Counts by field that everybody may know; a field with one or two reports is not told apart (row 112)."""
    rows = reported_in(committee, span).filter(category__isnull=False).order_by()
    rows = rows.values("category__name").annotate(n=Count("pk"))
    told = [{"label": row["category__name"], "value": row["n"]} for row in rows if row["n"] >= FEWEST]
    rest = sum(row["n"] for row in rows if row["n"] < FEWEST)
    told.sort(key=lambda row: (-row["value"], row["label"]))
    return [*told, *([{"label": "其他", "value": rest}] if rest else [])]
