"""What happens to the money of stations: a line is entered with its documents; a wrong one is struck, never changed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.notices import outbox
from config.refusals import Incomplete, WrongState
from config.saving import in_words
from config.uploads import store
from config.uploads.models import Kind
from members.models import User
from members.queries import holders
from members.roles import Permission
from workstations.models import FundKind, FundLine
from workstations.queries import funds as queries
from workstations.rules import funds as rules

SAME_WITHIN = timedelta(minutes=5)


@transaction.atomic
def add(line: FundLine, *, photos: Iterable = (), documents: Iterable = (), by: User | None, at: datetime) -> list[str]:
    """登记: a line, not saved yet, with photos or documents of it. Returns warnings in words, such as overspending."""
    if line.activity_id and not line.station_id:
        line.station = line.activity.station
    line.by, line.at = by, at
    rules.require("add", by, line)
    photos, documents = list(photos), list(documents)
    _check(line, at)
    if by is not None and not rules.is_office(by, line.committee_id) and not photos and not documents:
        raise Incomplete("请附上发票或收据的照片或文件。", {"photos": "请附上发票或收据的照片，或在下面上传文件。"})
    _refuse_twice(line, at)
    line.save()
    for field, kind, files in (("photos", Kind.IMAGE, photos), ("documents", Kind.DOCUMENT, documents)):
        for file in files:
            _attach(line, file, field, kind, by=by, at=at)
    told = {"amount": str(line.amount), "kind": line.get_kind_display(), "for": line.belongs_to}
    log.record("fund.add", line, by=by, at=at, scope=line.scope, **told, files=len(photos) + len(documents))
    warnings = queries.warnings_after(line)
    if warnings:
        _tell(line, warnings, by=by, at=at)
    return warnings


def _check(line, at):
    """What the model and the calendar say against it."""
    problems = {}
    if line.activity_id and line.activity.station_id != line.station_id and line.activity.station_id:
        problems["activity"] = "这场活动不在所选的站点。"
    if line.on and line.kind != FundKind.BUDGET and line.on > timezone.localdate(at):
        problems["on"] = "日期不能晚于今天。"
    if not line.source.strip() and line.kind in (FundKind.GRANT, FundKind.RAISED):
        problems["source"] = "请写明资金从哪里来，如：区财政。"
    if problems:
        raise Incomplete("".join(problems.values()), problems)
    with in_words():
        line.full_clean()


def _refuse_twice(line, at):
    """A second click is no second expense."""
    fields = ("committee", "station", "activity", "kind", "amount", "on", "source", "purpose", "by")
    same = FundLine.objects.standing().filter(**{name: getattr(line, name) for name in fields if getattr(line, name)})
    if same.filter(at__gt=at - SAME_WITHIN).exists():
        raise WrongState("刚刚已经登记过同样的一笔，没有再记。确实是两笔的，请在用途里写出区别。")


def _attach(line, file, field, kind, *, by, at):
    try:
        store.attach(line, file, by=by, at=at, kind=kind)
    except ValidationError as problem:
        words = "".join(problem.messages)
        raise Incomplete(words, {field: words}) from problem


def _tell(line, warnings, *, by, at):
    """The office hears once a year that a station has spent more than it has."""
    if line.station_id is None:
        return
    people = holders(Permission.STATION_MANAGE, line.committee) - {by.pk if by else None}
    outbox.send(
        people, kind="fund.over", key=f"fund:over:{line.station_id}:{line.on.year}", at=at, scope=line.scope,
        title=f"{line.station}经费超支", body="".join(warnings), url=queries.address(line.station_id, line.on.year),
    )  # fmt: skip


@transaction.atomic
def strike(line: FundLine, *, reason: str, by: User | None, at: datetime) -> None:
    """作废: the line counts no longer and stays readable, with the reason and its documents."""
    rules.require("strike", by, line)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明作废的原因。", {"reason": "请写明作废的原因。"})
    if len(reason) > FundLine._meta.get_field("struck_why").max_length:
        raise Incomplete("原因最多 200 字。", {"reason": "原因最多 200 字。"})
    if not FundLine.objects.standing().filter(pk=line.pk).update(struck_at=at, struck_why=reason):
        raise WrongState("这一笔已经作废。")
    line.struck_at, line.struck_why = at, reason
    log.record("fund.strike", line, by=by, at=at, scope=line.scope, reason=reason, amount=str(line.amount))
