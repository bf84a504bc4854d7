"""转社情民意: what is not fit to be filed as a proposal goes on as a report of what people think (domain 1.2)."""

from proposals import threads_information
from proposals.models import Information, Proposal
from proposals.notices import information as notices
from proposals.services import information_facts as facts
from proposals.states import InformationState, SignatureRole

LONGEST = 3000


def into_information(proposal: Proposal, *, by, at) -> Information:
    """The report of the same content, sent in already; called inside the transaction that moves the proposal.

    It stands under the name of the first signer, or of the organisation or body that put the proposal; the register
    is told as of any other report.
    """
    first = proposal.signatures.signed().filter(role=SignatureRole.FIRST).select_related("member").first()
    behind = proposal.organisation or proposal.body
    made = Information.objects.create(
        committee=proposal.committee,
        author=first.member if first else None,
        reporter=str(behind)[:64] if behind and not first else "",
        drafter=proposal.drafter or by,
        title=proposal.title,
        problem=proposal.situation,
        cause=proposal.analysis,
        suggestion="\n".join(proposal.points)[:LONGEST],
        category=proposal.fields.first(),
        proposal=proposal,
        word=proposal.word,
        micro=proposal.micro,
        state=InformationState.SUBMITTED,
        submitted_at=at,
    )
    facts.reported(made, by=by, at=at)
    threads_information.taken_up(made, by=by, at=at)
    notices.submitted(made, by=by, at=at)
    return made
