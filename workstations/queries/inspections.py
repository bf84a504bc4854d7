"""建站情况: the latest result of each station by each standard, what is missing, what stations have of a checklist.

What counts is the latest finished inspection of a station by a standard of that name, in whatever version, by the
keeper or by the office; stars are those of the latest inspection of the office that gave some.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from config.uploads.models import Attachment
from members.models import Committee
from workstations.models import (
    WAS_THERE,
    Activity,
    ActivityKind,
    Finding,
    Inspection,
    InspectionKind,
    Seat,
    Standard,
    StationPost,
    Workstation,
)
from workstations.rules.inspections import kinds_for
from workstations.states import ActivityState, InspectionState


def latest(inspections: QuerySet | None = None) -> QuerySet[Inspection]:
    """Of every station and standard (by its name) the last finished one."""
    found = Inspection.objects.all() if inspections is None else inspections
    same = Inspection.objects.done().filter(station=OuterRef("station"), standard__name=OuterRef("standard__name"))
    newer = same.filter(Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk")))
    return found.filter(state=InspectionState.DONE).exclude(Exists(newer))


def counted(inspections: QuerySet) -> QuerySet:
    """Each with `have` and `of`, and `given_stars`: the latest stars of the office by this standard."""
    starred = Inspection.objects.done().filter(
        station=OuterRef("station"), standard__name=OuterRef("standard__name"), stars__isnull=False
    )
    return inspections.annotate(
        of=Count("findings"),
        have=Count("findings", filter=Q(findings__passed=True)),
        given_stars=Subquery(starred.order_by("-on", "-pk").values("stars")[:1]),
    )


def missing_of(inspections: Iterable[Inspection]) -> dict[int, list[str]]:
    """Inspection → names of the items that are not there, in the order of the standard."""
    found = defaultdict(list)
    absent = Finding.objects.filter(inspection__in=[row.pk for row in inspections], passed=False)
    for inspection, name in absent.order_by("position", "pk").values_list("inspection", "name"):
        found[inspection].append(name)
    return found


def photos_of(findings: Iterable[Finding]) -> dict[int, list[Attachment]]:
    """Finding → its photos, in the order in which they came."""
    found = defaultdict(list)
    keys = [str(finding.pk) for finding in findings]
    for photo in Attachment.objects.filter(target_type=Finding._meta.label_lower, target_id__in=keys):
        found[int(photo.target_id)].append(photo)
    return found


def keepers_of(stations: Iterable[int]) -> dict[int, set[int]]:
    """Station → accounts of those who keep it today."""
    found = defaultdict(set)
    posts = StationPost.objects.in_force().keepers().filter(station__in=list(stations))
    for station, member, user in posts.values_list("station", "member__user", "user"):
        found[station].add(member or user)
    return defaultdict(set, {station: people - {None} for station, people in found.items()})


def mend_by(inspection: Inspection) -> date:
    """By when what is missing should be there."""
    return inspection.on + timedelta(days=inspection.station.committee.parameter("inspection.recheck_days"))


# --- one station -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """How a station stands by one standard: “八有 6/8，还缺：有经费、有记录”."""

    inspection: Inspection
    missing: list[str]

    @property
    def words(self) -> str:
        row = self.inspection
        lacks = f"，还缺：{'、'.join(self.missing)}" if self.missing else ""
        return f"{row.standard.name} {row.have}/{row.of}{lacks}"

    @property
    def tone(self) -> str:
        return "late" if self.missing else "ok"

    @property
    def stars(self) -> str:
        return shown_stars(self.inspection.given_stars)


def shown_stars(number: int | None) -> str:
    return "★" * number + "☆" * (5 - number) if number else ""


def results_of(station: Workstation) -> list[Result]:
    """The latest result by each standard in use; two statements."""
    mine = Inspection.objects.filter(station=station)
    in_use = Standard.objects.filter(committee=station.committee_id, is_active=True).values("name")
    rows = list(counted(latest(mine).filter(standard__name__in=in_use)).select_related("standard").order_by("-on"))
    missing = missing_of(rows)
    return [Result(row, missing[row.pk]) for row in rows]


def shown_on_page(station: Workstation, user) -> dict:
    """What the page of a station shows: its results, and what this person may do about them."""
    kinds = kinds_for(user, station)
    verb = "检查这个站点" if InspectionKind.OFFICE in kinds else "自查一次"
    return {"results": results_of(station), "may_inspect": bool(kinds), "verb": verb}


# --- all stations ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One station by one standard; `result` is None as long as nobody looked."""

    station: Workstation
    result: Result | None

    @property
    def lacks(self) -> int:
        return len(self.result.missing) if self.result else 0

    @property
    def label(self) -> str:
        return f"缺 {self.lacks} 项"


