"""领办: a body or a member takes a micro-proposal on, notes the way, ends with a result that its author rates.

满意 or 基本满意 (as far as the committee accepts it) closes the matter with the publication that the result was given.
不满意 closes nothing: the desk is told and may take the lead back, to hand the matter to a unit or to another leader.
"""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.privacy import require_plain
from config.refusals import Incomplete, WrongState
from config.saving import in_words, once
from config.transitions import take
from config.workdays import count
from members.models import Body, Member
from proposals import rules, threads
from proposals.models import MicroLead, MicroLeadStep, MicroProposal
from proposals.notices import led as notices
from proposals.rules.led import LEADS
from proposals.services import facts
from proposals.services.assignments import usual_deadline
from proposals.services.information_days import outside, require_past
from proposals.states import PublicationLevel, Satisfaction

KIND, RATING = "micro-lead", "micro-lead-rating"  # of its milestones


@transaction.atomic
def lead_micro(
    micro: MicroProposal, *, body: Body | None, member: Member | None, team: str = "", due_on: date, by, at: datetime
) -> MicroLead:
    """确定领办: by one body or one member of the committee, not by the author, who rates the result."""
    rules.require("lead_micro", by, micro)
    today = timezone.localdate(at)
    _check_leader(micro, body, member, due_on, today=today)
    usual = usual_deadline(micro.committee, parameter="led.workdays", start=today)
    why = usual if due_on == usual.due_on else count.Deadline(due_on, f"{by or '系统'}确定领办时指定的日期", today)
    take(micro, "lead", by=by, at=at, data={"leader": str(body or member)})
    lead = MicroLead(
        micro=micro, body=body, member=member, team=team.strip(), due_on=due_on, due_why=why.as_json(), by=by, at=at
    )
    with in_words():
        lead.full_clean(exclude=["micro", "by", "at"], validate_constraints=False)
    with once("这件微建议已经有人领办，请刷新后再看。"):
        lead.save()
    clock.plan(lead, kind=KIND, due_on=due_on, round=1, scope=lead.scope, at=at)
    facts.handed_over(micro, by=by, at=at)
    notices.begun(lead, at=at)
    return lead


def _check_leader(micro, body, member, due_on, *, today):
    wrong = {}
    if (body is None) == (member is None):
        wrong["member"] = "请选一个领办机构，或选一位领办委员，二者选一。"
    elif body is not None and not _may_lead(body, micro):
        wrong["body"] = "请选本会现有的专委会、界别或小组。"
    elif member is not None and (member.committee_id != micro.committee_id or not member.is_in_force):
        wrong["member"] = "请选本会在任委员。"
    elif member is not None and member.pk == micro.author_id:
        wrong["member"] = "结果由提交人评价，请另请一位委员领办。"
    if due_on is None or due_on < today:
        wrong["due_on"] = "期限不能早于今天。"
    elif outside(due_on):
        wrong["due_on"] = outside(due_on)
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)


def _may_lead(body, micro) -> bool:
    return body.committee_id == micro.committee_id and body.is_active and body.kind in LEADS


@transaction.atomic
def note_step(lead: MicroLead, *, kind: str, on: date, words: str, by, at: datetime) -> MicroLeadStep:
    """登记领办记录: a visit, a small consultation, a small supervision; until the result is written."""
    rules.require("work_lead", by, lead)
    _require_open(lead)
    words, wrong = words.strip(), {}
    if not words:
        wrong["words"] = "请写明去了哪里、见了谁、说了什么。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    require_past(on, at=at)
    step = MicroLeadStep(lead=lead, kind=kind, on=on, words=words, by=by, at=at)
    with in_words():
        step.full_clean(validate_constraints=False)
    with once("这条记录刚刚已经登记。"):
        step.save()
    log.record("microlead.step", lead, by=by, at=at, scope=lead.scope, kind=step.get_kind_display(), on=on)
    return step


