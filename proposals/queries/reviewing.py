"""What waits at the desk of the review, and what says much the same."""

from dataclasses import dataclass

from config.search import words
from config.search.models import SearchEntry
from config.search.similar import ALIKE
from members.roles import Permission
from proposals.models import Proposal
from proposals.states import UNSENT, ProposalState

COMPARED = 600
"""The newest entries of a committee that proposals are compared with: two years or more of a county."""
SHOWN = 5


@dataclass(frozen=True)
class Alike:
    """Another proposal that says much the same: how much of it, in per cent, and how it stands."""

    proposal: Proposal
    percent: int

    @property
    def is_filed(self) -> bool:
        return self.proposal.number is not None


def awaiting_review(user):
    """Submitted ones of the committees for which this person reviews, whoever waits longest first."""
    waiting = Proposal.objects.filter(
        state=ProposalState.SUBMITTED, committee__in=user.committees_with(Permission.PROPOSAL_REVIEW)
    )
    return waiting.order_by("submitted_at", "pk")


def alike(proposals: list[Proposal], *, limit: int = SHOWN) -> dict[int, list[Alike]]:
    """Primary key → what is like it among the committee's proposals that were sent in, the nearest first.

    Two statements for any number of proposals of one committee; a pair is shown from the same likeness on as anywhere
    on the site.
    """
    if not proposals:
        return {}
    mine = {row.pk: _pairs(words.bigrams(words.normalise(row.search_document()))) for row in proposals}
    found: dict[int, list[tuple[float, int]]] = {pk: [] for pk in mine}
    for other, committee, text in _entries({row.committee_id for row in proposals}):
        theirs = _pairs(words.bigrams(text))
        for row in proposals:
            pairs = mine[row.pk]
            likeness = len(pairs & theirs) / (min(len(pairs), len(theirs)) or 1)
            if likeness >= ALIKE and row.pk != other and row.committee_id == committee:
                found[row.pk].append((likeness, other))
    nearest = {pk: sorted(scored, reverse=True) for pk, scored in found.items()}
    rows = Proposal.objects.exclude(state__in=UNSENT).select_related("plenary", "lead").defer(*TEXTS)
    rows = rows.in_bulk({other for scored in nearest.values() for _, other in scored[: 2 * limit]})
    return {
        pk: [Alike(rows[other], round(likeness * 100)) for likeness, other in scored if other in rows][:limit]
        for pk, scored in nearest.items()
    }


TEXTS = ("situation", "analysis", "points")


def _entries(committees):
    entries = SearchEntry.objects.filter(kind=Proposal._meta.label_lower, scope__in=committees).order_by("-pk")
    rows = entries.values_list("object_id", "scope", "text")[:COMPARED]
    return [(int(pk), committee, text) for pk, committee, text in rows]


def _pairs(bigrams):
    return {pair for pair in bigrams if len(pair) == 2}
