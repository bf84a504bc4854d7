"""Proposals in any state up to their handling; what a unit does with one is told by `proposals.to_state`."""

import datetime
import uuid

from django.utils import timezone

from members.models import next_number
from proposals import presets, services
from proposals.models import Category, Plenary, Proposal, Signature
from proposals.services import cases
from proposals.services.assignments import open_assignment
from proposals.states import FILED, AssignmentRole, ProposalState, ProposerKind, SignatureRole, SignatureState, Timing
from tests.factories.proposals import AT, five

__all__ = ["AT", "handed", "plenary", "proposal", "services"]


def plenary(committee, *, term=10, number=5, year=2026):
    """A session of January; by AT its proposals are 平时提案."""
    zone = timezone.get_default_timezone()
    made, _ = Plenary.objects.get_or_create(
        committee=committee, term=term, number=number,
        defaults={
            "opens_on": datetime.date(year, 1, 8), "closes_on": datetime.date(year, 1, 11),
            "collects_from": datetime.date(year - 1, 10, 8),
            "collects_until": datetime.datetime(year, 1, 10, 18, tzinfo=zone),
        },
    )  # fmt: skip
    return made


def sphere():
    presets.load()
    return Category.objects.spheres().order_by("position").first()


def proposal(cast, state=ProposalState.DRAFT, *, title="关于优化农村公交线路的提案", co=(), at=AT, **fields):
    """王委员's proposal, with `co` members signed under it, in `state`; rows are made as the services leave them."""
    given = {
        "committee": cast.committee, "drafter": cast.wang, "title": title,
        "kind": ProposerKind.JOINT if co else ProposerKind.MEMBER,
        "situation": "部分村组公交班次少，群众出行不便。", "analysis": "线路多年未调整，车辆不足。",
        "points": ["加密早晚班次", "增设金田村停靠点"], "sphere": sphere(), **fields,
    }  # fmt: skip
    made = Proposal(key=uuid.uuid4(), **given)
    if state not in (ProposalState.DRAFT, ProposalState.WITHDRAWN):
        made.plenary, made.timing, made.submitted_at = plenary(made.committee), Timing.INTERIM, at
    if state in FILED:
        made.number = next_number(made.committee, f"proposal-{made.plenary.term}", made.plenary.number)
        made.filed_at = at
    made.state = ProposalState.FILED if state in FILED else state
    made.save()
    Signature.objects.create(
        proposal=made, member=cast.wang_member, role=SignatureRole.FIRST, state=SignatureState.SIGNED, answered_at=at
    )
    for position, member in enumerate(co, start=1):
        Signature.objects.create(
            proposal=made, member=member, role=SignatureRole.JOINT, state=SignatureState.SIGNED, answered_at=at,
            position=position,
        )  # fmt: skip
    return made


def handed(cast, made, *, role=AssignmentRole.LEAD, lead=None, at=AT, **fields):
    """A filed proposal handed to 县住建局 (or `unit`)."""
    raters = [] if role == AssignmentRole.CO else cases.raters_of(made)
    return open_assignment(
        committee=made.committee, proposal=made, title=made.title, text="\n".join(made.points), role=role, lead=lead,
        rater=raters[0] if raters else None, co_raters=raters[1:], by=cast.li, at=at,
        parameter="handling.workdays", **five(cast, **fields),
    )  # fmt: skip
