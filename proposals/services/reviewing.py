"""审查: one look at a submitted proposal by eligibility, content and form, and what follows from it (domain 1.2)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from config.refusals import Incomplete
from config.transitions import take
from members.models import next_number
from proposals import rules
from proposals.models import Plenary, Proposal, ProposalReview, RejectionGround
from proposals.notices import review as notices
from proposals.services import filing_facts, selections, turning
from proposals.states import ReviewResult


@dataclass(frozen=True)
class Checks:
    """The three checks: who puts it, what it says, how it is written."""

    eligible: bool = True
    content_ok: bool = True
    form_ok: bool = True

    LABELS = {"eligible": "提案者资格", "content_ok": "内容", "form_ok": "格式"}

    def failed(self) -> list[str]:
        return [name for name in self.LABELS if not getattr(self, name)]


PASSED = Checks()


def note(proposal: Proposal, result: str, checks: Checks, words: str, *, grounds=(), by, at) -> ProposalReview:
    """Write the review down and tell everybody who signed."""
    review = ProposalReview.objects.create(
        proposal=proposal, result=result, words=words.strip(), by=by, at=at, eligible=checks.eligible,
        content_ok=checks.content_ok, form_ok=checks.form_ok,
    )  # fmt: skip
    review.grounds.set(grounds)
    notices.reviewed(review, at=at)
    return review


def require_sound(checks: Checks, result: str) -> None:
    """Only what passes all three checks gets a number."""
    if failed := checks.failed():
        why = f"这一项没有通过，不能{ReviewResult(result).label}。请退回补充，或不予立案。"
        raise Incomplete(f"{'、'.join(Checks.LABELS[name] for name in failed)}没有通过。", dict.fromkeys(failed, why))


def require_words(words: str, why: str) -> None:
    if not words.strip():
        raise Incomplete(why, {"words": why})


def numbered(proposal: Proposal, *, at) -> dict:
    """The stamps of a proposal that is filed: the next number of its plenary, without gap and without double.

    The row of the sequence stays locked until the transaction ends; what is undone gives its number back.
    """
    plenary = proposal.plenary or _plenary_of(proposal, at)
    number = next_number(proposal.committee, f"proposal-{plenary.term}", plenary.number)
    return {"plenary": plenary, "number": number, "filed_at": at}


def _plenary_of(proposal, at):
    day = timezone.localdate(proposal.submitted_at or at)
    found = Plenary.objects.collecting(proposal.committee, day)
    if found is None:
        raise Incomplete("还没有登记全体会议，无法编号。请先在工作后台“全体会议”里登记届次和征集日期。")
    return found


@transaction.atomic
def file(proposal: Proposal, *, checks: Checks = PASSED, words: str = "", by, at) -> Proposal:
    """立案: it passed, and gets its number."""
    rules.require("review_proposal", by, proposal)
    require_sound(checks, ReviewResult.FILE)
    stamps = numbered(proposal, at=at)
    take(proposal, "file", by=by, at=at, data={"number": stamps["number"]}, **stamps)
    filing_facts.filed(proposal, by=by, at=at)
    selections.put_up(proposal)
    note(proposal, ReviewResult.FILE, checks, words, by=by, at=at)
    return proposal


@transaction.atomic
def reject(
    proposal: Proposal,
    *,
    grounds: Iterable[RejectionGround],
    checks: Checks = PASSED,
    words: str = "",
    by,
    at,
) -> Proposal:
    """不予立案 on at least one of the grounds that the committee offers; the signers are told which."""
    rules.require("review_proposal", by, proposal)
    grounds = list(grounds)
    if not grounds:
        raise Incomplete("请至少选一条不予立案的理由。", {"grounds": "请至少选一条理由，提案者会看到。"})
    offered = set(RejectionGround.objects.offered_by(proposal.committee).values_list("pk", flat=True))
    if not offered.issuperset(ground.pk for ground in grounds):
        raise Incomplete("选了本会不用的理由。", {"grounds": "请从列出的理由里选。"})
    take(proposal, "reject", by=by, at=at, data={"grounds": [ground.words for ground in grounds]})
    note(proposal, ReviewResult.REJECT, checks, words, grounds=grounds, by=by, at=at)
    return proposal


@transaction.atomic
def send_back(proposal: Proposal, *, words: str, checks: Checks = PASSED, by, at) -> Proposal:
    """退回补充, with what is missing."""
    rules.require("review_proposal", by, proposal)
    require_words(words, "请写明要补充什么，提案者会看到。")
    take(proposal, "return_", by=by, at=at, data={"words": words.strip()})
    note(proposal, ReviewResult.RETURN, checks, words, by=by, at=at)
    return proposal


@transaction.atomic
def turn(proposal: Proposal, *, words: str = "", checks: Checks = PASSED, by, at) -> Proposal:
    """转社情民意: it is not filed, its content goes on as information."""
    rules.require("review_proposal", by, proposal)
    take(proposal, "turn", by=by, at=at)
    turning.into_information(proposal, by=by, at=at)
    note(proposal, ReviewResult.TURN, checks, words, by=by, at=at)
    return proposal
