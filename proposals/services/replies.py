"""答复: drafted by the handler, checked by a second person, signed by the unit's leader, sent to who put the matter.

Of a proposal: 送核 → 核稿 → 签发 → 送达, a co-unit's opinion by the same steps to the lead unit. Of a micro-proposal or
a consultation outcome the shorter way: 送签, then signed and sent at once.
"""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.privacy import reaches_somebody
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.uploads import store
from config.uploads.models import Kind
from config.workdays import count
from proposals import rules
from proposals.models import Assignment, GradeWording, MicroProposal, Pause, Reply
from proposals.notices import handling as told
from proposals.notices import matters as notices
from proposals.services import cases, opinions
from proposals.services.information_days import outside
from proposals.states import EXPLAINED, AssignmentState, PublicationLevel, ReplyGrade, ReplyState

ASKED_AGAIN = (0, 7, 14, 28)
"""Days after the time to rate is over on which who is still silent is asked; silence is never 满意."""
LONGEST_ANSWER = 3000
"""Characters of the answer to one point."""
SCAN = "reply"
"""Purpose of a sealed scan, with the number of the round behind it."""
REACHING = "公开的内容不能写电话、邮箱和身份证号，请删去，或改为摘要公开。"


@transaction.atomic
def draft_reply(assignment: Assignment, *, by, at, **fields) -> Reply:
    """拟稿: one draft a round, kept and changed until it is handed in; whoever wrote last is its drafter."""
    rules.require("draft_reply", by, assignment)
    if assignment.state != AssignmentState.HANDLING:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能起草答复。")
    if assignment.is_co:
        fields |= {"grade": "", "promise": "", "promised_on": None, "publication": PublicationLevel.NONE}
    present = assignment.rounds.get(number=assignment.round)
    # Locked: a late save must not write the draft back over what was put forward or signed meanwhile.
    reply, fresh = Reply.objects.select_for_update().get_or_create(round=present, defaults={"drafted_by": by, **fields})
    if reply.state != ReplyState.DRAFT:
        raise WrongState(f"答复{reply.get_state_display()}，不能再修改；如需修改，请签发人退回。")
    if not fresh:
        for name, value in fields.items():
            setattr(reply, name, value)
        reply.drafted_by = by
        reply.save()
    log.record("reply.draft", assignment, by=by, at=at, scope=assignment.scope, round=assignment.round)
    return reply


def draft_of_lead(assignment: Assignment) -> dict:
    """What a merged proposal's reply may begin with: the fields of its lead case's latest reply; empty without one."""
    if assignment.lead_id is None or assignment.is_co:
        return {}
    latest = Reply.objects.filter(round__assignment=assignment.lead_id).order_by("-round__number").first()
    names = ("text", "grade", "reason", "promise", "promised_on", "publication", "private_reason", "public_text")
    return {name: getattr(latest, name) for name in names} if latest else {}


@transaction.atomic
def put_forward(reply: Reply, *, by, at) -> Reply:
    """送签 straight to the unit's leader: of a micro-proposal or an outcome."""
    assignment = reply.round.assignment
    rules.require("draft_reply", by, assignment)
    _at_work(reply)
    if assignment.proposal_id:
        raise WrongState("提案的答复要先送核稿，再送签发。")
    _complete(reply, today=timezone.localdate(at))
    take(reply, "put_forward", by=by, at=at)
    notices.reply_to_sign(reply, at=at)
    return reply


@transaction.atomic
def hand_in(reply: Reply, *, by, at) -> Reply:
    """送核: whole, talked over with who put it, and with every co-unit's opinion in or waived."""
    assignment = reply.round.assignment
    rules.require("draft_reply", by, assignment)
    _at_work(reply)
    if not assignment.proposal_id:
        raise WrongState("这类答复不需要核稿，请直接送签。")
    _complete(reply, today=timezone.localdate(at))
    _talked_over(assignment)
    take(reply, "hand_in", by=by, at=at)
    told.reply_to_check(reply, at=at)
    return reply


@transaction.atomic
def check(reply: Reply, *, by, at) -> Reply:
    """核稿通过, by somebody else than who drafted it; it goes to the leader."""
    rules.require("check_reply", by, reply)
    _at_work(reply)
    take(reply, "check", by=by, at=at, checked_by=by)
    notices.reply_to_sign(reply, at=at)
    return reply


