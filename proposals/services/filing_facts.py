"""What the duty ledger is told of a proposal once the office has spoken: filed, chosen as key, chosen as excellent.

Every signer with a seat gets the fact with the own share; each inside the transaction of the deed.
"""

from collections.abc import Iterable

from django.utils import timezone

from members.facts import Fact, Share
from members.services import duty
from proposals.models import Proposal
from proposals.states import SignatureRole

SHARES = {
    SignatureRole.JOINT: Share.JOINT,
    SignatureRole.CONVENER: Share.PARTICIPANT,
    SignatureRole.WRITER: Share.WRITER,
}


def _deeds(proposal: Proposal, fact: Fact, at) -> list[duty.Deed]:
    signed = proposal.signatures.signed().filter(member__isnull=False).values_list("member", "role")
    signers = list(signed.order_by("position", "pk"))
    joined = sum(role == SignatureRole.JOINT for _, role in signers)
    alone = Share.FIRST if joined else Share.SOLE
    return [
        duty.Deed(
            member=member, on=timezone.localdate(at), fact=fact, key=f"proposal:{proposal.pk}", title=proposal.title,
            url=proposal.get_absolute_url(), share=SHARES.get(role, alone), sharers=joined,
        )
        for member, role in signers
    ]  # fmt: skip


def filed(proposal: Proposal, *, by, at) -> None:
    """立案 or 并案 straight from review: either way it has a number."""
    duty.record(_deeds(proposal, Fact.PROPOSAL_FILED, at), by=by, at=at)


def chosen(proposals: Iterable[Proposal], fact: Fact, *, by, at) -> None:
    """重点 or 优秀, all of one choice in one telling, so that members are locked in one order."""
    duty.record([deed for proposal in proposals for deed in _deeds(proposal, fact, at)], by=by, at=at)
