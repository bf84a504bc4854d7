"""微建设、微服务: what was built or served after a micro-proposal is put beside it, before and now (row 6)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.privacy import require_plain
from config.refusals import Incomplete
from config.saving import save
from config.uploads import store
from proposals import rules
from proposals.models import MicroProposal, MicroResult
from proposals.services.information_days import require_past

MOST_PHOTOS = 6
PHOTO = "photo"  # purpose of its files


@transaction.atomic
def add_result(
    micro: MicroProposal, *, tag: str, title: str, before: str = "", now: str = "", on: date, photos: Iterable = (),
    by, at: datetime,
) -> MicroResult:  # fmt: skip
    """登记微建设、微服务; the public reads it once the matter is closed and published."""
    rules.require("add_result", by, micro)
    title, before, now = title.strip(), before.strip(), now.strip()
    require_plain(title=title, before=before, now=now)
    if on > timezone.localdate(at):
        raise Incomplete("建成或启用的日期不能晚于今天。", {"on": "建成或启用的日期不能晚于今天。"})
    require_past(on, at=at)
    result = MicroResult(micro=micro, tag=tag, title=title, before=before, now=now, on=on, by=by, at=at)
    save(result, doubled="这件事已经登记过了。")
    for photo in list(photos)[:MOST_PHOTOS]:
        store.attach(result, photo, by=by, at=at, purpose=PHOTO)
    log.record("microresult.add", result, by=by, at=at, scope=result.scope, title=title)
    return result


@transaction.atomic
def remove_result(result: MicroResult, *, by, at: datetime) -> None:
    """移除 what was noted by mistake, with its photos."""
    rules.require("remove_result", by, result)
    log.record("microresult.remove", result.micro, by=by, at=at, scope=result.scope, title=result.title)
    for photo in store.of(result):
        store.remove(photo)
    result.delete()
