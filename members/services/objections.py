"""申诉: a member objects once, inside the window; a correction is prepared by one person and confirmed by another."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.workdays.count import Limit, deadline
from members.models import AppraisalResult, Objection, User
from members.queries import holders
from members.roles import Permission
from members.rules import appraisal as rules
from members.services import measures
from members.states import AppraisalState, ObjectionState

WHO_HELPS = "如仍有疑问，请联系政协办。"


@transaction.atomic
def object_(result: AppraisalResult, *, words: str, by: User, at: datetime) -> Objection:
    """提出申诉: once, while the window is open."""
    rules.require("object", by, result)
    _require_open(result, at)
    if not words.strip():
        raise Incomplete("请写明对哪一项有异议、理由是什么。", {"words": "请写明对哪一项有异议、理由是什么。"})
    appraisal = result.appraisal
    days = appraisal.committee.parameter("objection.answer_workdays")
    due = deadline(timezone.localdate(at), Limit(days, "workdays", f"收到申诉后 {days} 个工作日内答复"))
    objection, made = Objection.objects.get_or_create(
        result=result,
        defaults={"words": words.strip(), "at": at, "due_on": due.due_on, "due_why": due.as_json()},
    )
    if not made:
        raise WrongState(f"您已于 {timezone.localdate(objection.at):%m月%d日} 提出过申诉，一年一次。{WHO_HELPS}")
    scope = appraisal.committee_id
    log.record("objection.raise", objection, by=by, at=at, scope=scope, year=appraisal.year)
    clock.plan(objection, kind="objection", due_on=due.due_on, round=1, scope=scope, at=at)
    outbox.send(
        holders(Permission.DUTY_MANAGE, appraisal.committee) - {by.pk}, kind="objection",
        title=f"{result.member}对 {appraisal.year} 年度考评提出申诉", body=objection.words,
        url=objection.get_absolute_url(), key=f"objection:{objection.pk}", at=at, scope=scope,
    )  # fmt: skip
    return objection


def _require_open(result, at):
    appraisal = result.appraisal
    if appraisal.state == AppraisalState.FROZEN:
        raise WrongState("考评结果还没有反馈，反馈后才能申诉。")
    if timezone.localdate(at) > appraisal.objections_until or appraisal.state == AppraisalState.CLOSED:
        until = appraisal.objections_until
        raise WrongState(f"申诉期已于 {until.year}年{until.month}月{until.day}日截止，不能再提出申诉。{WHO_HELPS}")


@transaction.atomic
def correct(
    objection: Objection, *, counted: Decimal, quality: Decimal, grade: str, reason: str, by: User, at: datetime
) -> None:
    """拟更正: what the result should be and why; nothing changes until another person confirms it."""
    rules.require("correct", by, objection)
    grades = set(objection.result.appraisal.scheme.bands.values_list("name", flat=True))
    problems = {} if grade in grades else {"grade": "请从本方案的等次中选择。"}
    if not reason.strip():
        problems["reason"] = "请写明更正的理由和依据。"
    if problems:
        raise Incomplete("拟更正还不完整。", problems)
    proposed = {"counted": str(counted), "quality": str(quality), "grade": grade, "reason": reason.strip()}
    waiting = Objection.objects.filter(pk=objection.pk, state=ObjectionState.RAISED)
    if not waiting.update(correction=proposed, corrected_by=by):
        raise WrongState("这件申诉已经答复，不能再更正。")
    objection.correction, objection.corrected_by = proposed, by
    scope = objection.scope
    log.record("objection.correct", objection, by=by, at=at, scope=scope, **proposed)
    committee = objection.result.appraisal.committee
    others = holders(Permission.DUTY_CONFIRM, committee) | holders(Permission.DUTY_MANAGE, committee)
    outbox.send(
        others - {by.pk, objection.result.member.user_id}, kind="objection",
        title=f"请复核：{objection.result.member}的考评结果拟更正为{grade}", body=reason,
        url=objection.get_absolute_url(), key=f"objection:{objection.pk}:correct:{at.isoformat()}", at=at, scope=scope,
    )  # fmt: skip


@transaction.atomic
def uphold(objection: Objection, *, answer: str, by: User, at: datetime, seen: dict | None = None) -> None:
    """采纳: the second person confirms; the result is corrected, and what stood there is kept beside it.

    `seen` is the correction as that person saw it: changed meanwhile, it is to be looked at again.
    """
    rules.require("uphold", by, objection)
    if seen is not None and seen != objection.correction:
        raise WrongState("拟更正的内容刚刚改过，请看过新的内容再确认。")
    if objection.state == ObjectionState.RAISED and not objection.correction:
        raise Incomplete("还没有拟更正的结果。请先由另一位工作人员填写拟更正的得分、等次和理由。")
    _answer(objection, "uphold", answer, by=by, at=at)
    _apply(objection, at)
    measures.renew(objection.result, by=by, at=at)


@transaction.atomic
def refuse(objection: Objection, *, answer: str, by: User, at: datetime) -> None:
    """维持原结果, with the reason."""
    rules.require("refuse", by, objection)
    _answer(objection, "refuse", answer, by=by, at=at)


def _answer(objection, verb, answer, *, by, at):
    if not answer.strip():
        raise Incomplete("请写明答复，委员会看到。", {"answer": "请写明答复，委员会看到。"})
    take(objection, verb, by=by, at=at, answer=answer.strip(), answered_by=by, answered_at=at)
    clock.cancel(objection, kind="objection", reason="申诉已答复", at=at)
    result = objection.result
    outbox.send(
        [result.member.user_id], kind="objection",
        title=f"{result.appraisal.year} 年度考评申诉：{objection.get_state_display()}", body=objection.answer,
        url=result.get_absolute_url(), key=f"objection:{objection.pk}:answered", at=at, scope=objection.scope,
    )  # fmt: skip


def _apply(objection, at):
    """The corrected values; the member's rank is counted anew, the others keep the rank that they were told."""
    result, proposed = objection.result, objection.correction
    counted, quality = Decimal(proposed["counted"]), Decimal(proposed["quality"])
    before = {name: str(getattr(result, name)) for name in ("points", "counted", "quality", "grade")}
    result.before = {**before, "rank": result.rank, "reason": proposed["reason"], "at": at.isoformat()}
    result.points, result.counted, result.quality = counted + quality, counted, quality
    others = result.appraisal.results.graded().exclude(pk=result.pk)
    if result.excused:  # who was left out and objected is graded now
        result.excused, result.of = "", others.count() + 1
    result.rank = others.filter(points__gt=result.points).count() + 1
    band = result.appraisal.scheme.bands.get(name=proposed["grade"])
    result.grade, result.tone = band.name, band.tone
    result.save(update_fields=["before", "points", "counted", "quality", "excused", "of", "rank", "grade", "tone"])