@transaction.atomic
def send_back(reply: Reply, *, words: str, by, at) -> Reply:
    """退回修改: who checks or signs says why; what was signed is signed no longer."""
    rules.require("send_back_reply", by, reply)
    if not words.strip():
        raise Incomplete("请写明要修改什么。", {"words": "请写明要修改什么。"})
    _at_work(reply)
    take(
        reply, "send_back", by=by, at=at, checked_by=None, signed_by=None, signed_at=None, data={"words": words.strip()}
    )
    notices.reply_sent_back(reply, words.strip(), at=at)
    return reply


@transaction.atomic
def sign(reply: Reply, *, number: str = "", by, at) -> Reply:
    """签发: the leader answers for it; a proposal's reply bears a number of the unit (文号) from here on."""
    assignment = reply.round.assignment
    rules.require("sign", by, assignment)
    _at_work(reply)
    number = number.strip() or reply.number
    if assignment.proposal_id and not number:
        raise Incomplete("请填写文号。", {"number": "请填写文号，如：嘉住建函〔2026〕12号。"})
    take(reply, "sign", by=by, at=at, signed_by=by, signed_at=at, number=number)
    if assignment.proposal_id:
        told.reply_to_send(reply, at=at)
    return reply


@transaction.atomic
def send(reply: Reply, *, scan=None, by, at) -> Reply:
    """送达: it reaches who put the matter (an opinion the lead unit), who is asked to rate; 包回复 is kept.

    `scan` is the sealed original. Of what is not a proposal the leader signs and sends in one go.
    """
    assignment = reply.round.assignment
    signs_too = not assignment.proposal_id and reply.state != ReplyState.SIGNED
    rules.require("sign" if signs_too else "send_reply", by, assignment)
    _at_work(reply)
    if signs_too:
        take(reply, "sign", by=by, at=at, signed_by=by, signed_at=at)
    if assignment.proposal_id:
        _talked_over(assignment)
    take(reply, "send", by=by, at=at, sent_at=at, **_wording(reply, on=timezone.localdate(at)))
    if scan:
        _keep_scan(assignment, scan, by=by, at=at)
    if assignment.is_co:
        _give_opinion(assignment, by=by, at=at)
        return reply
    take(assignment, "send_reply", by=by, at=at, replied_at=at, paused_on=None, data={"grade": reply.grade})
    _stop_clock(assignment, "已答复", at=at)
    if assignment.micro_id:
        MicroProposal.objects.filter(pk=assignment.micro_id).update(publication=reply.publication, updated_at=at)
    if assignment.proposal_id:
        cases.replied(assignment, reply, at=at)
    _ask_for_rating(assignment, at=at)
    notices.replied(assignment, at=at)
    return reply


# --- what is checked ---------------------------------------------------------------------------------------------


def _at_work(reply):
    """The assignment is still at this reply's round; read anew and locked, it cannot change before the end."""
    assignment = reply.round.assignment
    Assignment.objects.select_for_update().filter(pk=assignment.pk).values_list("pk", flat=True).get()
    assignment.refresh_from_db()
    if assignment.state != AssignmentState.HANDLING:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能再送签、签发或送达答复。")
    if reply.round.number != assignment.round:
        raise WrongState(f"第 {reply.round.number} 轮办理已经结束，请在第 {assignment.round} 轮里答复。")


def _talked_over(assignment):
    if assignment.is_co:
        return
    if assignment.contacted_at is None:
        raise WrongState("还没有登记与提案者的沟通，请先联系提案者并登记，再送核、送达。")
    if missing := opinions.missing_of(assignment):
        units = "、".join(str(co.unit) for co in missing)
        raise WrongState(f"{units}还没有报送会办意见；请催办，或请督办部门免报。")


def _complete(reply, *, today: datetime.date):
    assignment = reply.round.assignment
    missing = {}
    if not reply.text.strip():
        missing["text"] = "请写会办意见。" if assignment.is_co else "请写答复内容。"
    if not assignment.is_co:
        missing |= _lacks_of_grade(reply, assignment, today) | _lacks_of_publication(reply, assignment)
    if assignment.proposal_id and not assignment.is_co:
        points = assignment.proposal.points
        answers = [*reply.answers, *[""] * len(points)][: len(points)]
        unanswered = [str(n) for n, words in enumerate(answers, start=1) if not str(words).strip()]
        if unanswered:
            missing["answers"] = f"第 {'、'.join(unanswered)} 条建议还没有答复，请逐条答复。"
    if missing:
        raise Incomplete("答复还不完整：" + " ".join(missing.values()), missing)


