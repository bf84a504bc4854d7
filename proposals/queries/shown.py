"""Proposals and replies as they are told: in whose name, to whom whole, without what leads to a person."""

from collections.abc import Iterable

from config.privacy import masked
from proposals.models import Proposal, Reply


def for_api(keys: Iterable) -> dict:
    """Key → proposal with what its name is made of; a fixed number of statements."""
    rows = Proposal.objects.filter(key__in=list(keys)).select_related("committee", "plenary", "organisation", "body")
    return {row.key: row for row in rows.prefetch_related("signatures__member__user")}


def followed(user, proposals: Iterable[Proposal]) -> set[int]:
    """Those of `proposals` whose whole story `user` may read."""
    if not user.is_authenticated:
        return set()
    rows = Proposal.objects.followed_by(user).filter(pk__in=[proposal.pk for proposal in proposals])
    return set(rows.values_list("pk", flat=True))


def proposer(proposal: Proposal, *, in_public: bool) -> str:
    """In whose name; a body that public pages do not show (a sensitive sector) is told by its kind."""
    hidden = in_public and proposal.body_id and proposal.body.is_sensitive
    return proposal.get_kind_display() if hidden else proposal.proposer


def cover(reply: Reply) -> Reply:
    """`reply` and what was said of it as the public reads it: numbers that reach somebody are covered, nothing saved.

    The ratings have to be prefetched.
    """
    for name in ("text", "promise", "reason", "public_text"):
        setattr(reply, name, masked(getattr(reply, name)))
    for rating in reply.ratings.all():
        rating.words = masked(rating.words)
    return reply
