"""What a year (or some years) of activities came to, each number with what it counts (rows 47, 53, 132, 134, 195)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone

from members.models import Committee, OrganisationKind
from workstations.models import Activity, ActivityKind, Effect, EffectKind, Involvement, Part, Seat, Story, StoryKind
from workstations.queries.calendar import Month
from workstations.states import ActivityState

FEDERATION = "工商联"
COUNTED = {
    EffectKind.UNIT: ("深入基层单位", "个", "已办结活动中登记的基层单位，括号内为不重复的单位"),
    EffectKind.PROJECT: ("助力实事工程", "项", "已办结活动中登记的实事工程，括号内为不重复的工程"),
    EffectKind.RAISED: ("反映问题", "个", "已办结活动中登记的问题"),
    EffectKind.SOLVED: ("解决问题", "个", "已办结活动中登记为已解决的问题"),
    EffectKind.SUGGESTION: ("提出建议", "条", "已办结活动中登记的建议"),
    EffectKind.HELPED: ("受益群众", "人次", "已办结活动中登记的受益群众"),
    EffectKind.MONEY: ("捐助资金", "元", "已办结活动中登记的捐助"),
}


@dataclass(frozen=True)
class Bar:
    label: str
    value: int
    url: str = ""

    def as_row(self) -> dict:
        return {"label": self.label, "value": self.value, "url": self.url}


@dataclass(frozen=True)
class Number:
    """A figure, how many different ones are in it, and what it counts."""

    label: str
    value: int
    unit: str
    what: str
    distinct: int | None = None


@dataclass
class Figures:
    committee: Committee
    first_year: int
    last_year: int
    numbers: list[Number] = field(default_factory=list)
    by_kind: list[Bar] = field(default_factory=list)
    by_month: list[Bar] = field(default_factory=list)
    by_year: list[Bar] = field(default_factory=list)
    by_body: list[Bar] = field(default_factory=list)
    by_sector: list[Bar] = field(default_factory=list)
    led_by_parties: int = 0
    led: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def span(self) -> str:
        years = f"{self.first_year}–{self.last_year}" if self.first_year < self.last_year else f"{self.last_year}"
        return f"{years} 年"

    def tables(self) -> Iterable[tuple[str, str, list[Bar]]]:
        """(title, unit, bars) of everything that is drawn."""
        yield "按类别", "次", self.by_kind
        if self.first_year < self.last_year:
            yield "按年度", "次", self.by_year
        yield "按月份", "次", self.by_month
        yield "按主办机构", "次", self.by_body
        yield "按委员界别", "人次", self.by_sector


def figures(committee: Committee, year: int, years: int, today: date) -> Figures:
    """The closed activities of `committee` that began in the `years` up to `year`."""
    first = year - years + 1
    begins, ends = Month(first, 1).span[0], Month(year, 12).span[1]
    held = Activity.objects.filter(
        committee=committee, state=ActivityState.HELD, starts_at__gte=begins, starts_at__lt=ends
    )
    found = Figures(committee, first, year)
    there = Seat.objects.there().filter(activity__in=held)
    _count(found, held, there)
    _split(found, held, there)
    _lead(found, held)
    found.warnings = list(_missing(committee, held, year, today))
    return found


def _count(found, held, there):
    came = there.aggregate(times=Count("pk"), people=Count("member__user", distinct=True))
    rows = Effect.objects.filter(activity__in=held).order_by().values_list("kind")
    counted = {kind: rest for kind, *rest in rows.annotate(Sum("number"), Count("name", distinct=True))}
    found.numbers = [
        Number("活动", held.count(), "次", "已办结的活动和会议"),
        Number("参加", came["times"], "人次", "考勤为已签到或迟到早退的人次，括号内为不重复的委员", came["people"]),
        Number(
            "群众代表参加", held.aggregate(sum=Sum("guests"))["sum"] or 0, "人次", "办结活动时登记的群众代表到场人数"
        ),
    ]
    for kind, (label, unit, what) in COUNTED.items():
        total, distinct = counted.get(kind, (0, 0))
        named = distinct if kind in (EffectKind.UNIT, EffectKind.PROJECT) else None
        found.numbers.append(Number(label, total or 0, unit, what, named))


def _split(found, held: QuerySet[Activity], there):
    plain = held.order_by()
    kinds = plain.values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    found.by_kind = [Bar(ActivityKind(kind).label, n, f"kind={kind}") for kind, n in kinds]
    zone = timezone.get_default_timezone()
    months = dict(plain.annotate(m=ExtractMonth("starts_at", tzinfo=zone)).values_list("m").annotate(n=Count("pk")))
    one_year = found.first_year == found.last_year
    found.by_month = [
        Bar(f"{month}月", months.get(month, 0), f"month={found.last_year}-{month:02}" if one_year else "")
        for month in range(1, 13)
    ]
    by_year = dict(plain.annotate(y=ExtractYear("starts_at", tzinfo=zone)).values_list("y").annotate(n=Count("pk")))
    span = range(found.first_year, found.last_year + 1)
    found.by_year = [Bar(f"{year} 年", by_year.get(year, 0)) for year in span]
    bodies = plain.values_list("body", "body__name", "station__name").annotate(n=Count("pk"))
    hosts = Counter()
    for body, name, station, number in bodies:
        hosts[name or station or "政协办", body] += number
    found.by_body = [Bar(name, n, f"body={body}" if body else "") for (name, body), n in hosts.most_common()]
    sectors = there.order_by().values_list("member__sector__name").annotate(n=Count("pk")).order_by("-n")
    found.by_sector = [Bar(name, number) for name, number in sectors]


def _lead(found, held):
    """Led by a party or by the federation of industry and commerce, of those with a lead organisation (row 132)."""
    led = Involvement.objects.filter(activity__in=held, part=Part.LEAD)
    parties = Q(organisation__kind=OrganisationKind.PARTY_GROUP)
    parties |= Q(organisation__kind=OrganisationKind.MASS_ORGANISATION, organisation__name__contains=FEDERATION)
    found.led = led.values("activity").distinct().count()
    found.led_by_parties = led.filter(parties).values("activity").distinct().count()


def _missing(committee, held, year, today):
    """月月有调研、季度有成果、全年有亮点 (row 53): what the months and quarters that are over lack."""
    zone = timezone.get_default_timezone()
    begins, ends = Month(year, 1).span[0], Month(year, 12).span[1]
    of_year = held.filter(starts_at__gte=begins, starts_at__lt=ends).order_by()
    of_year = of_year.annotate(month=ExtractMonth("starts_at", tzinfo=zone))
    surveyed = set(of_year.filter(kind=ActivityKind.SURVEY).values_list("month", flat=True))
    results = set(of_year.filter(Q(effects__isnull=False) | ~Q(effect="")).values_list("month", flat=True))
    over = 12 if year < today.year else today.month - 1 if year == today.year else 0
    without = [month for month in range(1, over + 1) if month not in surveyed]
    if without:
        yield f"{'、'.join(f'{month}月' for month in without)}没有专题调研。"
    for quarter in range(1, over // 3 + 1):
        if not results & set(range(3 * quarter - 2, 3 * quarter + 1)):
            yield f"第{'一二三四'[quarter - 1]}季度的活动没有登记成效。"
    shown = Story.objects.filter(committee=committee, on__year=year, is_published=True)
    if over == 12 and not shown.filter(kind__in=[StoryKind.CASE, StoryKind.HONOUR]).exists():
        yield "全年没有履职案例或表彰奖励。"


def years_with_activities(committee: Committee, today: date) -> list[int]:
    """The years that can be asked for, the newest first."""
    zone = timezone.get_default_timezone()
    of = Activity.objects.filter(committee=committee, state=ActivityState.HELD).order_by()
    years = of.annotate(y=ExtractYear(F("starts_at"), tzinfo=zone)).values_list("y", flat=True).distinct()
    return sorted({today.year, *years}, reverse=True)
