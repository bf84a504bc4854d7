"""Who may do what with the public showcase of a key proposal and what people say there."""

from members.roles import Permission
from proposals.models import ShowcaseComment


def keeps(user, row) -> bool:
    """The staff who review and publish proposals; of a proposal, a showcase, an entry or a comment alike."""
    return row.scope in user.committees_with(Permission.PROPOSAL_REVIEW)


def can_answer(user, comment: ShowcaseComment) -> bool:
    """Who handles matters at the unit that answers for the proposal."""
    unit = comment.showcase.proposal.unit_id
    return unit is not None and unit in user.organisations_with(Permission.MATTER_HANDLE)


RULES = {"keep_showcase": keeps, "answer_comment": can_answer}
