"""横向到边、纵向到底: who of the members serves where, from the city down to one grid (rows 24, 36, 93, 135, 136).

A target is a grid in force, or a village in force that has no grids. It is covered while a member in office is posted
to it, silent when the oldest of its postings stands for `grid.silent_days` and no monthly log has named it since.
Everything is counted in SQL on the beginning of the codes, whatever committee a posting or a station belongs to.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Length, Substr
from django.utils import timezone

from config.workdays.count import add_months
from members.models import Body, BodyKind, Committee, Member, Region, RegionLevel
from members.models.regions import DIGITS
from workstations.models import GridLog, GridPosting, StationKind, Workstation
from workstations.queries.grids import has_grids, is_target

VILLAGE_DIGITS = DIGITS[RegionLevel.VILLAGE]


@dataclass
class Tally:
    """What was counted in one division, everything below it included."""

    targets: int = 0
    covered: int = 0
    silent: int = 0
    told: int = 0
    villages: int = 0
    villages_covered: int = 0
    members: set[int] = field(default_factory=set)
    stations: Counter = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        for name in ("targets", "covered", "silent", "told", "villages", "villages_covered"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.members |= other.members
        self.stations += other.stations

    @property
    def uncovered(self) -> int:
        return self.targets - self.covered

    @property
    def share(self) -> float | None:
        """Covered of all, 0 to 1; None where there is nothing to cover."""
        return self.covered / self.targets if self.targets else None

    @property
    def station_number(self) -> int:
        return self.stations.total()

    @property
    def station_kinds(self) -> list[tuple[str, int]]:
        """(kind in words, how many), in the order of the kinds."""
        return [(kind.label, self.stations[kind]) for kind in StationKind if self.stations[kind]]


@dataclass(frozen=True)
class Row:
    """One division just below, and the divisions below that, which the map shows inside it."""

    region: Region
    tally: Tally
    cells: list["Row"] = field(default_factory=list)
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfAll:
    """So many of so many, of what is named."""

    label: str
    done: int
    total: int


@dataclass(frozen=True)
class Matrix:
    """委员在身边 of one division: the whole, and what lies just below, the uncovered and then the silent first."""

    region: Region
    month: date
    silent_days: int
    whole: Tally
    rows: list[Row]
    own: Tally
    by_level: list[OfAll]
    layers: list[OfAll]
    names: tuple[str, ...] = ()

    @property
    def posted(self) -> OfAll | None:
        """Members of the committees of this division who serve here, of all these; None below a county."""
        if not self.by_level:
            return None
        return OfAll("委员", sum(one.done for one in self.by_level), sum(one.total for one in self.by_level))

    @property
    def in_order_of_codes(self) -> list[Row]:
        return sorted(self.rows, key=lambda row: row.region.code)


def division(committee: Committee, code: str) -> Region | None:
    """The division in force that `code` asks for, at or below the committee's region down to a village; else None."""
    if code in ("", committee.region_id):
        return committee.region
    if not (code.isascii() and code.isdigit() and committee.region.contains(code)):
        return None
    asked = Region.objects.in_force().filter(level__lte=RegionLevel.VILLAGE, code=code)
    return asked.select_related("parent__parent__parent").first()


def above(committee: Committee, at: Region) -> list[Region]:
    """The divisions from the committee's own down to the one above `at`, which `division` has brought along."""
    found = []
    while at.code != committee.region_id and at.parent is not None:
        at = at.parent
        found.append(at)
    return found[::-1]


def matrix(committee: Committee, at: Region, today: date) -> Matrix:
    """The coverage of `at`, a division at or below the region of `committee`, on `today`."""
    finest = min(at.level + 2, RegionLevel.GRID)
    digits = DIGITS[finest]
    silent_days, month = committee.parameter("grid.silent_days"), today.replace(day=1)
    posted = _postings(at, today)
    found = defaultdict(Tally)
    _count_divisions(found, at, digits)
    _count_served(found, at, digits, posted, today - timedelta(days=silent_days), month)
    here = Workstation.objects.open().within(at).order_by()
    for key, kind, number in here.values_list(_key("region_id", digits), "kind").annotate(number=Count("pk")):
        found[key].stations[kind] += number
    below = list(Region.objects.within(at).in_force().filter(level__gt=at.level, level__lte=finest))
    longest = max((len(region.prefix) for region in below if region.parent_id == at.code), default=digits)
    _find_members(found, posted, longest)
    rows, own, whole = _rolled_up(at, below, found)
    names = _names(posted) if at.level >= RegionLevel.VILLAGE else {}
    ordered = sorted(rows, key=lambda row: (-row.tally.uncovered, -row.tally.silent, row.region.code))
    return Matrix(
        region=at, month=month, silent_days=silent_days, whole=whole, own=own,
        rows=[Row(row.region, row.tally, row.cells, tuple(names.get(row.region.code, ()))) for row in ordered],
        by_level=_members(at, posted, today), layers=[*_layers(at, rows), *_sectors(committee, at)],
        names=tuple(names.get(at.code, ())),
    )  # fmt: skip


def _postings(at, today):
    """Postings of today to divisions in force, of members still in office; without a join, for there are thousands."""
    left = Member.objects.filter(until__lt=today).order_by().values("pk")
    retired = Region.objects.within(at).filter(level__gte=RegionLevel.VILLAGE, valid_to__isnull=False).order_by()
    served = GridPosting.objects.in_force(today).within(at).order_by()
    return served.exclude(member__in=left).exclude(region__in=retired.values("pk"))


