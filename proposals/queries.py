"""What waits for whom, and what was suggested before: reads over several nouns."""

from datetime import timedelta

from config.search import similar
from members.models import Committee
from members.roles import Permission
from proposals.models import Assignment, Extension, MicroProposal, OfficeVerdict, Reply
from proposals.states import AssignmentState, ExtensionState, MicroState, ReplyState


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
        state=ExtensionState.ASKED, assignment__committee__in=user.committees_with(Permission.MATTER_SUPERVISE)
    )


def awaiting_verification(user, today):
    """B replies whose promised day has come."""
    return Assignment.objects.filter(
        state=AssignmentState.FOLLOWING,
        committee__in=user.committees_with(Permission.MATTER_SUPERVISE),
        rounds__reply__promised_on__lte=today,
    ).distinct()


def awaiting_signature(user):
    return Reply.objects.filter(
        state=ReplyState.SUBMITTED,
        round__assignment__state=AssignmentState.HANDLING,  # a matter that was given back needs no signature
        round__assignment__unit__in=user.organisations_with(Permission.MATTER_SIGN),
    )


def awaiting_rating(user):
    return Assignment.objects.filter(state=AssignmentState.REPLIED, rater=user)


def overdue_in(user, today):
    return Assignment.objects.filter(committee__in=user.committees_with(Permission.MATTER_VIEW)).overdue(today)


def board_of(user, today) -> dict[str, list[Assignment]]:
    """The unit's open matters by light: late (overdue), soon (within 7 days), ok; each by due date."""
    units = user.organisations_with(Permission.MATTER_HANDLE)
    lights = {"late": [], "soon": [], "ok": []}
    open_ones = Assignment.objects.filter(unit__in=units).open().select_related("unit", "handler").order_by("due_on")
    for assignment in open_ones[:300]:
        days = (assignment.due_on - today) / timedelta(days=1)
        lights["late" if days < 0 else "soon" if days <= 7 else "ok"].append(assignment)
    return lights


def similar_micros(committee: Committee, text: str, *, but=None, limit: int = 5) -> list[MicroProposal]:
    """Submitted micro-proposals of the committee that say much the same, the nearest first."""
    found = similar.nearest(MicroProposal, text, scope=committee.pk, limit=limit + 1)
    rows = MicroProposal.objects.exclude(state__in=[MicroState.DRAFT, MicroState.WITHDRAWN]).in_bulk(found)
    return [rows[pk] for pk in found if pk in rows and (but is None or pk != but.pk)][:limit]