@transaction.atomic
def finish(lead: MicroLead, *, result: str, publication: str, private_reason: str = "", by, at: datetime) -> MicroLead:
    """领办完成: the result in words that may be published, and how far; then the author is asked to rate it."""
    rules.require("finish_lead", by, lead)
    result, private_reason, wrong = result.strip(), private_reason.strip(), {}
    if not result:
        wrong["result"] = "请写明办了什么、结果怎样。"
    if publication == PublicationLevel.NONE and not private_reason:
        wrong["private_reason"] = "不公开的，请写明理由。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    if publication != PublicationLevel.NONE:
        require_plain(result=result)
    changes = {
        "result": result, "publication": publication, "finished_at": at,
        "private_reason": private_reason if publication == PublicationLevel.NONE else "",
    }  # fmt: skip
    if not MicroLead.objects.standing().filter(pk=lead.pk, finished_at__isnull=True).update(**changes):
        _require_open(lead)
    lead.refresh_from_db()
    log.record("microlead.finish", lead, by=by, at=at, scope=lead.scope, publication=publication)
    clock.cancel(lead, kind=KIND, reason="已完成", at=at)
    days = lead.micro.committee.parameter("rating.workdays")
    moment = datetime.combine(count.add(timezone.localdate(at), days), time(9))
    clock.once(lead, kind=RATING, code="ask", due_at=timezone.make_aware(moment), scope=lead.scope)
    notices.finished(lead, at=at)
    return lead


@transaction.atomic
def rate(lead: MicroLead, *, satisfaction: str, words: str = "", by, at: datetime) -> MicroLead:
    """提交人评价 the result, once; what the committee accepts closes the matter."""
    rules.require("rate_lead", by, lead)
    words = words.strip()
    if satisfaction == Satisfaction.UNSATISFIED and not words:
        raise Incomplete("不满意时请写明理由，政协办据此研究。", {"words": "请写明哪里不满意。"})
    waiting = MicroLead.objects.standing().filter(pk=lead.pk, finished_at__isnull=False, rated_at__isnull=True)
    if not waiting.update(satisfaction=satisfaction, rating_words=words, rated_at=at):
        raise WrongState("还没有结果，或者您已经评价过了，请刷新后再看。")
    lead.refresh_from_db()
    log.record("microlead.rate", lead, by=by, at=at, scope=lead.scope, satisfaction=satisfaction)
    clock.cancel(lead, kind=RATING, reason="已评价", at=at)
    micro = lead.micro
    if satisfaction in _accepted(micro.committee):
        take(micro, "close", by=by, at=at, closed_at=at, publication=lead.publication)
        facts.done(micro, satisfaction=satisfaction, by=by, at=at)
        threads.finished(micro, by=by, at=at)
    notices.rated(lead, at=at)
    return lead


def _accepted(committee):
    full = committee.parameter("satisfaction.accepts") == "full"
    return {Satisfaction.SATISFIED} if full else {Satisfaction.SATISFIED, Satisfaction.BASIC}


@transaction.atomic
def take_back(lead: MicroLead, *, reason: str, by, at: datetime) -> MicroLead:
    """收回领办, with the reason; the matter waits again for a unit or a leader, and what was noted stays."""
    rules.require("take_back_lead", by, lead)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明收回的原因。", {"reason": "请写明收回的原因，领办人和提交人会看到。"})
    if not MicroLead.objects.standing().filter(pk=lead.pk).update(ended_at=at, end_reason=reason[:500]):
        raise WrongState("领办已经收回，请刷新后再看。")
    lead.refresh_from_db()
    micro = lead.micro
    take(micro, "take_back", by=by, at=at, data={"reason": reason})
    clock.cancel(lead, reason="领办已收回", at=at)
    facts.given_back(micro, by=by, at=at, reason="领办已收回，待重新安排")
    notices.taken_back(lead, at=at)
    return lead


def _require_open(lead):
    lead.refresh_from_db()
    if not lead.is_open:
        raise WrongState("领办已经完成或收回，不能再登记。")
