"""What the planner of postings is asked, read from the registers; and what a plan would change against today."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db.models import Q, QuerySet

from members.models import Committee, Member, Region, RegionLevel
from members.models.regions import CODE_LENGTH, DIGITS
from workstations import posting
from workstations.models import Grid, GridKind, GridPosting, PlannedPosting, PlanTarget, PostingPlan
from workstations.queries.grids import is_target

FIELDS = Path(__file__).resolve().parents[1] / "data" / "posting_fields.json"


@cache
def words() -> dict[str, tuple[str, ...]]:
    """Field of dedicated grids → the words by which a member's specialties or sector fit it."""
    told = json.loads(FIELDS.read_text(encoding="utf-8"))
    return {name: tuple(fitting) for name, fitting in told["fields"].items()}


def targets(plan: PostingPlan) -> QuerySet[Region]:
    """Where members are posted: villages; or grids, and villages that have none in force, as the coverage counts."""
    inside = Region.objects.within(plan.committee.region).in_force().order_by()
    if plan.target == PlanTarget.VILLAGE:
        return inside.filter(level=RegionLevel.VILLAGE)
    return inside.filter(is_target())


def candidates(committee: Committee, on: date) -> QuerySet[Member]:
    """Members in office: of this committee, of those below it, and of those above it who live in its region."""
    low, high = committee.region.span
    below = Q(committee__region__gte=low, committee__region__lt=high)
    above = Q(committee__in=own(committee)[1:], region__gte=low, region__lt=high)
    return Member.objects.in_force(on).filter(below | above)


def own(committee: Committee) -> list[int]:
    """Committees whose members this one posts itself: its own and those above; the others are handed down."""
    return [one.pk for one in committee.upwards()]


def size(plan: PostingPlan, on: date) -> int:
    """How many seats the plan is about to have: the larger of targets and members."""
    return max(targets(plan).count(), candidates(plan.committee, on).count())


def problem(plan: PostingPlan, on: date) -> posting.Problem:
    """Targets, members and seats by hand; what was set by hand for somebody or something that is gone is left out."""
    places = list(targets(plan).values_list("code", flat=True))
    fields = {}
    if plan.target == PlanTarget.GRID:
        dedicated = Grid.objects.within(plan.committee.region).filter(kind=GridKind.DEDICATED)
        fields = dict(dedicated.values_list("region", "field"))
    workers = _workers(plan, on)
    there, people = set(places), {worker.id for worker in workers}
    fixed = tuple(
        posting.Seat(member, code, why, by_hand=True)
        for member, code, why in plan.seats.filter(by_hand=True).values_list("member", "region", "why")
        if member in people and code in there
    )
    asked = tuple(posting.Target(code, fields.get(code, "")) for code in places)
    return posting.Problem(asked, tuple(workers), fixed, words())


def _workers(plan, on) -> list[posting.Worker]:
    rows = candidates(plan.committee, on).values_list(
        "pk", "region", "region__level", "committee", "committee__region", "committee__region__level",
        "specialties", "sector__name",
    )  # fmt: skip
    mine = set(own(plan.committee))
    return [
        posting.Worker(
            id=pk,
            home=home[: DIGITS[level]] if home else "",
            bound="" if committee in mine else place[: DIGITS[place_level]],
            skills=f"{specialties} {sector}",
        )
        for pk, home, level, committee, place, place_level, specialties, sector in rows
    ]


def home_of(member: Member) -> str:
    """The digits of where a member lives, as far as known."""
    return member.region.prefix if member.region_id else ""


def names(codes) -> dict[str, str]:
    """Names of counties and towns by the digits that the figures carry."""
    whole = {code.ljust(CODE_LENGTH, "0"): code for code in codes}
    found = {}
    for code, name in Region.objects.filter(code__in=whole).values_list("code", "name"):
        found[whole[code]] = name
    return found


def seats(plan: PostingPlan) -> QuerySet[PlannedPosting]:
    """The rows of the plan with what a page says of them."""
    return PlannedPosting.objects.filter(plan=plan).select_related(
        "member__user", "member__committee", "member__sector", "region__parent__parent"
    )


@dataclass(frozen=True)
class Changes:
    """What enacting does: own postings begun, kept, ended; seats handed down to how many committees."""

    begun: int
    kept: int
    ended: int
    handed: int
    committees: int


def changes(plan: PostingPlan) -> Changes:
    """Against what stands today; only members of the plan are touched."""
    mine = set(own(plan.committee))
    rows = list(plan.seats.values_list("member", "region", "member__committee"))
    planned = {(member, region) for member, region, committee in rows if committee in mine}
    people = {member for member, _ in planned}
    standing, elsewhere = set(), set()
    chain = PlannedPosting.objects.filter(plan=plan, member__committee__in=mine).values("member")
    held = GridPosting.objects.filter(until__isnull=True, member__in=chain)
    for member, region, committee in held.values_list("member", "region", "committee"):
        (standing if committee == plan.committee_id else elsewhere).add((member, region))
    handed = Counter(committee for _, _, committee in rows if committee not in mine)
    kept = planned & (standing | elsewhere)
    return Changes(
        begun=len(planned - kept),
        kept=len(kept),
        ended=sum(place not in planned and place[0] in people for place in standing),
        handed=handed.total(),
        committees=len(handed),
    )
