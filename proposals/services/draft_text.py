"""The text of a proposal while it is being written: what it still lacks, and a mark of how it reads now."""

from hashlib import sha256

from config.privacy import PLAIN, reaches_somebody
from proposals.models import Proposal

MOST_POINTS = 20


def digest_of(proposal: Proposal) -> str:
    """A mark of the text as it is now, so that nobody signs what was changed since one read it."""
    text = "\0".join([proposal.title, proposal.situation, proposal.analysis, *proposal.points])
    return sha256(text.encode()).hexdigest()[:16]


def missing(proposal: Proposal) -> dict[str, str]:
    """What the text still lacks before it can be submitted, by field of the form."""
    lacks = {}
    if not proposal.title.strip():
        lacks["title"] = "请写案由。"
    elif reaches_somebody(proposal.title):
        lacks["title"] = PLAIN  # whatever is published, the title is read by all
    if not proposal.situation.strip():
        lacks["situation"] = "请写情况：是什么事，现在怎样。"
    if not proposal.analysis.strip():
        lacks["analysis"] = "请写分析：为什么会这样。"
    if not proposal.points:
        lacks["point_0"] = "请至少写一条具体建议。"
    if proposal.sphere_id is None:
        lacks["sphere"] = "请选分类。"
    return lacks