def _key(path, digits):
    return Substr(path, 1, digits)


def _count_divisions(found, at, digits):
    """How many targets and how many villages there are."""
    lowest = Region.objects.in_force().within(at).filter(level__in=[RegionLevel.VILLAGE, RegionLevel.GRID])
    counted = lowest.order_by().values_list(_key("code", digits))
    villages = Count("pk", filter=Q(level=RegionLevel.VILLAGE))
    for key, total, of_villages in counted.annotate(total=Count("pk", filter=is_target()), villages=villages):
        found[key].add(Tally(targets=total, villages=of_villages))


def _count_served(found, at, digits, posted, since, month):
    """How many of these are covered, are silent since `since`, have been told of in a log of `month`.

    A village is covered by a member of its own or of one of its grids; a grid right below a town has the village 000.
    """
    begins = timezone.make_aware(datetime.combine(since, time.min))
    spoken = _logged(at, month__gte=add_months(since.replace(day=1), -1), at__gte=begins)
    served = posted.annotate(length=Length("region_id"), village=_key("region_id", VILLAGE_DIGITS))
    is_one = Q(length__gt=VILLAGE_DIGITS) | ~has_grids("region_id")  # as is_target(), told by the code alone
    counted = served.values_list(_key("region_id", digits)).annotate(
        done=Count("region", distinct=True, filter=is_one),
        silent=Count("region", distinct=True, filter=is_one & Q(since__lte=since) & ~Q(region__in=spoken)),
        told=Count("region", distinct=True, filter=is_one & Q(region__in=_logged(at, month=month))),
        villages=Count("village", distinct=True, filter=~Q(village__endswith="000")),
    )
    for key, done, silent, told, villages in counted:
        found[key].add(Tally(covered=done, silent=silent, told=told))
        if digits <= VILLAGE_DIGITS:
            found[key].villages_covered += villages
        elif villages:  # several grids of one village are one village
            found[key[:VILLAGE_DIGITS]].villages_covered = 1


def _find_members(found, posted, digits):
    """Who serves in each division just below: no finer, for people are not added up as places are."""
    for key, member in posted.values_list(_key("region_id", digits), "member").distinct():
        found[key].members.add(member)


def _logged(at, **when):
    """Divisions of `at` that a monthly log names."""
    low, high = at.span
    logs = GridLog.objects.filter(**when).order_by().values("pk")
    return GridLog.regions.through.objects.filter(gridlog__in=logs, region__gte=low, region__lt=high).values("region")


def _rolled_up(at, below, found) -> tuple[list[Row], Tally, Tally]:
    """Rows of the divisions just below with their cells; what stands in `at` itself; the whole."""
    rows = {region.prefix: Row(region, Tally()) for region in below if region.parent_id == at.code}
    lengths = sorted({len(prefix) for prefix in rows}, reverse=True)
    own, whole = Tally(), Tally()

    def row_of(key):
        return next((rows[key[:length]] for length in lengths if key[:length] in rows), None)

    for key, tally in found.items():
        row = row_of(key)
        (row.tally if row else own).add(tally)
        whole.add(tally)
    for region in below:
        if region.prefix not in rows and (row := row_of(region.prefix)):
            row.cells.append(Row(region, found.get(region.prefix) or Tally()))
    return list(rows.values()), own, whole


def _members(at, posted, today) -> list[OfAll]:
    """Of the members of each level of committees in this division, how many serve here (row 36 四级委员)."""
    low, high = at.span
    members = Member.objects.in_force(today).filter(committee__region__gte=low, committee__region__lt=high)
    counted = members.order_by("committee__region__level").values_list("committee__region__level")
    counted = counted.annotate(total=Count("pk"), done=Count("pk", filter=Q(pk__in=posted.values("member"))))
    return [OfAll(f"{RegionLevel(level).label}委员", done, total) for level, total, done in counted]


def _layers(at, rows) -> list[OfAll]:
    """层级: towns and villages in which a station stands, of all of them; as far as they are on this page."""
    everything = [*rows, *(cell for row in rows for cell in row.cells)]
    layers = []
    for level, label in (
        (RegionLevel.COUNTY, "县（市、区）有站点"),
        (RegionLevel.TOWN, "乡镇（街道）有站点"),
        (RegionLevel.VILLAGE, "村（社区）有站点"),
    ):
        of_level = [row for row in everything if row.region.level == level]
        if of_level:
            layers.append(OfAll(label, sum(bool(row.tally.station_number) for row in of_level), len(of_level)))
    return layers


def _sectors(committee, at) -> list[OfAll]:
    """界别: sectors of the committee with an open station of their own (row 93)."""
    if at.code != committee.region_id:
        return []
    stations = Workstation.objects.open().filter(sector=OuterRef("pk"))
    sectors = Body.objects.filter(committee=committee, kind=BodyKind.SECTOR, is_active=True)
    counted = sectors.aggregate(total=Count("pk"), done=Count("pk", filter=Q(Exists(stations))))
    return [OfAll("界别有站点", counted["done"], counted["total"])] if counted["total"] else []


def _names(posted) -> dict[str, list[str]]:
    """Division → who serves there, by name; who shows no page is counted, not named."""
    found = defaultdict(list)
    people = posted.order_by("since", "pk").values_list("region", "member__is_public", "member__user__name")
    for code, shown, name in people:
        found[code].append(name if shown else "一位委员")
    return found
