"""When the sweep last ran, and whether the clocks can be trusted."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from config.milestones.models import Heartbeat, Milestone

SWEEP = "milestones.sweep"
TOLERANCE = timedelta(seconds=60)
SILENCE = timedelta(minutes=3)


def database_now() -> datetime:
    """The database's clock: one for all workers, wherever they run."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0])


def trusted_now() -> tuple[datetime, str]:
    """The time to sweep by, and why it cannot be trusted (empty: it can)."""
    here, there = timezone.now(), database_now()
    if abs(here - there) > TOLERANCE:
        return there, f"应用与数据库的时钟相差 {abs(here - there).total_seconds():.0f} 秒"
    last = last_sweep()
    if last and there < last.at - TOLERANCE:
        return there, "时钟比最近一次巡查还早，可能被调回"
    return there, ""


def last_sweep() -> Heartbeat | None:
    return Heartbeat.objects.filter(name=SWEEP).first()


def age(now: datetime) -> timedelta | None:
    """How long ago the last sweep ran; None: never."""
    last = last_sweep()
    return now - last.at if last else None


def oldest_overdue(now: datetime) -> timedelta | None:
    """How long the oldest pending milestone has waited for a sweep; None: nothing waits."""
    first = Milestone.objects.due(now).order_by("next_try_at").values_list("next_try_at", flat=True).first()
    return now - first if first else None


def words(now: datetime) -> tuple[str, str]:
    """Tone and sentence for people: does the sweep still run?"""
    last = last_sweep()
    if last is None:
        return "late", "还没有巡查过，请检查后台任务是否启动"
    when = timezone.localtime(last.at)
    clock = (
        f"{when:%H:%M:%S}" if when.date() == timezone.localdate(now) else f"{when.month}月{when.day}日 {when:%H:%M:%S}"
    )
    if last.detail.get("refused"):
        return "late", f"最近一次巡查 {clock}，此后已停：{last.detail['refused']}"
    if now - last.at > SILENCE:
        return "late", f"最近一次巡查 {clock}，已有 {(now - last.at) // timedelta(minutes=1)} 分钟没有巡查"
    return "ok", f"最近一次巡查 {clock}，正常"


def beat(detail: dict) -> None:
    """Write down that a sweep ran; a refused one only leaves its reason, so that the silence stays visible."""
    now = timezone.now()
    changes = {"detail": detail} if detail.get("refused") else {"detail": detail, "at": now}
    if not Heartbeat.objects.filter(name=SWEEP).update(**changes):
        Heartbeat.objects.bulk_create([Heartbeat(name=SWEEP, at=now, detail=detail)], ignore_conflicts=True)


def trust_clock() -> None:
    """Forget the last heartbeat, after a person has set the clock right."""
    Heartbeat.objects.filter(name=SWEEP).delete()
