"""经费情况: what was budgeted, granted, raised and spent in a year, for whom, in yuan.

到账 is what was granted and raised; 结余 is that less what was spent. Struck lines count nowhere.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from workstations.models import FundKind, FundLine, Workstation
from workstations.models.funds import yuan

NOTHING = Decimal(0)
NAMES = {FundKind.BUDGET: "budget", FundKind.GRANT: "granted", FundKind.RAISED: "raised", FundKind.SPENT: "spent"}


@dataclass(frozen=True)
class Sums:
    """Four sums of one year, in yuan."""

    budget: Decimal = NOTHING
    granted: Decimal = NOTHING
    raised: Decimal = NOTHING
    spent: Decimal = NOTHING

    @property
    def received(self) -> Decimal:
        return self.granted + self.raised

    @property
    def balance(self) -> Decimal:
        return self.received - self.spent

    @property
    def said(self) -> dict[str, str]:
        """Each as people read it."""
        names = ("budget", "granted", "raised", "spent", "received", "balance")
        return {name: yuan(getattr(self, name)) for name in names}

    @property
    def spent_plain(self):
        return _plain(self.spent)

    @property
    def budget_plain(self):
        return _plain(self.budget)

    @property
    def bars(self) -> list[dict]:
        return [{"label": kind.label, "value": _plain(getattr(self, name))} for kind, name in NAMES.items()]

    @property
    def tone(self) -> str:
        return "late" if self.balance < 0 else "ok"

    def warnings(self, whose: str, year: int) -> list[str]:
        """Overspending, in words: what was spent beside what came in, and beside the budget where there is one."""
        found = []
        if self.spent > self.received:
            found.append(
                f"{whose} {year} 年支出 {yuan(self.spent)} 元，超过到账的 {yuan(self.received)} 元"
                f"（拨付和争取），超出 {yuan(-self.balance)} 元。"
            )
        if self.budget and self.spent > self.budget:
            found.append(f"支出超过年度预算 {yuan(self.budget)} 元，超出 {yuan(self.spent - self.budget)} 元。")
        return found


def _plain(amount: Decimal):
    """For a bar: without cents where there are none."""
    return int(amount) if amount == amount.to_integral_value() else amount


def _summed() -> dict:
    amount = FundLine._meta.get_field("amount")
    return {
        name: Coalesce(Sum("amount", filter=Q(kind=kind)), Value(NOTHING), output_field=amount)
        for kind, name in NAMES.items()
    }


def sums(lines: QuerySet[FundLine]) -> Sums:
    """Of standing lines; one statement."""
    return Sums(**lines.standing().order_by().aggregate(**_summed()))


@dataclass(frozen=True)
class Ledger:
    """One station (None: the committee as a whole) and its sums."""

    station: Workstation | None
    sums: Sums
    year: int

    @property
    def name(self) -> str:
        return str(self.station or "全会（不分站点）")

    @property
    def url(self) -> str:
        return address(self.station.pk, self.year) if self.station else ""


def by_station(lines: QuerySet[FundLine], year: int) -> list[Ledger]:
    """The lines of one year by station, the least balance first; two statements."""
    rows = list(lines.standing().of_year(year).order_by().values("station").annotate(**_summed()))
    stations = Workstation.objects.in_bulk({row["station"] for row in rows} - {None})
    found = [Ledger(stations.get(row.pop("station")), Sums(**row), year) for row in rows]
    return sorted(found, key=lambda ledger: (ledger.sums.balance, ledger.name))


def by_source(lines: QuerySet[FundLine], kind: str) -> list[dict]:
    """Where the money of one kind came from, the largest first, as rows of bars (以镇街为主、区上奖补: row 165)."""
    rows = lines.standing().filter(kind=kind).order_by().values("source").annotate(total=Sum("amount"))
    return [
        {"label": row["source"] or "没有写来源", "value": _plain(row["total"])}
        for row in sorted(rows, key=lambda row: (-row["total"], row["source"]))
    ]


def raised_by(station: Workstation, year: int) -> Decimal:
    """争取资金 of one station in a year, in yuan: the one sum that may be shown outside (row 190)."""
    return sums(FundLine.objects.filter(station=station).of_year(year)).raised


def warnings_after(line: FundLine) -> list[str]:
    """What is to be said about the ledger that `line` belongs to, once it is entered."""
    if line.kind != FundKind.SPENT:
        return []
    whose = str(line.station or "全会")
    mine = FundLine.objects.filter(committee=line.committee_id, station=line.station_id).of_year(line.on.year)
    if line.station_id is None:
        mine = FundLine.objects.filter(committee=line.committee_id, station__isnull=True).of_year(line.on.year)
    return sums(mine).warnings(whose, line.on.year)


def address(station: int, year: int) -> str:
    return reverse("station-funds", args=[station, year])


def years_of(lines: QuerySet[FundLine], today) -> list[int]:
    """The years that have lines, and this one, the latest first."""
    found = {day.year for day in lines.dates("on", "year")}
    return sorted(found | {today.year}, reverse=True)