@dataclass(frozen=True)
class Standing:
    """建站达标情况: the open stations that a standard asks, most missing first, then never looked at, then by date."""

    standard: Standard
    rows: list[Row]
    items: list[dict] = field(default_factory=list)

    @property
    def looked_at(self) -> int:
        return sum(row.result is not None for row in self.rows)

    @property
    def complete(self) -> int:
        return sum(row.result is not None and not row.lacks for row in self.rows)

    @property
    def never(self) -> int:
        return len(self.rows) - self.looked_at

    @property
    def tiles(self) -> list[dict]:
        """“有经费 12/16”: of the stations looked at, how many have it."""
        return [
            {
                "label": item["name"],
                "value": f"{item['have']}/{item['of']}",
                "tone": "ok" if item["have"] == item["of"] else "late" if item["have"] * 2 < item["of"] else "soon",
            }
            for item in self.items
        ]


def asked(standard: Standard) -> QuerySet[Workstation]:
    """The open stations that the standard is for."""
    stations = Workstation.objects.open().filter(committee=standard.committee_id)
    return stations.filter(kind=standard.station_kind) if standard.station_kind else stations


def standing(standard: Standard, stations: QuerySet | None = None) -> Standing:
    """How all open stations of the standard's committee stand; four statements, however many there are."""
    stations = asked(standard) if stations is None else stations
    found = list(stations.select_related("region__parent").order_by("pk"))
    by_name = Inspection.objects.filter(station__in=stations.order_by().values("pk"), standard__name=standard.name)
    rows = list(counted(latest(by_name)).select_related("standard"))
    missing = missing_of(rows)
    results = {row.station_id: Result(row, missing[row.pk]) for row in rows}
    listed = [Row(station, results.get(station.pk)) for station in found]
    listed.sort(key=_worst_first)
    return Standing(standard, listed, _items(rows))


def _worst_first(row):
    if row.lacks:
        return (0, -row.lacks, row.result.inspection.on, row.station.pk)
    if row.result is None:
        return (1, 0, date.min, row.station.pk)
    return (2, 0, row.result.inspection.on, row.station.pk)


def _items(inspections) -> list[dict]:
    """Item → how many of the stations that were asked for it have it, in the order of the standard."""
    asked_for = Finding.objects.filter(inspection__in=[row.pk for row in inspections]).order_by()
    counts = asked_for.values("name").annotate(
        of=Count("pk"), have=Count("pk", filter=Q(passed=True)), place=F("position")
    )
    merged = {}
    for item in counts:
        kept = merged.setdefault(item["name"], {"name": item["name"], "have": 0, "of": 0, "place": item["place"]})
        kept["have"] += item["have"]
        kept["of"] += item["of"]
        kept["place"] = min(kept["place"], item["place"])
    return sorted(merged.values(), key=lambda item: item["place"])


@dataclass(frozen=True)
class Meetings:
    """推进会、培训: how many were held in a year, and how many members came, all together (row 177)."""

    kind: str
    held: int
    people: int


def meetings(committee: Committee, year: int) -> list[Meetings]:
    """Of the activities held in `year`: promotion meetings and trainings; two statements."""
    kinds = (ActivityKind.PROMOTION, ActivityKind.TRAINING)
    held = Activity.objects.filter(
        committee=committee, kind__in=kinds, state=ActivityState.HELD, starts_at__year=year
    ).order_by()
    numbers = dict(held.values_list("kind").annotate(Count("pk")))
    there = Seat.objects.filter(activity__in=held.values("pk"), state__in=WAS_THERE).order_by()
    people = dict(there.values_list("activity__kind").annotate(Count("pk")))
    return [Meetings(kind.label, numbers.get(kind, 0), people.get(kind, 0)) for kind in kinds]
