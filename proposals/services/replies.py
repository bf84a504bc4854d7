"""答复: drafted by the handler, put forward, signed and sent by the unit's leader."""

import datetime

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.workdays import count
from proposals import notices, rules
from proposals.models import Assignment, MicroProposal, Reply
from proposals.states import AssignmentState, PublicationLevel, ReplyGrade, ReplyState


@transaction.atomic
def draft_reply(assignment: Assignment, *, by, at, **fields) -> Reply:
    """拟稿: one draft a round, kept and changed until it is put forward."""
    rules.require("draft_reply", by, assignment)
    if assignment.state != AssignmentState.HANDLING:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能起草答复。")
    present = assignment.rounds.get(number=assignment.round)
    # Locked: a late save must not write the draft back over what was put forward or signed meanwhile.
    reply, fresh = Reply.objects.select_for_update().get_or_create(round=present, defaults={"drafted_by": by, **fields})
    if reply.state != ReplyState.DRAFT:
        raise WrongState(f"答复{reply.get_state_display()}，不能再修改；如需修改，请签发人退回。")
    if not fresh:
        for name, value in fields.items():
            setattr(reply, name, value)
        reply.save()
    log.record("reply.draft", assignment, by=by, at=at, scope=assignment.scope, round=assignment.round)
    return reply


@transaction.atomic
def put_forward(reply: Reply, *, by, at) -> Reply:
    """送签: complete by its grade, it goes to the unit's leader."""
    assignment = reply.round.assignment
    rules.require("draft_reply", by, assignment)
    if assignment.state != AssignmentState.HANDLING:
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能送签答复。")
    _complete(reply, today=timezone.localdate(at))
    take(reply, "put_forward", by=by, at=at)
    notices.reply_to_sign(reply, at=at)
    return reply


def _complete(reply, *, today: datetime.date):
    missing = {}
    if not reply.text.strip():
        missing["text"] = "请写答复内容。"
    if reply.grade == ReplyGrade.B:
        if not reply.promise.strip():
            missing["promise"] = "B 类答复要写明将做成什么。"
        if reply.promised_on is None or reply.promised_on <= today:
            missing["promised_on"] = "B 类答复要写明今天以后的完成日期。"
    if reply.grade == ReplyGrade.C and not reply.reason.strip():
        missing["reason"] = "C 类答复要写明为什么不能解决。"
    if reply.publication == PublicationLevel.NONE and not reply.private_reason.strip():
        missing["private_reason"] = "不公开的，请写明理由。"
    if missing:
        raise Incomplete("答复还不完整：" + " ".join(missing.values()), missing)


@transaction.atomic
def send_back(reply: Reply, *, words: str, by, at) -> Reply:
    """退回修改: the leader does not sign yet and says why."""
    rules.require("sign", by, reply.round.assignment)
    take(reply, "send_back", by=by, at=at, data={"words": words})
    notices.reply_sent_back(reply, words, at=at)
    return reply


@transaction.atomic
def send(reply: Reply, *, by, at) -> Reply:
    """签发: the signed reply reaches the author; 包回复 is kept, the author is asked to rate."""
    assignment = reply.round.assignment
    rules.require("sign", by, assignment)
    take(reply, "send", by=by, at=at, signed_by=by, sent_at=at, grade_wording=reply.get_grade_display())
    take(assignment, "send_reply", by=by, at=at, replied_at=at, data={"grade": reply.grade})
    clock.cancel(assignment, reason="已答复", at=at)
    if assignment.micro_id:
        MicroProposal.objects.filter(pk=assignment.micro_id).update(publication=reply.publication, updated_at=at)
    _ask_for_rating(assignment, at=at)
    notices.replied(assignment, at=at)
    return reply


def _ask_for_rating(assignment, *, at):
    """Remind the author when the time to rate runs out; silence is never 满意, the matter stays open."""
    days = assignment.committee.parameter("rating.workdays")
    due_on = count.add(timezone.localdate(at), days)
    due_at = timezone.make_aware(datetime.datetime.combine(due_on, datetime.time(9)))
    clock.once(
        assignment, kind="rating", code="ask", due_at=due_at, scope=assignment.committee_id, round=assignment.round
    )
