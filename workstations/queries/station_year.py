"""年度情况: what one station was and did in a year, each number counted from rows (rows 64, 156, 185, 190, 192)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from workstations.models import (
    WAS_THERE,
    Activity,
    Channel,
    FundKind,
    FundLine,
    Seat,
    StationPost,
    Visit,
    Word,
    Workstation,
)
from workstations.queries import station_shown
from workstations.queries.calendar import Month
from workstations.queries.quotas import CONSULTED, QuotaCard, quotas_of_station
from workstations.queries.station_shown import Composition
from workstations.states import ActivityState, WordState

MYRIAD = 10_000
ANSWERED = (WordState.ANSWERED, WordState.SETTLED)


@dataclass(frozen=True)
class Number:
    """A figure with its unit and what it counts."""

    label: str
    value: int | Decimal
    unit: str
    what: str

    @property
    def is_large(self) -> bool:
        return self.unit == "元" and self.value >= MYRIAD

    @property
    def shown(self) -> str:
        """For a page: money from ten thousand yuan on in 万元, 184.8."""
        return f"{Decimal(self.value) / (MYRIAD if self.is_large else 1):.2f}".rstrip("0").rstrip(".")

    @property
    def shown_unit(self) -> str:
        return f"万{self.unit}" if self.is_large else self.unit


@dataclass(frozen=True)
class StationYear:
    station: Workstation
    year: int
    posts: list[StationPost]
    composition: Composition
    activities: list[Activity]
    numbers: list[Number]
    quotas: list[QuotaCard]

    @property
    def title(self) -> str:
        return f"{self.station}{self.year}年情况表"


def station_year(station: Workstation, year: int, *, today: date) -> StationYear:
    """The year of `station` as known on `today`; a dozen statements, however much happened."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    posts = StationPost.objects.filter(station=station, since__lte=last).by_rank()
    posts = posts.filter(Q(until__isnull=True) | Q(until__gte=first))
    posts = list(posts.select_related("station", "member__user", "member__committee", "user"))
    on = min(today, last)
    there = [post for post in posts if post.since <= on and (post.until is None or post.until >= on)]
    held = _activities(station, year)
    return StationYear(
        station=station,
        year=year,
        posts=posts,
        composition=station_shown.composition(there),
        activities=held,
        numbers=[*_of_activities(station, year, held), *_of_people(station, year), *_of_money(station, year)],
        quotas=quotas_of_station(station, year, today),
    )


def years_of(station: Workstation, today: date) -> list[int]:
    """The years that can be asked for, the newest first: since the plaque, or since the first post."""
    first = station.posts.order_by("since").values_list("since", flat=True).first()
    begins = min(filter(None, [station.plaque_on, first, today])).year
    return list(range(today.year, max(begins, today.year - 20) - 1, -1))


def _activities(station, year) -> list[Activity]:
    """Closed ones of the year, each with `came`, how many members were there."""
    begins, ends = Month(year, 1).span[0], Month(year, 12).span[1]
    held = Activity.objects.filter(station=station, state=ActivityState.HELD, starts_at__gte=begins, starts_at__lt=ends)
    came = Count("seats", filter=Q(seats__state__in=WAS_THERE))
    return list(held.annotate(came=came).order_by("starts_at", "pk"))


def _of_activities(station, year, held: Sequence[Activity]):
    people = Seat.objects.there().filter(activity__in=[activity.pk for activity in held])
    guests = sum(activity.guests or 0 for activity in held)
    consulted = station.consultations.filter(state__in=CONSULTED, held_on__year=year).count()
    return [
        Number("活动", len(held), "次", "在本站举办、已办结的活动"),
        Number("协商活动", consulted, "次", "在本站召开、已结束的协商活动"),
        Number("委员参加", sum(activity.came for activity in held), "人次", "考勤为已签到或迟到早退的人次"),
        Number("参加的委员", people.values("member").distinct().count(), "人", "同上，不重复计人"),
        Number("群众代表参加", guests, "人次", "办结活动时登记的群众代表到场人数"),
    ]


def _of_people(station, year):
    visits = Visit.objects.filter(station=station, on__year=year).aggregate(times=Count("pk"), people=Sum("people"))
    words = Word.objects.filter(station=station, received_on__year=year).order_by()
    told = words.aggregate(
        all=Count("pk"),
        boxed=Count("pk", filter=Q(channel=Channel.BOX)),
        answered=Count("pk", filter=Q(state__in=ANSWERED)),
    )
    return [
        Number("接待群众", visits["people"] or 0, "人次", f"{visits['times']} 次来访登记的人数"),
        Number("群众反映", told["all"], "件", f"收到的群众反映，其中意见箱 {told['boxed']} 件"),
        Number("已答复办结", told["answered"], "件", "上面这些反映中已答复或办结的"),
        Number("成果转化", _grown(station, year), "件", "由本站活动或群众反映形成的微建议和议题"),
    ]


def _grown(station, year) -> int:
    """What apps above made of the activities and words of this year, told through their own columns."""
    told = Activity.objects.filter(station=station, starts_at__year=year, micros__isnull=False).order_by()
    words = Word.objects.filter(station=station, received_on__year=year).order_by()
    micros = {*told.values_list("micros", flat=True), *words.values_list("micros", flat=True)} - {None}
    topics = set(words.values_list("topics", flat=True)) - {None}
    return len(micros) + len(topics)


def _of_money(station, year):
    lines = FundLine.objects.standing().filter(station=station, on__year=year).order_by()
    sums = dict(lines.values_list("kind").annotate(Sum("amount")))
    told = [
        (FundKind.BUDGET, "年度经费", "本年登记的预算"),
        (FundKind.RAISED, "争取资金", "本年登记的争取资金，作废的不计"),
        (FundKind.SPENT, "已支出", "本年登记的支出"),
    ]
    return [Number(label, sums.get(kind, Decimal(0)), "元", what) for kind, label, what in told]
