"""三办联审: each office speaks once a round; when the rule is met the joint result follows at once."""

from collections import Counter

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.transitions import take
from members.models import THREE_OFFICES
from proposals import rules, threads
from proposals.models import JointReview, MicroProposal, OfficeVerdict
from proposals.notices import matters as notices
from proposals.rules.matters import office_of
from proposals.states import MicroState, Verdict

RESULT_VERBS = {Verdict.AGREE: "agree", Verdict.SUPPLEMENT: "supplement", Verdict.DISAGREE: "decline"}


@transaction.atomic
def give_verdict(micro: MicroProposal, *, verdict: str, words: str = "", by, at) -> OfficeVerdict:
    """出具联审意见 for one's own office; anything but 同意 needs words."""
    rules.require("review", by, micro)
    office = office_of(by, micro)
    if verdict != Verdict.AGREE and not words.strip():
        raise Incomplete("不同意或需补正时，请写明理由。", {"words": "请写明理由，提交人会看到。"})
    under_review = JointReview.objects.filter(micro=micro, result="", micro__state=MicroState.REVIEWING)
    review = under_review.first()
    # Counting locks the round: of two offices that speak at the same moment the second sees the first one's verdict.
    if review is None or not under_review.filter(pk=review.pk).update(verdicts_given=F("verdicts_given") + 1):
        micro.refresh_from_db()
        raise WrongState(f"联审已经结束，这件微建议现在是“{micro.get_state_display()}”。")
    try:
        with transaction.atomic():
            given = OfficeVerdict.objects.create(
                review=review, office=office, verdict=verdict, words=words.strip(), by=by, at=at
            )
    except IntegrityError:
        earlier = review.verdicts.select_related("by").get(office=office)
        when = timezone.localtime(earlier.at).strftime("%m月%d日 %H:%M")
        raise WrongState(f"{earlier.by}已于 {when} 代表{office}出具“{earlier.get_verdict_display()}”。") from None
    log.record("microproposal.verdict", micro, by=by, at=at, scope=micro.scope, office=str(office), verdict=verdict)
    _settle(review, micro, at=at)
    return given


def _settle(review, micro, *, at):
    """Close the round as soon as its result can no longer change for the better."""
    given = Counter(review.verdicts.values_list("verdict", flat=True))
    result = joint_result(given, rule=micro.committee.parameter("review.rule"))
    if result is None:
        return
    JointReview.objects.filter(pk=review.pk).update(result=result, settled_at=at)
    clock.cancel(review, reason="联审已完成", at=at)
    take(micro, RESULT_VERBS[result], by=None, at=at)
    if result == Verdict.DISAGREE:
        threads.came_to_nothing(micro, because="微建议未被采纳", by=None, at=at)
    notices.review_settled(micro, result, at=at)


def joint_result(given: Counter, *, rule: str) -> str | None:
    """The joint result of the verdicts so far, or None while offices are still to speak.

    All three must agree, or two of three (`rule`); otherwise the author may supplement if any office asks for it.
    """
    needed = {"all": len(THREE_OFFICES), "two": 2}[rule]
    if given[Verdict.AGREE] >= needed:
        return Verdict.AGREE
    if given.total() < len(THREE_OFFICES):
        return None
    return Verdict.SUPPLEMENT if given[Verdict.SUPPLEMENT] else Verdict.DISAGREE
