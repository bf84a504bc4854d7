"""群众评价和留言: one vote a person, plain words read before they are shown, answered by the unit (row 13).

Of a voter a keyed digest is kept that is different in every showcase, so that nobody can be followed through them; of
who writes nothing is kept, only the digest of the receipt code.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.audit import log
from config.notices import outbox
from config.privacy import require_plain
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import once
from config.search.words import normalise
from config.transitions import take
from members.models import Committee
from members.queries import holders
from members.roles import Permission
from members.services import visitors
from proposals import rules
from proposals.models import Showcase, ShowcaseComment, ShowcaseVote
from proposals.states import CommentState, Satisfaction

KIND = "showcase-comment"
LOOKS_A_DAY = 30  # receipt codes that one address may try in a day
CLOSED = "这件提案现在不接受评价和留言。"
REACHING = "留言会公开，请不要写电话、邮箱和身份证号；凭查询码就能看到回应。"


def _require_open(showcase):
    if not Showcase.objects.public().filter(pk=showcase.pk, takes_votes=True).exists():
        raise Refusal(CLOSED)


def voter_digest(showcase: Showcase, voter: str) -> str:
    return salted_hmac("showcase-vote", f"{showcase.pk}:{voter}", algorithm="sha256").hexdigest()


@transaction.atomic
def vote(showcase: Showcase, *, satisfaction: str, voter: str, address: str = "", at: datetime) -> bool:
    """评价 by `voter` (an account, or what a visitor's cookie says); True where it is new, else the vote is changed.

    New votes of visitors are counted by `address` for the day.
    """
    _require_open(showcase)
    if satisfaction not in Satisfaction.values:
        raise Incomplete("请选一项评价。", {"satisfaction": "请选一项评价。"})
    mine = ShowcaseVote.objects.filter(showcase=showcase, voter=voter_digest(showcase, voter))
    given = {"satisfaction": satisfaction, "on": timezone.localdate(at)}
    if mine.update(**given):
        return False
    most = showcase.proposal.committee.parameter("showcase.votes_daily")
    if address and not visitors.count("showcase-vote", address, at=at, most=most):
        raise Refusal("今天从您这里提交的评价已经够多了，请明天再来，或登录后评价。")
    with once("您刚刚已经评价过了，请刷新后再看。"):
        ShowcaseVote.objects.create(showcase=showcase, voter=voter_digest(showcase, voter), **given)
    return True


def vote_of(showcase: Showcase, voter: str) -> str:
    """What `voter` said, or nothing."""
    mine = ShowcaseVote.objects.filter(showcase=showcase, voter=voter_digest(showcase, voter))
    return mine.values_list("satisfaction", flat=True).first() or ""


# --- comments ----------------------------------------------------------------------------------------------------


@transaction.atomic
def leave(showcase: Showcase, *, words: str, address: str, at: datetime) -> tuple[ShowcaseComment, str]:
    """留言 without an account; returns the comment and the code to look it up by, which is kept nowhere."""
    _require_open(showcase)
    words = visitors.plain_words(words, REACHING)
    most = showcase.proposal.committee.parameter("showcase.daily")
    # Counting holds the row of this address: of two clicks the second sees what the first one left.
    if not visitors.count(KIND, address, at=at, most=most):
        raise Refusal("今天从您这里提交的留言已经够多了，请明天再来。")
    said = showcase.comments.exclude(state=CommentState.HIDDEN).values_list("words", flat=True)
    if any(normalise(words) == normalise(other) for other in said):
        raise Refusal("同样的留言已经提交，不用再提交；审看后公开在这一页上。")
    code = visitors.new_code()
    comment = ShowcaseComment.objects.create(showcase=showcase, words=words, receipt=_digest(code), at=at)
    log.record("showcasecomment.leave", comment, by=None, at=at, scope=comment.scope)
    day = timezone.localdate(at)
    outbox.send(
        holders(Permission.PROPOSAL_REVIEW, showcase.proposal.committee), kind=KIND,
        title=f"待审看的群众留言：{showcase.proposal}", body="当天的留言只提醒一次。", url=comment.get_absolute_url(),
        key=f"{KIND}:{showcase.pk}:{day}", at=at, scope=comment.scope,
    )  # fmt: skip
    return comment, code


def _digest(code):
    return visitors.digest(code, KIND)


@transaction.atomic
def look_up(code: str, *, committee: Committee, address: str, at: datetime) -> ShowcaseComment | None:
    """The comment of a receipt code at `committee`, or None; Refusal after too many tries in a day."""
    if not visitors.count("showcase-receipt", address, at=at, most=LOOKS_A_DAY):
        raise Refusal("今天查询的次数太多了，请明天再查。")
    found = ShowcaseComment.objects.filter(receipt=_digest(code), showcase__proposal__committee=committee)
    return found.select_related("showcase__proposal__unit").first()


@transaction.atomic
def show(comment: ShowcaseComment, *, by, at: datetime) -> None:
    """公开: everybody reads it, and the unit is asked to answer."""
    rules.require("keep_showcase", by, comment)
    take(comment, "show", by=by, at=at, moderated_by=by, why_hidden="")
    unit = comment.showcase.proposal.unit
    if unit is not None and not comment.answer:
        outbox.send(
            holders(Permission.MATTER_HANDLE, unit), kind=KIND, title=f"请回应群众留言：{comment.showcase.proposal}",
            body=comment.words, url=comment.get_absolute_url(), key=f"{KIND}:{comment.pk}:shown", at=at,
            scope=comment.scope,
        )  # fmt: skip


@transaction.atomic
def hide(comment: ShowcaseComment, *, reason: str, by, at: datetime) -> None:
    """不公开, with the reason that the writer reads by the code."""
    rules.require("keep_showcase", by, comment)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明原因。", {"reason": "请写明原因，留言人凭查询码能看到。"})
    take(comment, "hide", by=by, at=at, moderated_by=by, why_hidden=reason[:200])


@transaction.atomic
def answer(comment: ShowcaseComment, *, answer: str, by, at: datetime) -> None:
    """单位回应, once, to what is shown; public at once."""
    rules.require("answer_comment", by, comment)
    answer = answer.strip()
    if not answer:
        raise Incomplete("请写回应。", {"answer": "请写回应。"})
    require_plain(answer=answer)
    open_ones = ShowcaseComment.objects.shown().filter(pk=comment.pk, answered_at__isnull=True)
    if not open_ones.update(answer=answer, answered_by=by, answered_at=at):
        raise WrongState("这条留言没有公开，或者已经回应过了，请刷新后再看。")
    comment.refresh_from_db()
    log.record("showcasecomment.answer", comment, by=by, at=at, scope=comment.scope)
