"""What ties a station to those above, beside and below it: tied, ended, never deleted (rows 44, 89, 153, 155)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.privacy import require_plain
from config.refusals import Incomplete, WrongState
from config.saving import save
from members.models import User
from workstations.models import StationTie, Workstation
from workstations.rules import stations as rules


@transaction.atomic
def tie(row: StationTie, *, by: User | None, at: datetime) -> StationTie:
    """建立联系: a row not saved yet; the same end in the same part once at a time."""
    station = row.station
    rules.require("tie", by, station)
    # Writing the station holds it until the end: of two clicks the second sees what the first one did.
    if not Workstation.objects.filter(pk=station.pk, is_open=True).update(updated_at=at):
        raise WrongState(f"“{station}”已关闭，不能再建立联系。")
    row.words = row.words.strip()
    require_plain(words=row.words)
    same = {"role": row.role, "member": row.member, "body": row.body, "organisation": row.organisation}
    if row.end == row.words:
        same["words"] = row.words
    if StationTie.objects.filter(station=station, until__isnull=True, **same).exists():
        raise Incomplete(f"“{row.end}”已经是这个站点的{row.get_role_display()}。")
    save(row)
    told = {"role": row.get_role_display(), "end": str(row.end)}
    log.record("station.tie", station, by=by, at=at, scope=station.committee_id, **told)
    return row


@transaction.atomic
def end_tie(row: StationTie, *, on: date, by: User | None, at: datetime) -> None:
    """结束联系: with the day `on`; it stays in the history."""
    rules.require("tie", by, row.station)
    if on < row.since:
        raise Incomplete("结束日期不能早于开始日期。", {"until": "结束日期不能早于开始日期。"})
    if not StationTie.objects.filter(pk=row.pk, until__isnull=True).update(until=on):
        raise WrongState(f"与“{row.end}”的联系已由他人办理结束。")
    row.until = on
    Workstation.objects.filter(pk=row.station_id).update(updated_at=at)
    told = {"role": row.get_role_display(), "end": str(row.end), "until": on}
    log.record("station.end_tie", row.station, by=by, at=at, scope=row.station.committee_id, **told)


def since_today(station: Workstation, at: datetime) -> StationTie:
    """A tie of `station`, not saved yet, from today on."""
    return StationTie(station=station, since=timezone.localdate(at))
