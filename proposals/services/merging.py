"""并案: proposals of the same content are handled together under one lead case and answered one by one (domain 1.2).

A merged proposal keeps its number, its names and its signatures. Once its lead case is with a unit it has an assignment
of its own there, and so a reply of its own.
"""

from django.db import transaction
from django.utils import timezone

from config.refusals import Incomplete, WrongState
from config.transitions import take
from proposals import rules
from proposals.models import Assignment, Proposal
from proposals.notices import review as notices
from proposals.services import cases, filing_facts, reviewing, selections
from proposals.services.assignments import leave, open_assignment
from proposals.services.reviewing import PASSED, Checks
from proposals.states import AssignmentRole, AssignmentState, ProposalState, ReviewResult

LEADS = (ProposalState.FILED, ProposalState.ASSIGNED)
"""States in which a case can take up others."""


@transaction.atomic
def merge(
    proposal: Proposal,
    into: Proposal | None,
    *,
    words: str = "",
    checks: Checks = PASSED,
    by,
    at,
) -> Proposal:
    """并案 straight from review (it is numbered now), or of one that is filed and not handed over yet."""
    rules.require("review_proposal", by, proposal)
    reviewing.require_sound(checks, ReviewResult.MERGE)
    fresh = proposal.state == ProposalState.SUBMITTED
    stamps = reviewing.numbered(proposal, at=at) if fresh else {}  # locks in the order of 立案: the number first
    into = _lead(proposal, into)
    take(proposal, "merge", by=by, at=at, lead=into, data={"into": into.serial}, **stamps)
    if fresh:
        filing_facts.filed(proposal, by=by, at=at)
    for given in _handed(into):
        join_case(proposal, given, by=by, at=at)
    reviewing.note(proposal, ReviewResult.MERGE, checks, words, by=by, at=at)
    return proposal


def _lead(proposal, into) -> Proposal:
    """The lead case as it stands now, locked together with the one to be merged, or a refusal in words."""
    if into is None:
        raise Incomplete("请选择并入哪一件。", {"lead": "请选择一件已立案的提案作主案。"})
    if into.pk == proposal.pk:
        raise _refused("不能并入它自己，请另选主案。")
    if into.committee_id != proposal.committee_id:
        raise _refused("不同政协的提案不能并案，请选择本会的提案。")
    # Both rows in one order: of two that are merged into each other at the same moment the second sees the first.
    locked = {row.pk: row for row in Proposal.objects.select_for_update().filter(pk__in=[proposal.pk, into.pk])
              .order_by("pk")}  # fmt: skip
    into = locked[into.pk]
    if into.lead_id == proposal.pk:
        raise _refused(f"《{into}》已并入这一件，不能反过来并案。")
    if into.lead_id:
        raise _refused(f"《{into}》自己已并入《{into.lead}》，请直接并入《{into.lead}》。")
    if into.state not in LEADS:
        raise _refused(f"《{into}》现在是“{into.get_state_display()}”，主案须是已立案或办理中的提案。")
    children = proposal.merged.count()
    if children:
        raise _refused(f"已有 {children} 件提案并入这一件，它是主案，不能再并入别的提案；请先撤销那些并案。")
    if any(not given.is_open for given in _handed(into)):
        raise _refused(f"《{into}》已经答复，不能再并入；请单独立案办理。")
    return into


def _refused(words):
    return Incomplete(words, {"lead": words})


def _handed(lead: Proposal) -> list[Assignment]:
    """The assignments of a lead case that reply: the lead unit's, or each of several separate ones."""
    replying = lead.assignments.exclude(state=AssignmentState.RETURNED).exclude(role=AssignmentRole.CO)
    return list(replying.select_related("unit", "handler", "committee").order_by("pk"))


def join_case(proposal: Proposal, lead_assignment: Assignment, *, by, at) -> Assignment:
    """Give a merged proposal an assignment of its own beside that of its lead case: same unit, same five fixings.

    Called when it is merged into a case that is handed over, and for each merged one when its lead case is handed over.
    Called twice it is one assignment; one left from a handing over that was taken back goes first, one that is answered
    stays.
    """
    own = proposal.assignments.exclude(state=AssignmentState.RETURNED).exclude(role=AssignmentRole.CO)
    for given in own.select_related("lead", "unit", "committee").order_by("pk"):
        same_unit = given.unit_id == lead_assignment.unit_id
        if given.lead_id == lead_assignment.pk:
            return given
        if not given.is_open and (same_unit or given.role == lead_assignment.role == AssignmentRole.LEAD):
            return given
        if given.is_open and (same_unit or given.lead is None or given.lead.state == AssignmentState.RETURNED):
            _take_away(given, f"主案改由{lead_assignment.unit}办理", by=by, at=at)
    raters = cases.raters_of(proposal)
    return open_assignment(
        committee=proposal.committee,
        proposal=proposal,
        role=lead_assignment.role,
        lead=lead_assignment,
        title=proposal.title,
        text=_text(proposal),
        unit=lead_assignment.unit,
        leader_name=lead_assignment.leader_name,
        leader_post=lead_assignment.leader_post,
        handler=lead_assignment.handler,
        due_on=max(lead_assignment.due_on, timezone.localdate(at)),
        duty=lead_assignment.duty,
        quality=lead_assignment.quality,
        rater=raters[0] if raters else None,
        co_raters=raters[1:],
        parameter="proposal.months",
        by=by,
        at=at,
    )


def _text(proposal):
    points = [f"{number}. {point}" for number, point in enumerate(proposal.points, start=1)]
    return "\n".join(filter(None, [proposal.situation, proposal.analysis, *points])) or proposal.title


def _take_away(assignment, reason, *, by, at):
    leave(assignment, "take_away", reason=reason[:500], by=by, at=at)
    notices.taken_away(assignment, at=at)


@transaction.atomic
def unmerge(proposal: Proposal, *, words: str, by, at) -> Proposal:
    """撤销并案, as long as no unit has answered it: its assignments are taken back, it waits to be handed over."""
    rules.require("review_proposal", by, proposal)
    reviewing.require_words(words, "请写明为什么撤销并案，提案者和承办单位会看到。")
    own = proposal.assignments.exclude(state=AssignmentState.RETURNED).select_related("unit", "committee")
    own = list(own.order_by("pk"))
    if answered := [given for given in own if not given.is_open]:
        raise WrongState(f"{answered[0].unit}已经答复这一件，不能再撤销并案。")
    lead = proposal.lead
    for given in own:
        _take_away(given, f"撤销并案：{words.strip()}", by=by, at=at)
    take(proposal, "unmerge", by=by, at=at, lead=None, unit=None, data={"words": words.strip()})
    selections.put_up(proposal)
    notices.unmerged(proposal, lead, words.strip(), at=at)
    return proposal