def grades_of(committee) -> list[str]:
    """The letters that the committee uses."""
    used = {"abc": "ABC", "abcd": "ABCD"}[committee.parameter("reply.grades")]
    return [grade for grade in ReplyGrade.values if grade in used]


def _lacks_of_grade(reply, assignment, today):
    lacks = {}
    if reply.grade not in grades_of(assignment.committee):
        lacks["grade"] = "请选择办理结果。" if not reply.grade else f"本会不用 {reply.grade} 类，请另选办理结果。"
    if reply.grade == ReplyGrade.B:
        if not reply.promise.strip():
            lacks["promise"] = "B 类答复要写明将做成什么。"
        if reply.promised_on is None or reply.promised_on <= today:
            lacks["promised_on"] = "B 类答复要写明今天以后的完成日期。"
        elif outside(reply.promised_on):
            lacks["promised_on"] = outside(reply.promised_on)
    if reply.grade in EXPLAINED and not reply.reason.strip():
        lacks["reason"] = f"{reply.grade} 类答复要写明为什么不能解决。"
    return lacks


def _lacks_of_publication(reply, assignment):
    """How far it may be published is decided together with the reply itself (domain 1.8)."""
    lacks = {}
    if reply.publication == PublicationLevel.NONE and not reply.private_reason.strip():
        lacks["private_reason"] = "不公开的，请写明理由。"
    if not assignment.proposal_id:
        return lacks
    if reply.publication == PublicationLevel.SUMMARY:
        if not reply.public_text.strip():
            lacks["public_text"] = "摘要公开的，请写公开摘要。"
        elif reaches_somebody(reply.public_text):
            lacks["public_text"] = REACHING
    if reply.publication == PublicationLevel.FULL:
        if reaches_somebody(" ".join([reply.text, reply.promise, reply.reason])):
            lacks["text"] = REACHING
        if any(reaches_somebody(str(words)) for words in reply.answers):
            lacks["answers"] = REACHING
    return lacks


# --- what follows ------------------------------------------------------------------------------------------------


def _wording(reply, *, on):
    """The letter's meaning as it is in force today stays with the reply."""
    if not reply.grade:
        return {"grade_wording": "", "grade_since": None}
    row = GradeWording.objects.in_force(reply.round.assignment.committee_id, on).get(reply.grade)
    if row is None:
        return {"grade_wording": reply.get_grade_display(), "grade_since": None}
    return {"grade_wording": str(row), "grade_since": row.since}


def _keep_scan(assignment, scan, *, by, at):
    try:
        store.attach(assignment, scan, by=by, at=at, purpose=f"{SCAN}-{assignment.round}", kind=Kind.DOCUMENT)
    except ValidationError as problem:
        words = "".join(problem.messages)
        raise Incomplete(words, {"scan": words}) from problem


def _give_opinion(assignment, *, by, at):
    take(assignment, "give_opinion", by=by, at=at, replied_at=at, closed_at=at, paused_on=None)
    _stop_clock(assignment, "已报送会办意见", at=at)
    told.opinion_given(assignment, at=at)


def _stop_clock(assignment, reason, *, at):
    Pause.objects.filter(assignment=assignment, until=None).update(until=timezone.localdate(at))
    clock.cancel(assignment, reason=reason, at=at)


def rating_due(assignment: Assignment) -> datetime.date:
    """The last day of the time to rate the reply that was sent."""
    days = assignment.committee.parameter("rating.workdays")
    return count.add(timezone.localdate(assignment.replied_at), days)


def _ask_for_rating(assignment, *, at):
    """Remind who is silent when the time to rate runs out, and after it; the matter stays open."""
    first = timezone.make_aware(datetime.datetime.combine(rating_due(assignment), datetime.time(9)))
    for days in ASKED_AGAIN:
        clock.once(
            assignment, kind="rating", code=f"ask-{days}" if days else "ask", scope=assignment.committee_id,
            due_at=first + datetime.timedelta(days=days), round=assignment.round,
        )  # fmt: skip
