"""What the duty ledger hears when the promise of a proposal's B reply was kept: a deed of each member who signed it."""

from django.utils import timezone

from members.facts import Fact
from members.services import duty
from proposals.models import Proposal
from proposals.states import SignatureRole


def kept(proposal: Proposal, *, by, at) -> None:
    """承诺兑现, once for each signer; who only wrote it did not put it."""
    signers = proposal.signatures.signed().exclude(role=SignatureRole.WRITER).filter(member__isnull=False)
    deeds = [
        duty.Deed(
            member=member, on=timezone.localdate(at), fact=Fact.COMMITMENT_KEPT, key=f"promise:{proposal.pk}",
            title=proposal.title, url=proposal.get_absolute_url(),
        )
        for member in signers.values_list("member", flat=True)
    ]  # fmt: skip
    if deeds:
        duty.record(deeds, by=by, at=at)
