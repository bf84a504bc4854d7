"""Figures about stations, each with its numerator, denominator and scope."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count
from django.db.models.functions import Substr

from members.models import Committee, Region, RegionLevel
from members.models.regions import DIGITS
from workstations.models import Workstation


@dataclass(frozen=True)
class TownCoverage:
    """One town and how many open stations stand in it or in its villages."""

    town: Region
    stations: int


@dataclass(frozen=True)
class Coverage:
    """乡镇覆盖: the towns of a committee's region, the uncovered first (rows 38, 190)."""

    towns: list[TownCoverage]

    @property
    def total(self) -> int:
        return len(self.towns)

    @property
    def covered(self) -> int:
        return sum(1 for row in self.towns if row.stations)

    @property
    def uncovered(self) -> list[TownCoverage]:
        return [row for row in self.towns if not row.stations]

    @property
    def by_county(self) -> list[tuple[Region, list[TownCoverage]]]:
        """(county, its towns in the order of the codes): one row of tiles each."""
        ordered = sorted(self.towns, key=lambda row: row.town.code)
        return [(county, list(rows)) for county, rows in groupby(ordered, key=lambda row: row.town.parent)]


def coverage(committee: Committee) -> Coverage:
    """Open stations of every committee by town, inside the region of `committee`; those away from home do not count."""
    towns = Region.objects.within(committee.region).filter(level=RegionLevel.TOWN).in_force().select_related("parent")
    digits = DIGITS[RegionLevel.TOWN]
    counted = (
        Workstation.objects.open()
        .within(committee.region)
        .order_by()
        .annotate(town=Substr("region_id", 1, digits))
        .values_list("town")
        .annotate(Count("pk"))
    )
    stations = dict(counted)
    rows = [TownCoverage(town, stations.get(town.prefix, 0)) for town in towns]
    return Coverage(sorted(rows, key=lambda row: (row.stations > 0, row.town.code)))
