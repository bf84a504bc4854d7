"""What happens to an inspection: begun, answered item by item on the spot, finished for good, or dropped."""

import hashlib
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.privacy import reaches_somebody
from config.refusals import Incomplete, WrongState
from config.saving import in_words
from config.transitions import take
from config.uploads import store
from config.uploads.models import Attachment
from members.models import User
from members.queries import holders
from members.roles import Permission
from workstations.models import Finding, Inspection, InspectionKind, Standard, Workstation
from workstations.queries import inspections as queries
from workstations.rules import inspections as rules
from workstations.states import InspectionState

RECHECK = "inspection"
RECHECK_LADDER = {-7: "keeper", 0: "keeper", 3: "office"}
"""Days before (−) or after (+) the day by which it should be mended, and how far the word goes."""
MOST_PHOTOS = 9
PHONE = "检查结果会公开，请不要写电话、邮箱和身份证号。"
LACKS_PHOTO = "“{name}”须附照片：请先拍照上传，再选“有”。"


@transaction.atomic
def begin(station: Workstation, standard: Standard, kind: str, *, by: User, at: datetime) -> Inspection:
    """开始: copy the items of the standard into a new inspection; the one already begun is gone on with."""
    row = Inspection(station=station, standard=standard, kind=kind, on=timezone.localdate(at), by=by)
    rules.require("begin", by, row)
    if not station.is_open:
        raise WrongState(f"“{station}”已关闭，不能再检查。")
    if standard.committee_id != station.committee_id:
        raise Incomplete("建站标准须属于同一个政协委员会。", {"standard": "须属于同一个政协委员会。"})
    begun = Inspection.objects.filter(
        station=station, standard__name=standard.name, kind=kind, state=InspectionState.DRAFT
    ).first()
    if begun:
        return begun
    if not standard.is_active:
        raise WrongState(f"“{standard}”已停用，请换一个标准。")
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the same click a moment ago
        return Inspection.objects.get(station=station, standard=standard, kind=kind, state=InspectionState.DRAFT)
    Finding.objects.bulk_create(
        Finding(
            inspection=row, position=item.position, name=item.name, help=item.help, needs_photo=item.needs_photo
        )
        for item in standard.items.all()
    )  # fmt: skip
    log.record("inspection.begin", row, by=by, at=at, scope=row.scope, standard=str(standard))
    return row


@transaction.atomic
def answer(
    finding: Finding, *, passed: bool | None, words: str = "", photos=(), removed=(), by: User | None, at: datetime
) -> None:
    """逐项: there, not there or not yet answered (None), a note, photos; a photo that is there already is not doubled.

    Refused: 有 without the photo that the item asks for, a note that reaches somebody, more than MOST_PHOTOS photos.
    """
    rules.require("answer", by, finding.inspection)
    _hold(finding.inspection)
    words = words.strip()
    if reaches_somebody(words):
        raise Incomplete(PHONE, {"words": PHONE})
    kept = store.of(finding).exclude(pk__in=[photo.pk for photo in removed])
    fresh = _fresh(kept, photos)
    number = kept.count() + len(fresh)
    if number > MOST_PHOTOS:
        told = f"“{finding}”最多 {MOST_PHOTOS} 张照片，现在有 {number} 张。"
        raise Incomplete(told, {"photos": told})
    if passed and finding.needs_photo and not number:
        told = LACKS_PHOTO.format(name=finding)
        raise Incomplete(told, {"passed": told})
    finding.passed, finding.words = passed, words
    with in_words():
        finding.full_clean(exclude=["inspection"])
    finding.save(update_fields=["passed", "words"])
    for photo in removed:
        store.remove(photo)
    for photo in fresh:
        _attach(finding, photo, by=by, at=at)
    if fresh or removed:
        changed = {"item": finding.name, "photos": len(fresh), "removed": [photo.name for photo in removed]}
        log.record("inspection.photos", finding.inspection, by=by, at=at, scope=finding.inspection.scope, **changed)


def _hold(inspection):
    """Nobody finishes it meanwhile."""
    held = Inspection.objects.select_for_update().values_list("state", flat=True).get(pk=inspection.pk)
    if held != InspectionState.DRAFT:
        raise WrongState(f"这次{inspection.get_kind_display()}“{InspectionState(held).label}”，不能再改。")


