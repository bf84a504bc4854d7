"""Reads over grids, postings and monthly logs: who serves where, what was done, how much is covered (rows 36, 38)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum
from django.db.models.functions import Substr

from config.workdays.count import add_months
from members.models import Member, Region, RegionLevel
from members.models.regions import CODE_LENGTH, DIGITS
from workstations.models import Grid, GridAct, GridLog, GridPosting, Played

LEVELS = {RegionLevel.PROVINCE: "省级", RegionLevel.CITY: "市级", RegionLevel.COUNTY: "县级", RegionLevel.TOWN: "乡级"}
WORDS = {
    Played.PUBLICIST: "把政策讲到家门口",
    Played.LIAISON: "听群众说话，把话带上来",
    Played.FIGHTER: "急难险重时到一线帮忙",
    Played.SUPERVISOR: "看政策、实事在这里落实得怎样",
    Played.SERVANT: "为群众办一件看得见的实事",
}
"""What each of the five roles means, in one plain sentence (row 37; wording of this platform)."""


def level_of(member: Member) -> str:
    """省级, 市级, 县级: of the committee that a member belongs to (committee and its region loaded)."""
    return LEVELS.get(member.committee.region.level, "")


def has_grids(village: str) -> Exists:
    """Whether a village, given by the path to its code, is divided into grids in force."""
    return Exists(Region.objects.in_force().filter(parent=OuterRef(village), level=RegionLevel.GRID))


def is_target() -> Q:
    """Of divisions in force: grids, and villages that have none. Each is to have a member, and is counted once."""
    return Q(level=RegionLevel.GRID) | Q(level=RegionLevel.VILLAGE) & ~has_grids("pk")


def covered(grids=None):
    """Grids that a member serves, directly or with the village as a whole."""
    grids = Grid.objects.all() if grids is None else grids
    standing = GridPosting.objects.in_force()
    return grids.filter(
        Exists(standing.filter(region=OuterRef("region")))
        | Exists(standing.filter(region=Substr(OuterRef("region"), 1, CODE_LENGTH)))
    )


def uncovered(grids):
    """The other ones: nobody serves them."""
    standing = GridPosting.objects.in_force()
    return grids.exclude(Exists(standing.filter(region=OuterRef("region")))).exclude(
        Exists(standing.filter(region=Substr(OuterRef("region"), 1, CODE_LENGTH)))
    )


@dataclass(frozen=True)
class Standing:
    """How a place stands: grids of both kinds, those that are served, members who serve."""

    basic: int
    dedicated: int
    served: int
    members: int

    @property
    def grids(self) -> int:
        return self.basic + self.dedicated


def standing(region: Region) -> Standing:
    """Figures of one place in three statements."""
    grids = Grid.objects.within(region).in_force()
    kinds = dict(grids.order_by().values_list("kind").annotate(count=Count("pk")))
    members = GridPosting.objects.within(region).in_force().aggregate(n=Count("member", distinct=True))["n"]
    return Standing(kinds.get("basic", 0), kinds.get("dedicated", 0), covered(grids).count(), members)


def towns_of(codes) -> dict[str, str]:
    """Names of the towns and villages above grids (or villages), by their own codes; one query."""
    codes = set(codes)
    above = {code[:CODE_LENGTH] for code in codes} | {
        code[: DIGITS[RegionLevel.TOWN]].ljust(CODE_LENGTH, "0") for code in codes
    }
    return dict(Region.objects.filter(pk__in=above).values_list("pk", "name"))


def place_words(code: str, names: dict[str, str]) -> str:
    """陈家镇 金庄村民委员会: the town and the village that a grid lies in, from the names of `towns_of`."""
    town = code[: DIGITS[RegionLevel.TOWN]].ljust(CODE_LENGTH, "0")
    village = code[:CODE_LENGTH]
    parts = [town] if town == village or code == village else [town, village]
    return " ".join(names[part] for part in parts if part in names)


def serving(codes) -> dict[str, list[GridPosting]]:
    """Division → postings in force today, with member, sector and committee loaded."""
    found = defaultdict(list)
    rows = GridPosting.objects.in_force().filter(region__in=codes).order_by("pk")
    for row in rows.select_related("member__user", "member__sector", "member__committee__region"):
        found[row.region_id].append(row)
    return found


# --- one member --------------------------------------------------------------------------------------------------


def own_postings(member: Member, month: date):
    """The postings of a member that stood on some day of a month, one for each division."""
    ends = add_months(month, 1)
    rows = GridPosting.objects.filter(member=member, since__lt=ends).filter(Q(until__isnull=True) | Q(until__gte=month))
    return rows.select_related("region", "committee").order_by("region")


def last_there(member: Member, codes) -> dict[str, date]:
    """Division → the last month in which the member was there."""
    logs = GridLog.regions.through.objects.filter(gridlog__member=member, region__in=codes)
    return dict(logs.order_by().values_list("region").annotate(last=Max("gridlog__month")))


def colleagues(member: Member, codes) -> dict[str, list[Member]]:
    """Division → the other members who serve there today."""
    return {code: [row.member for row in rows if row.member_id != member.pk] for code, rows in serving(codes).items()}


def times(logs) -> dict[str, int]:
    """Role → how often it was played in these logs; every role is there."""
    counted = dict(
        GridAct.objects.filter(log__in=logs.values("pk")).order_by().values_list("played").annotate(n=Sum("times"))
    )
    return {played: counted.get(played, 0) for played in Played.values}


def role_bars(logs) -> list[dict]:
    """The five roles as bars (components/bars.html)."""
    return [{"label": Played(played).label, "value": count} for played, count in times(logs).items()]


def without_log(committee, month: date):
    """Members whom this committee has posted, who serve today and have told nothing of a month."""
    told = GridLog.objects.filter(member=OuterRef("pk"), month=month)
    posted = GridPosting.objects.in_force().filter(committee=committee, member=OuterRef("pk"))
    return Member.objects.in_force().filter(Exists(posted)).exclude(Exists(told))
