"""The moments of an activity that the clock minds: reminders before it, the end of sign-up, the closing after it."""

from datetime import datetime, timedelta

from django.utils import timezone

from config.milestones import clock
from workstations.models import Activity

BEFORE, SIGN_UP, CLOSING = "activity-before", "activity-sign-up", "activity-closing"
KINDS = (BEFORE, SIGN_UP, CLOSING)


def plan(activity: Activity, *, at: datetime) -> None:
    """Plan what is still to come, as the round of this revision; what an older revision planned is cancelled."""
    cancel(activity, reason="活动有变动", at=at)
    wanted = [
        (BEFORE, "day", activity.starts_at - timedelta(days=1)),
        (BEFORE, "hours", activity.starts_at - timedelta(hours=2)),
        (CLOSING, "close", activity.ends_at + timedelta(days=1)),
    ]
    if activity.closes_at:
        wanted.append((SIGN_UP, "closing", activity.closes_at - timedelta(days=1)))
    for kind, code, due_at in wanted:
        if due_at > at:
            clock.once(activity, kind=kind, code=code, due_at=due_at, scope=activity.scope, round=activity.revision + 1)


def cancel(activity: Activity, *, reason: str, at: datetime) -> None:
    for kind in KINDS:
        clock.cancel(activity, kind=kind, reason=reason, at=at)


def when_and_where(activity: Activity) -> str:
    """2026年11月21日（周六） 15:30–17:00，县政协会议室"""
    begins, ends = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
    day = f"{begins.year}年{begins.month}月{begins.day}日（周{'一二三四五六日'[begins.weekday()]}）"
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends.month}月{ends.day}日 {ends:%H:%M}"
    return "，".join(filter(None, [f"{day} {begins:%H:%M}–{until}", activity.place]))
