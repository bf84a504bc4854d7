"""What happens to quotas: set and changed, the lines as a whole; what was done is counted, never stored."""

from datetime import datetime

from django.db import transaction

from config.audit import log
from config.refusals import Incomplete
from config.saving import in_words, save
from members.models import User
from workstations.models import Quota, QuotaLine
from workstations.rules import quotas as rules


@transaction.atomic
def create(quota: Quota, lines: list[QuotaLine], *, by: User | None, at: datetime) -> Quota:
    """新设定额: a quota, not saved yet, with its lines in their order."""
    rules.require("create", by, quota)
    _write(quota, lines)
    log.record("quota.create", quota, by=by, at=at, scope=quota.committee_id, lines=[line.name for line in lines])
    return quota


@transaction.atomic
def edit(quota: Quota, lines: list[QuotaLine], *, by: User | None, at: datetime) -> None:
    """修改定额: the lines given are the whole quota; progress is computed anew from the facts."""
    rules.require("edit", by, quota)
    Quota.objects.select_for_update().get(pk=quota.pk)  # of two who save at once the lines of the second stand
    quota.lines.all().delete()
    _write(quota, lines)
    log.record("quota.edit", quota, by=by, at=at, scope=quota.committee_id, lines=[line.name for line in lines])


def _write(quota, lines):
    if not lines:
        raise Incomplete("请至少写一个项目。", {"__all__": "请至少写一个项目。"})
    save(quota, doubled="本会刚刚已有同名的定额，请刷新后再看。")
    with in_words():
        for position, line in enumerate(lines, start=1):
            line.pk, line.quota, line.position = None, quota, position
            line.full_clean()
    QuotaLine.objects.bulk_create(lines)
