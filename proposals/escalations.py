"""升级: its author goes on with a micro-proposal as a proposal or as information; who may see them finds both on its
page (domain 2.1)."""

from django.urls import reverse
from django.utils import timezone

from proposals import threads_information
from proposals.growths import Action, Grown, Growth
from proposals.models import Information, MicroProposal, Proposal
from proposals.states import InformationState, MicroState, ProposalState

BEFORE = (MicroState.DRAFT, MicroState.WITHDRAWN)
"""What was never handed in, or taken back, is not escalated."""


def _is_authors(user, micro) -> bool:
    return micro.state not in BEFORE and user.member_ids.get(micro.committee_id) == micro.author_id


def offer_proposal(user, micro: MicroProposal) -> Action | None:
    if not _is_authors(user, micro):
        return None
    return Action("升级为提案", f"{reverse('proposal-new')}?micro={micro.pk}")


def offer_information(user, micro: MicroProposal) -> Action | None:
    """Its author, and who keeps the register; one made already stands among what grew out of it."""
    offered = threads_information.offer_for_micro(user, micro)
    return offered and Action(offered.label, offered.url)


def follow_proposals(user, micro: MicroProposal) -> list[Grown]:
    """A draft only its writers know of; that is in the rule of who sees proposals."""
    rows = Proposal.objects.visible_to(user).filter(micro=micro).exclude(state=ProposalState.WITHDRAWN)
    return [_grown("提案", row) for row in rows]


def follow_information(user, micro: MicroProposal) -> list[Grown]:
    rows = Information.objects.visible_to(user).filter(micro=micro).exclude(state=InformationState.WITHDRAWN)
    return [_grown("社情民意信息", row) for row in rows]


def _grown(noun, row):
    day = timezone.localdate(row.submitted_at or row.created_at)
    return Grown(day, noun, str(row), row.tone, row.get_state_display(), row.get_absolute_url())


PROPOSAL = Growth("proposal", offer_proposal, follow_proposals)
INFORMATION = Growth("information", offer_information, follow_information)
