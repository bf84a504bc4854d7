"""走访: planned with a day, logged with words and photos, corrected, taken back; each kept one is a fact."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.uploads import store
from members.facts import Fact
from members.models import ContactLink, ContactVisit, User
from members.rules import contacts as rules
from members.services import duty
from members.services.contacts import VISIT
from members.services.duty import Deed


def key_of(visit: ContactVisit) -> str:
    """Under which the ledger knows it."""
    return f"contact-visit:{visit.pk}"


@transaction.atomic
def plan_visit(link: ContactLink, *, on: date, way: str, by: User | None, at: datetime) -> ContactVisit:
    """计划走访: the contact is reminded before that day."""
    rules.require("plan", by, link)
    _require_open(link, on)
    if on < timezone.localdate(at):
        raise Incomplete("计划日期已经过去，请直接登记。", {"on": "计划日期已经过去，请直接登记。"})
    visit = ContactVisit.objects.create(link=link, planned_on=on, way=way, by=by or link.contact.user, at=at)
    clock.plan(visit, kind=VISIT, due_on=on, round=1, scope=visit.scope, at=at)
    log.record("contactvisit.plan", visit, by=by, at=at, scope=visit.scope, on=on)
    return visit


@transaction.atomic
def log_visit(
    link: ContactLink,
    *,
    held_on: date,
    way: str,
    words: str,
    photos: Iterable = (),
    visit: ContactVisit | None = None,
    by: User | None,
    at: datetime,
) -> ContactVisit:
    """登记走访: what was done; `visit` is the planned one that is kept with it, if it was planned."""
    rules.require("log", by, link)
    _require_true(link, held_on, words, at)
    said = {"held_on": held_on, "way": way, "words": words.strip(), "by": by or link.contact.user, "at": at}
    if visit is None:
        visit = ContactVisit.objects.create(link=link, **said)
    else:
        planned = ContactVisit.objects.standing().filter(pk=visit.pk, link=link, held_on__isnull=True)
        if not planned.update(**said):
            raise WrongState("这次走访已经登记，请刷新后再看。")
        visit.refresh_from_db()
        clock.cancel(visit, kind=VISIT, reason="已走访", at=at)
    _attach(visit, photos, by, at)
    log.record("contactvisit.log", visit, by=by, at=at, scope=visit.scope, on=held_on, way=visit.get_way_display())
    _tell_ledger(visit, by, at)
    return visit


@transaction.atomic
def correct(
    visit: ContactVisit, *, held_on: date, way: str, words: str, photos: Iterable = (), by: User | None, at: datetime
) -> ContactVisit:
    """更正: what was logged wrongly; the ledger takes the old record back and writes the new one."""
    rules.require("correct", by, visit)
    _require_true(visit.link, held_on, words, at)
    before = {"held_on": visit.held_on, "way": visit.way, "words": visit.words}
    seen = ContactVisit.objects.held().filter(pk=visit.pk, **before)
    if not seen.update(held_on=held_on, way=way, words=words.strip()):
        raise WrongState("这条走访记录刚刚已由他人更正或撤回，请刷新后再看。")
    visit.refresh_from_db()
    _attach(visit, photos, by, at)
    log.record("contactvisit.correct", visit, by=by, at=at, scope=visit.scope, before=before["held_on"], after=held_on)
    _tell_ledger(visit, by, at)
    return visit


@transaction.atomic
def withdraw(visit: ContactVisit, *, reason: str, by: User | None, at: datetime) -> None:
    """撤回: a visit, planned or logged, that was none; the record stays with the reason, the ledger takes it back."""
    rules.require("withdraw", by, visit)
    if not reason.strip():
        raise Incomplete("请写明撤回的原因。", {"reason": "请写明撤回的原因。"})
    if not ContactVisit.objects.standing().filter(pk=visit.pk).update(withdrawn_why=reason.strip()):
        raise WrongState("这条记录已经撤回。")
    visit.withdrawn_why = reason.strip()
    clock.cancel(visit, kind=VISIT, reason="已撤回", at=at)
    duty.retract(key_of(visit), reason=reason.strip(), by=by, at=at)
    log.record("contactvisit.withdraw", visit, by=by, at=at, scope=visit.scope, reason=reason.strip())


def _require_open(link, on):
    if link.until and link.until < on:
        raise WrongState("这一对联系已经结束，请查看新的联系人。")


def _require_true(link, held_on, words, at):
    problems = {}
    if held_on > timezone.localdate(at):
        problems["held_on"] = "联系日期还没有到，请改为“计划走访”。"
    elif held_on < link.since:
        problems["held_on"] = "联系日期早于结对日期，请核对。"
    if not words.strip():
        problems["words"] = "请写几句联系的情况和反映的问题。"
    elif len(words) > 1000:
        problems["words"] = "请控制在 1000 字以内。"
    if problems:
        raise Incomplete("".join(problems.values()), problems)
    _require_open(link, held_on)


def _attach(visit, photos, by, at):
    try:
        for photo in photos:
            store.attach(visit, photo, by=by, at=at, purpose="photo")
    except ValidationError as wrong:
        raise Incomplete("".join(wrong.messages), {"photos": "".join(wrong.messages)}) from wrong


def _tell_ledger(visit, by, at):
    link = visit.link
    deed = Deed(
        member=link.contact_id, on=visit.held_on, fact=Fact.CONTACT, key=key_of(visit),
        title=f"{visit.get_way_display()}：{link.target}", url=link.get_absolute_url(),
    )  # fmt: skip
    duty.record([deed], by=by, at=at)
