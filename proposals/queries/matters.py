"""What waits for whom, and what was suggested before: reads over several nouns."""

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from config.search import similar
from config.workdays import count
from members.models import Committee
from members.queries import holders_by
from members.roles import Permission, Scope
from proposals.models import Assignment, Extension, MicroProposal, OfficeVerdict, Rating, Reply, ReturnRequest
from proposals.states import AssignmentState, MicroState, ReplyState, RequestState


def awaiting_verdict(user):
    """Micro-proposals in review on which the user's own office has not spoken in this round."""
    offices = user.organisations_with(Permission.MICRO_REVIEW)
    spoken = OfficeVerdict.objects.filter(review__result="", office__in=offices).values("review__micro")
    return (
        MicroProposal.objects.filter(state=MicroState.REVIEWING, committee__organisations__in=offices)
        .exclude(pk__in=spoken)
        .distinct()
    )


def awaiting_assignment(user):
    """Agreed by the three offices, not yet with a unit."""
    return MicroProposal.objects.filter(
        state=MicroState.AGREED, committee__in=user.committees_with(Permission.MATTER_ASSIGN)
    )


def awaiting_extension(user):
    return Extension.objects.filter(
        state=RequestState.ASKED, assignment__committee__in=user.committees_with(Permission.MATTER_SUPERVISE)
    )


def awaiting_verification(user, today):
    """B replies whose promised day has come."""
    return Assignment.objects.filter(
        state=AssignmentState.FOLLOWING,
        committee__in=user.committees_with(Permission.MATTER_SUPERVISE),
        rounds__reply__promised_on__lte=today,
    ).distinct()


def awaiting_signature(user):
    return _at_work(ReplyState.SUBMITTED, user.organisations_with(Permission.MATTER_SIGN))


def _at_work(state, units):
    """Replies in `state` of those units; a matter that was given back needs no signature."""
    return Reply.objects.filter(
        state=state, round__assignment__state=AssignmentState.HANDLING, round__assignment__unit__in=units
    )


def awaiting_check(user):
    """Replies of the user's units that wait for a second person, or in a unit of one for its leader."""
    units = user.organisations_with(Permission.MATTER_HANDLE)
    people = holders_by(Permission.MATTER_HANDLE, Scope.ORGANISATION, units)
    alone = {unit for unit in user.organisations_with(Permission.MATTER_SIGN) if people[unit] == {user.pk}}
    return _at_work(ReplyState.CHECKING, units).filter(~Q(drafted_by=user) | Q(round__assignment__unit__in=alone))


def awaiting_sending(user):
    """Signed replies that have not gone out."""
    return _at_work(ReplyState.SIGNED, user.organisations_with(Permission.MATTER_HANDLE))


def awaiting_contact(user):
    """Proposals of the user's units whose signers nobody has talked with yet, the nearest day first."""
    units = user.organisations_with(Permission.MATTER_HANDLE)
    owed = Assignment.objects.filter(unit__in=units, contact_due_on__isnull=False, contacted_at__isnull=True).open()
    return owed.filter(paused_on__isnull=True).order_by("contact_due_on", "pk")


def awaiting_rating(user):
    """Replies that the user rates, alone or with others, and has not rated."""
    said = Rating.objects.filter(by=user, reply__round__number=F("reply__round__assignment__round"))
    to_rate = Assignment.objects.rated_by(user).filter(state=AssignmentState.REPLIED)
    return to_rate.exclude(pk__in=said.values("reply__round__assignment"))


def awaiting_conclusion(user, today):
    """Replies to proposals that some accepted, none refused, and others keep silent on after the time to rate."""
    said = Rating.objects.filter(reply__round__number=F("reply__round__assignment__round"))
    waiting = Assignment.objects.filter(
        state=AssignmentState.REPLIED, proposal__isnull=False, pk__in=said.values("reply__round__assignment"),
        committee__in=user.committees_with(Permission.MATTER_SUPERVISE),
    )  # fmt: skip
    days = {}
    over = []
    for row in waiting.select_related("committee").only("replied_at", "committee"):
        if row.committee_id not in days:
            days[row.committee_id] = row.committee.parameter("rating.workdays")
        if count.add(timezone.localdate(row.replied_at), days[row.committee_id]) < today:
            over.append(row.pk)
    return Assignment.objects.filter(pk__in=over)


def silent_raters(assignments) -> dict[int, set[int]]:
    """Assignment id → users who rate and have not, in the present round; three queries for many rows."""
    rows = {a.pk: a for a in assignments}
    found = {a.pk: {a.rater_id} - {None} for a in rows.values()}
    shared = Assignment.co_raters.through.objects.filter(assignment__in=rows).values_list("assignment", "user")
    for pk, person in shared:
        found[pk].add(person)
    said = Rating.objects.filter(
        reply__round__assignment__in=rows, reply__round__number=F("reply__round__assignment__round")
    )
    for pk, person in said.values_list("reply__round__assignment", "by"):
        found[pk].discard(person)
    return found


def overdue_in(user, today):
    return Assignment.objects.filter(committee__in=user.committees_with(Permission.MATTER_VIEW)).overdue(today)


def board_of(user, today) -> dict[str, list[Assignment]]:
    """The unit's open matters by light: late (overdue), soon (within 7 days), ok; each by due date."""
    units = user.organisations_with(Permission.MATTER_HANDLE)
    lights = {"late": [], "soon": [], "ok": []}
    asked = ReturnRequest.objects.filter(assignment=OuterRef("pk"), state=RequestState.ASKED)
    open_ones = (
        Assignment.objects.filter(unit__in=units, waived_at__isnull=True)
        .open()
        .annotate(return_asked=Exists(asked))
        .select_related("unit", "handler", "committee")
        .order_by("due_on", "pk")
    )
    rows = list(open_ones[:300])
    _say_windows(rows, today)
    for assignment in rows:
        # One that stands still is late for nobody.
        days = (assignment.due_on - today).days
        light = "ok" if assignment.paused_on or days > 7 else "late" if days < 0 else "soon"
        lights[light].append(assignment)
    return lights


def _say_windows(assignments: list[Assignment], today) -> None:
    """`return_until` of those that may still be given back as wrong: two statements, and one for each committee."""
    fresh = [row for row in assignments if row.round == 1 and not row.return_asked and not row.is_joined]
    if not fresh:
        return
    committees = {row.committee_id: row.committee for row in fresh}
    days = {pk: committee.parameter("return.workdays") for pk, committee in committees.items()}
    last_day = count.adding_from(min(timezone.localdate(row.assigned_at) for row in fresh))
    for row in fresh:
        until = last_day(timezone.localdate(row.assigned_at), days[row.committee_id])
        row.return_until = until if until >= today else None


def similar_micros(committee: Committee, text: str, *, but=None, limit: int = 5) -> list[MicroProposal]:
    """Submitted micro-proposals of the committee that say much the same, the nearest first."""
    found = similar.nearest(MicroProposal, text, scope=committee.pk, limit=limit + 1)
    rows = MicroProposal.objects.exclude(state__in=[MicroState.DRAFT, MicroState.WITHDRAWN]).in_bulk(found)
    return [rows[pk] for pk in found if pk in rows and (but is None or pk != but.pk)][:limit]
