"""公开: how far a filed proposal is published; the unit proposes it with its reply, the office may correct it."""

from django.db import transaction

from config.audit import log
from config.privacy import PLAIN, reaches_somebody
from config.refusals import Incomplete, WrongState
from proposals import rules
from proposals.models import Proposal
from proposals.notices import review as notices
from proposals.states import PublicationLevel

SUMMARY_LENGTH = 1000


@transaction.atomic
def disclose(
    proposal: Proposal, *, publication: str, private_reason: str = "", public_summary: str = "", by, at
) -> Proposal:
    """Set how far it is public: NONE needs a reason, SUMMARY a summary, and nothing public leads to a person."""
    rules.require("disclose_proposal", by, proposal)
    reason, summary = private_reason.strip(), public_summary.strip()
    _check(proposal, publication, reason, summary)
    given = {
        "publication": publication,
        "private_reason": reason if publication == PublicationLevel.NONE else "",
        "public_summary": summary,
    }
    before = {name: getattr(proposal, name) for name in given}
    if before == given:
        raise WrongState("公开方式没有改动。")
    if not Proposal.objects.filter(pk=proposal.pk, **before).update(**given, updated_at=at):
        raise WrongState("公开方式刚刚被改过，请刷新后再看。")
    for name, value in given.items():
        setattr(proposal, name, value)
    log.record(
        "proposal.disclose", proposal, by=by, at=at, scope=proposal.scope, before=before["publication"],
        after=publication, reason=given["private_reason"],
    )  # fmt: skip
    notices.disclosed(proposal, at=at)
    return proposal


def _check(proposal, publication, reason, summary):
    if publication not in PublicationLevel.values:
        raise Incomplete("请选择公开方式。", {"publication": "请选择公开方式。"})
    if publication == PublicationLevel.NONE and not reason:
        raise Incomplete("不公开的，请写明理由。", {"private_reason": "请写明为什么不公开。"})
    if publication == PublicationLevel.SUMMARY and not summary:
        raise Incomplete("摘要公开的，请写公开摘要。", {"public_summary": "请写公开摘要，群众看到的就是它。"})
    if len(summary) > SUMMARY_LENGTH:
        raise Incomplete("公开摘要太长。", {"public_summary": f"最多 {SUMMARY_LENGTH} 个字。"})
    if reaches_somebody(summary):
        raise Incomplete(PLAIN, {"public_summary": PLAIN})
    shown = {
        PublicationLevel.FULL: [proposal.title, proposal.situation, proposal.analysis, *proposal.points],
        PublicationLevel.SUMMARY: [proposal.title],
    }.get(publication, [])
    if any(reaches_somebody(text) for text in shown):
        words = "提案正文里有电话、邮箱或证件号，不能这样公开，请改为摘要公开或不公开。"
        raise Incomplete(words, {"publication": words})
