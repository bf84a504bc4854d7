"""What the duty ledger is told when a proposal is submitted or taken back, inside the transaction of the deed.

Everybody whose signature stands gets the fact with the own share, on the day of the first submission. Told again
after a supplement, it is corrected where signers came or went. What the office decides is told in `filing_facts`.
"""

from django.utils import timezone

from members.facts import Fact, Share
from members.models import DutyRecord
from members.services import duty
from proposals.models import Proposal
from proposals.services.filing_facts import SHARES
from proposals.states import SignatureRole


def key_of(proposal: Proposal) -> str:
    return f"proposal:{proposal.pk}"


def submitted(proposal: Proposal, *, by, at) -> None:
    signed = proposal.signatures.signed().filter(member__isnull=False).order_by("position", "pk")
    shares = dict(signed.values_list("member", "role"))
    joined = sum(role == SignatureRole.JOINT for role in shares.values())
    alone = Share.FIRST if joined else Share.SOLE
    day = timezone.localdate(proposal.submitted_at or at)
    told = [
        duty.Deed(
            member=member, on=day, fact=Fact.PROPOSAL, key=key_of(proposal), title=proposal.title,
            url=proposal.get_absolute_url(), share=SHARES.get(role, alone), sharers=joined,
        )
        for member, role in shares.items()
    ]  # fmt: skip
    duty.record(told, by=by, at=at)
    told_before = DutyRecord.objects.standing().filter(key=key_of(proposal), fact=Fact.PROPOSAL)
    gone = set(told_before.exclude(member__in=shares).values_list("member", flat=True))
    if gone:
        duty.retract(key_of(proposal), reason="再次提交时没有署名", by=by, at=at, members=gone)


def left(proposal: Proposal, member: int, *, by, at) -> None:
    """One signature less after submission: that member's fact goes, the others share anew."""
    duty.retract(key_of(proposal), reason="已退出联名", by=by, at=at, members=[member])
    submitted(proposal, by=by, at=at)


def withdrawn(proposal: Proposal, *, by, at) -> None:
    duty.retract(key_of(proposal), reason="提案已撤回", by=by, at=at)
