"""What the page of one case shows, and what one may do there now."""

from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects

from proposals import rules
from proposals.models import Assignment, Extension, MicroProposal, Proposal, Rating, Reply, Round
from proposals.services.rating import needs_meeting
from proposals.services.replies import rating_due
from proposals.states import AssignmentState, ReplyState, SignatureRole

OPEN_TO_STAFF = (ReplyState.SENT,)


def readable_case(user):
    """Assignments that `user` reads, each with whether its micro-proposal or proposal may be opened too."""
    micro = MicroProposal.objects.visible_to(user).filter(pk=OuterRef("micro"))
    proposal = Proposal.objects.visible_to(user).filter(pk=OuterRef("proposal"))
    rows = Assignment.objects.visible_to(user)
    rows = rows.annotate(micro_is_readable=Exists(micro), proposal_is_readable=Exists(proposal))
    return rows.select_related("committee", "unit", "handler", "micro", "proposal__plenary", "rater", "lead__unit")


def rounds_of(assignment: Assignment) -> list[Round]:
    """In their order, with replies and ratings; they, the extensions and what goes with the case stay loaded on it."""
    rounds = Round.objects.select_related("reply__signed_by", "reply__drafted_by", "reply__checked_by")
    joined = Assignment.objects.select_related("unit", "handler", "committee").order_by("due_on", "pk")
    loads = [
        Prefetch("rounds", rounds.order_by("number")),
        Prefetch("extensions", Extension.objects.select_related("asked_by", "decided_by")),
    ]
    if assignment.proposal_id and not assignment.is_co:
        loads.append(Prefetch("joined", joined))
    prefetch_related_objects([assignment], *loads)
    found = list(assignment.rounds.all())
    replies = [one.reply for one in found if hasattr(one, "reply")]
    ratings = Prefetch("ratings", Rating.objects.select_related("by", "entered_by"))
    prefetch_related_objects([reply for reply in replies if reply.state == ReplyState.SENT], ratings)
    return found


def signers_of(proposal: Proposal) -> list[dict]:
    """Who is to be talked with and answered: names and sectors, nothing that reaches them."""
    rows = proposal.signatures.signed().exclude(role=SignatureRole.WRITER)
    rows = rows.select_related("member__user", "member__sector").order_by("position", "pk")
    return [
        {"name": str(row), "role": row.get_role_display(), "sector": row.member.sector if row.member_id else None}
        for row in rows
    ]


def opinions_of(assignment: Assignment) -> list[dict]:
    """Co-units of a lead case with their dates and, once sent, their opinions."""
    joined = [case for case in _joined(assignment) if case.is_co]
    given = [case.pk for case in joined if case.state == AssignmentState.CLOSED]
    sent = Reply.objects.sent().filter(round__assignment__in=given).select_related("round")  # none for none
    texts = {reply.round.assignment_id: reply for reply in sent}
    return [{"case": case, "opinion": texts.get(case.pk)} for case in joined]


def _joined(assignment) -> list[Assignment]:
    return [case for case in assignment.joined.all() if case.state != AssignmentState.RETURNED]


def merged_of(assignment: Assignment) -> list[Assignment]:
    """Cases of merged proposals that are handled with this one."""
    return [case for case in _joined(assignment) if not case.is_co]


def of_proposal(assignment: Assignment) -> dict:
    """What a case of a proposal shows besides: points, signers, co-units, merged ones."""
    if assignment.proposal_id is None:
        return {}
    return {
        "signers": signers_of(assignment.proposal),
        "opinions": [] if assignment.is_co else opinions_of(assignment),
        "merged": [] if assignment.is_co else merged_of(assignment),
    }


def raters_of(assignment: Assignment, reply: Reply) -> tuple[list, list]:
    """Who has rated this reply, as ratings, and which users are silent."""
    given = list(reply.ratings.all())
    people = {person.pk: person for person in assignment.co_raters.all()}
    if assignment.rater_id:
        people[assignment.rater_id] = assignment.rater
    said = {rating.by_id for rating in given}
    return given, [person for pk, person in sorted(people.items()) if pk not in said]


def rating_of(assignment: Assignment, reply: Reply | None, user, *, today) -> dict:
    """Before anybody rates, the page says what comes of it; supervisors may end it when the time is over."""
    if assignment.state != AssignmentState.REPLIED or reply is None:
        return {}
    given, silent = raters_of(assignment, reply)
    last = rating_due(assignment)
    return {
        "silent": silent,
        "ratings_given": len(given),
        "rating_due": last,
        "leads_to_meeting": needs_meeting(assignment),
        "may_rate": user in silent and rules.may("rate", user, assignment),
        "may_conclude": bool(given) and bool(silent) and last < today and rules.may("conclude", user, assignment),
        "may_enter_rating": bool(silent) and rules.may("enter_rating", user, assignment),
    }