def _fresh(kept, photos):
    """Those whose bytes are not there yet: a bad net sends a photo twice."""
    known, fresh = set(kept.values_list("sha256", flat=True)), []
    for photo in photos:
        photo.seek(0)
        digest = hashlib.sha256(photo.read()).hexdigest()
        if digest not in known:
            known.add(digest)
            fresh.append(photo)
    return fresh


def _attach(finding, photo, *, by, at) -> Attachment:
    try:
        return store.attach(finding, photo, by=by, at=at)
    except ValidationError as problem:
        words = "".join(problem.messages)
        raise Incomplete(words, {"photos": words}) from problem


@transaction.atomic
def finish(
    inspection: Inspection, *, stars: int | None = None, words: str = "", by: User | None, at: datetime
) -> list[str]:
    """完成检查: nothing of it changes any more; returns what is missing.

    The other side is told; what is missing is to be mended within `inspection.recheck_days`, with reminders.
    """
    rules.require("finish", by, inspection)
    _hold(inspection)
    findings = list(inspection.findings.all())
    _require_answers(findings)
    words = words.strip()
    if not inspection.is_by_office and (stars or words):
        raise Incomplete("星级和整改要求由政协办检查时填写。", {"stars": "星级由政协办检查时评定。"})
    if stars is not None and not 1 <= stars <= 5:
        raise Incomplete("星级为一到五星。", {"stars": "星级为一到五星。"})
    if len(words) > Inspection._meta.get_field("words").max_length:
        raise Incomplete("整改要求最多 500 字。", {"words": "整改要求最多 500 字。"})
    missing = [finding.name for finding in findings if not finding.passed]
    result = {"have": len(findings) - len(missing), "of": len(findings), "missing": missing}
    earlier = queries.latest().filter(
        station=inspection.station_id, standard__name=inspection.standard.name
    )  # before this one is the latest
    earlier = list(earlier)
    take(
        inspection, "finish", by=by, at=at, data=result, done_at=at, stars=stars, words=words,
        on=timezone.localdate(at),
    )  # fmt: skip
    for old in earlier:
        clock.cancel(old, kind=RECHECK, reason="已重新检查", at=at)
    if missing:
        due_on = queries.mend_by(inspection)
        clock.plan(inspection, kind=RECHECK, due_on=due_on, round=1, scope=inspection.scope, at=at)
    _tell(inspection, result, by=by, at=at)
    return missing


def _require_answers(findings):
    open_ones = [finding.name for finding in findings if finding.passed is None]
    if open_ones:
        raise Incomplete(f"还有 {len(open_ones)} 项没有选“有”或“没有”：{'、'.join(open_ones)}。")
    evidence = queries.photos_of(findings)
    for finding in findings:
        if finding.passed and finding.needs_photo and not evidence[finding.pk]:
            raise Incomplete(LACKS_PHOTO.format(name=finding))


def _tell(inspection, result, *, by, at):
    """The keepers of what the office found, the office of what the keepers say."""
    station = inspection.station
    if inspection.kind == InspectionKind.SELF:
        people = holders(Permission.STATION_MANAGE, station.committee)
    else:
        people = queries.keepers_of([station.pk])[station.pk]
    body = f"{inspection.standard.name} {result['have']}/{result['of']}。"
    if result["missing"]:
        due = queries.mend_by(inspection)
        body += f"还缺：{'、'.join(result['missing'])}。请在 {due.month} 月 {due.day} 日前补齐并自查。"
    if inspection.words:
        body += f"整改要求：{inspection.words}"
    outbox.send(
        people - {by.pk if by else None}, kind="inspection.done", key=f"inspection:{inspection.pk}:done", at=at,
        title=f"{station}{inspection.get_kind_display()}完成", body=body, url=inspection.get_absolute_url(),
        scope=inspection.scope,
    )  # fmt: skip


@transaction.atomic
def drop(inspection: Inspection, *, by: User | None, at: datetime) -> None:
    """作废: begun by mistake; what was answered and photographed stays where it is, and counts nowhere."""
    rules.require("drop", by, inspection)
    take(inspection, "drop", by=by, at=at)
