"""A plan becomes rows: plenaries, proposals, signatures and fields of life, a handful of statements for thousands."""

import datetime
import uuid

from django.utils import timezone

from config.search import index
from members.models import Committee
from members.models.sequences import NumberSequence
from proposals.models import Plenary, Proposal, Signature
from proposals.sheets.checking import PLAIN_FIELDS, kind_of
from proposals.sheets.columns import Column
from proposals.sheets.known import Known
from proposals.sheets.outcomes import Outcome, Plan
from proposals.states import COLLECTIVE, ProposalState, PublicationLevel, SignatureRole, SignatureState

BATCH = 500
NOON = datetime.time(12)
NOT_PUBLISHED = "历年提案导入，未公开"
CHANGED = (
    *PLAIN_FIELDS.values(), "organisation", "body", "state", "submitted_at", "filed_at", "closed_at",
    "private_reason", "updated_at",
)  # fmt: skip


def load(plan: Plan, *, at: datetime.datetime) -> None:
    """Write a plan without refusals, in the transaction of the caller."""
    created, updated = plan.of("created"), plan.of("updated")
    plenaries = {**plan.known.plenaries, **_new_plenaries(plan)}
    for outcome in created:
        outcome.proposal = _new(outcome, plenaries[outcome.spot[:2]], plan.known)
    rows = [outcome.proposal for outcome in created]
    Proposal.objects.bulk_create(rows, batch_size=BATCH)
    for outcome in updated:
        _fill(outcome.proposal, outcome.values, plan.known, plenaries[outcome.spot[:2]])
        outcome.proposal.updated_at = at
    changed = [outcome.proposal for outcome in updated]
    Proposal.objects.bulk_update(changed, CHANGED, batch_size=BATCH)
    _sign(created, updated, plan.known)
    _mark_fields(created, updated)
    kind = Proposal._meta.label_lower
    index.index_new(kind, ((str(row.pk), row.search_scope, row.search_document()) for row in rows))
    index.index_many(changed)
    _count_on(plan.committee, [outcome.spot for outcome in created])


def _moment(on: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(on, NOON))


def _new_plenaries(plan: Plan) -> dict[tuple[int, int], Plenary]:
    """A plenary that stands nowhere yet, on the first day of filing; the office corrects its days afterwards."""
    first = {}
    for outcome in plan.of("created"):
        session, on = outcome.spot[:2], outcome.values[Column.FILED]
        first[session] = min(first.get(session, on), on)
    fresh = [
        Plenary(
            committee=plan.committee, term=term, number=number, opens_on=first[term, number],
            closes_on=first[term, number], collects_from=first[term, number],
            collects_until=_moment(first[term, number]),
        )
        for term, number in plan.new_sessions
    ]  # fmt: skip
    return {(row.term, row.number): row for row in Plenary.objects.bulk_create(fresh)}


def _new(outcome: Outcome, plenary: Plenary, known: Known) -> Proposal:
    row = Proposal(
        key=uuid.uuid4(), committee=known.committee, plenary=plenary, number=outcome.spot[2], is_imported=True,
        kind=kind_of(outcome.values), private_reason=NOT_PUBLISHED,
    )  # fmt: skip
    _fill(row, outcome.values, known, plenary)
    return row


def _fill(row: Proposal, given: dict, known: Known, plenary: Plenary) -> None:
    """What the table says, and what follows from it: closed when answered, whose name it bears, why it is private."""
    for column, name in PLAIN_FIELDS.items():
        if column in given:
            setattr(row, name, given[column])
    if Column.FILED in given:
        row.filed_at = row.submitted_at = _moment(given[Column.FILED])
    if Column.REPLIED in given:
        row.closed_at = _moment(given[Column.REPLIED])
    row.state = ProposalState.CLOSED if row.closed_at else ProposalState.FILED
    if Column.SIGNERS in given:
        first = given[Column.SIGNERS][0] if given[Column.SIGNERS] else ""
        row.organisation, row.body = known.organisation(first, row.kind), known.body(first, row.kind)
    row.private_reason = "" if row.publication != PublicationLevel.NONE else row.private_reason or NOT_PUBLISHED


def _sign(created: list[Outcome], updated: list[Outcome], known: Known) -> None:
    """Who signed, in the order of the table: members where the name is one person's, else the name alone."""
    changed = [
        outcome for outcome in updated if any(column in (Column.SIGNERS, Column.KIND) for column, *_ in outcome.changes)
    ]
    Signature.objects.filter(proposal__in=[outcome.proposal.pk for outcome in changed]).delete()
    rows = []
    for outcome in [*created, *changed]:
        row = outcome.proposal
        for position, (name, member) in enumerate(_signers(outcome, known)):
            rows.append(
                Signature(
                    proposal=row, member=member, name="" if member else name, position=position,
                    role=SignatureRole.JOINT if position else SignatureRole.FIRST, state=SignatureState.SIGNED,
                    answered_at=row.filed_at,
                )
            )  # fmt: skip
    Signature.objects.bulk_create(rows, batch_size=BATCH)


def _signers(outcome: Outcome, known: Known):
    """(name, member or None); what a body or an organisation is called is nobody's name."""
    row = outcome.proposal
    for name in outcome.signers:
        is_collective = row.kind in COLLECTIVE and name == outcome.signers[0]
        member = None if is_collective else known.member(name, outcome.spot[0])
        yield name, member


def _mark_fields(created: list[Outcome], updated: list[Outcome]) -> None:
    through = Proposal.fields.through
    changed = [outcome for outcome in updated if any(column == Column.FIELDS for column, *_ in outcome.changes)]
    through.objects.filter(proposal__in=[outcome.proposal.pk for outcome in changed]).delete()
    through.objects.bulk_create(
        [
            through(proposal_id=outcome.proposal.pk, category_id=category.pk)
            for outcome in [*created, *changed]
            for category in outcome.values.get(Column.FIELDS, [])
        ],
        batch_size=BATCH,
    )


def _count_on(committee: Committee, spots: list) -> None:
    """The next number that is given by itself comes after those of the table."""
    last = {}
    for term, session, number in spots:
        last[term, session] = max(last.get((term, session), 0), number)
    for (term, session), number in sorted(last.items()):
        row, _ = NumberSequence.objects.get_or_create(committee=committee, kind=f"proposal-{term}", year=session)
        NumberSequence.objects.filter(pk=row.pk, last__lt=number).update(last=number)
