"""What an appraisal counts: for each measure and organisation the things that count, and those among them that do well.

The same rows make a figure and open it case by case, so that the two never differ. A fixed number of statements.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils import timezone

from members.models import Committee, Organisation, OrganisationKind
from proposals.models import Appraised, Assignment, Measure, Rating, Reply, ReturnRequest
from proposals.states import AssignmentRole, AssignmentState, ReplyGrade, ReplyState, RequestState, Satisfaction
from workstations.models import Activity, ActivityKind, Finding, Inspection, Letter, Standard, Workstation
from workstations.queries.inspections import latest
from workstations.states import ActivityState, LetterState

TALKS = (ActivityKind.DELIBERATION, ActivityKind.TALK, ActivityKind.VISIT, ActivityKind.SALON)

Facts = dict[str, dict[int, list[tuple[int, bool]]]]
"""Measure → organisation → (number of the thing, whether it is in the numerator), in the order of the things."""


@dataclass(frozen=True)
class Case:
    """One assignment as the measures of units look at it; days are local dates."""

    pk: int
    unit: int
    in_year: bool
    returned: bool
    due_on: date  # of the first round
    paused: bool
    replied_on: date | None
    contact_due_on: date | None
    contacted_on: date | None
    attitude: str
    result: str
    promised: bool
    kept: bool
    refused: bool


def facts(committee: Committee, of: str, year: int, today: date) -> Facts:
    if of == Appraised.UNITS:
        return _of_units(cases(committee, year, today), today)
    return _of_towns(committee, year, today)


def organisations(committee: Committee, of: str, found: Facts) -> list[Organisation]:
    """Whom an appraisal is about: every unit in use and whoever had a case, or every town in use."""
    if of == Appraised.TOWNS:
        return list(Organisation.objects.of(committee).filter(kind=OrganisationKind.TOWN).order_by("pk"))
    busy = {unit for by_unit in found.values() for unit in by_unit}
    in_use = Q(kind=OrganisationKind.HANDLING_UNIT, is_active=True)
    return list(Organisation.objects.filter(in_use | Q(pk__in=busy), committee=committee).order_by("kind", "pk"))


# --- units -------------------------------------------------------------------------------------------------------


def cases(committee: Committee, year: int, today: date) -> list[Case]:
    """Those handed over in `year`, and older ones whose promise fell due in it; four plain statements, joined here.

    Of the older ones only the promise counts, so nobody asks how they were rated.
    """
    since, until = _span(year)
    zone = since.tzinfo
    promised, ratings = _promised(committee, year, today), _ratings(committee, since, until)
    refused = ReturnRequest.objects.filter(assignment__committee=committee, state=RequestState.REFUSED)
    refused = set(refused.values_list("assignment", flat=True))
    rows = Assignment.objects.filter(committee=committee).exclude(role=AssignmentRole.CO)
    rows = rows.filter(Q(assigned_at__gte=since, assigned_at__lt=until) | Q(pk__in=list(promised)))
    rows = rows.annotate(first=FilteredRelation("rounds", condition=Q(rounds__number=1))).order_by("pk")
    names = (
        "pk", "unit_id", "assigned_at", "state", "paused_on", "contact_due_on", "contacted_at", "round",
        "implemented_at", "first__due_on", "first__reply__sent_at",
    )  # fmt: skip
    return [
        Case(
            pk=row.pk,
            unit=row.unit_id,
            in_year=since <= row.assigned_at < until,
            returned=row.state == AssignmentState.RETURNED,
            due_on=row.first__due_on,
            paused=row.paused_on is not None,
            replied_on=_day(row.first__reply__sent_at, zone),  # what is not sent has no time of it
            contact_due_on=row.contact_due_on,
            contacted_on=_day(row.contacted_at, zone),
            attitude=ratings[row.pk][0],
            result=ratings[row.pk][1],
            promised=row.pk in promised,
            kept=promised.get(row.pk) == row.round and row.implemented_at is not None,
            refused=row.pk in refused,
        )
        for row in rows.values_list(*names, named=True)
    ]


def _promised(committee, year, today) -> dict[int, int]:
    """Assignment → the last round of it that promised something for a day of `year` that has come."""
    given = Reply.objects.filter(
        state=ReplyState.SENT, grade=ReplyGrade.B, promised_on__year=year, promised_on__lte=today,
        round__assignment__committee=committee,
    )  # fmt: skip
    return dict(given.order_by("round__number").values_list("round__assignment", "round__number"))


def _ratings(committee, since, until) -> dict[int, tuple[str, str]]:
    """Of what was handed over in that time: what the rater said last of the attitude and of the result."""
    found = defaultdict(lambda: ("", ""))
    said = Rating.objects.filter(
        reply__round__assignment__committee=committee, by=F("reply__round__assignment__rater"),
        reply__round__assignment__assigned_at__gte=since, reply__round__assignment__assigned_at__lt=until,
    )  # fmt: skip
    said = said.order_by("reply__round__number")
    for pk, attitude, result in said.values_list("reply__round__assignment", "attitude", "satisfaction"):
        found[pk] = (attitude or found[pk][0], result)
    return found


def _of_units(found: Iterable[Case], today: date) -> Facts:
    good = Satisfaction.SATISFIED
    counted: Facts = {measure: defaultdict(list) for measure in Measure}

    def count(measure, case, does_well):
        counted[measure][case.unit].append((case.pk, does_well))

    for case in found:
        if case.promised:
            count(Measure.B_KEPT, case, case.kept)
        if not case.in_year:
            continue
        count(Measure.WRONGLY_RETURNED, case, case.refused)
        if case.returned:
            continue
        if case.replied_on or (case.due_on < today and not case.paused):
            count(Measure.REPLIED, case, case.replied_on is not None)
            count(Measure.ON_TIME, case, _by(case.replied_on, case.due_on))
        if case.contact_due_on and (case.contacted_on or (case.contact_due_on < today and not case.paused)):
            count(Measure.CONTACTED, case, _by(case.contacted_on, case.contact_due_on))
        if case.attitude:
            count(Measure.ATTITUDE, case, case.attitude == good)
        if case.result:
            count(Measure.RESULT, case, case.result == good)
    return counted


def _by(day: date | None, due: date) -> bool:
    return day is not None and day <= due


# --- towns -------------------------------------------------------------------------------------------------------


def _of_towns(committee, year, today) -> Facts:
    """基层衔接: five statements whatever the number of towns."""
    towns = Organisation.objects.of(committee).filter(kind=OrganisationKind.TOWN, region__isnull=False)
    spans = [(town.pk, *town.region.span) for town in towns.select_related("region").order_by("pk")]
    stations = list(Workstation.objects.open().filter(committee=committee).order_by("pk").values_list("pk", "region"))
    talked, whole = _talked(committee, year), _whole([pk for pk, _ in stations])
    counted: Facts = {measure: defaultdict(list) for measure in Measure}
    for pk, region in stations:
        for town, low, high in spans:
            if low <= region < high:
                counted[Measure.TALKS][town].append((pk, pk in talked))
                counted[Measure.STATION][town].append((pk, pk in whole))
    since, until = _span(year)
    letters = Letter.objects.filter(
        committee=committee, outgoing=True, wants_answer=True, sent_at__gte=since, sent_at__lt=until
    ).exclude(state=LetterState.CLOSED, answered_at=None)  # fmt: skip
    for letter in letters.order_by("pk").values_list("pk", "organisation_id", "due_on", "answered_at", named=True):
        answered = _day(letter.answered_at, since.tzinfo)
        if answered or letter.due_on < today:
            counted[Measure.LETTERS][letter.organisation_id].append((letter.pk, _by(answered, letter.due_on)))
    return counted


def _talked(committee, year) -> set[int]:
    since, until = _span(year)
    held = Activity.objects.filter(
        committee=committee, kind__in=TALKS, state=ActivityState.HELD, station__isnull=False, starts_at__gte=since,
        starts_at__lt=until,
    )  # fmt: skip
    return set(held.values_list("station", flat=True))


def _whole(stations) -> set[int]:
    """Stations that were looked at and lack nothing by any standard in use."""
    in_use = Standard.objects.filter(is_active=True).values("name")
    looked_at = latest(Inspection.objects.filter(station__in=stations, standard__name__in=in_use))
    lacking = Finding.objects.filter(inspection=OuterRef("pk"), passed=False)
    found = defaultdict(bool)
    for station, lacks in looked_at.annotate(lacks=Exists(lacking)).values_list("station", "lacks"):
        found[station] |= lacks
    return {station for station, lacks in found.items() if not lacks}


def _span(year: int) -> tuple[datetime, datetime]:
    return tuple(timezone.make_aware(datetime(one, 1, 1)) for one in (year, year + 1))  # noqa: DTZ001 (made aware)


def _day(moment: datetime | None, zone: tzinfo) -> date | None:
    """The local date; `zone` is asked for once, not for each of thousands of moments."""
    return moment.astimezone(zone).date() if moment else None
