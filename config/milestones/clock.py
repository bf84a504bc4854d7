"""Things that are to happen at a moment: plan them, cancel them, sweep what is due (ADR 0003).

Any number of sweeps may run at once, late, or be killed: a milestone is claimed, decided and settled, and its notices
are written, in one transaction.
"""

import logging
import time
from datetime import date, datetime, timedelta
from datetime import time as clock_time

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from config.audit import log
from config.milestones import heartbeat
from config.milestones.effects import Report, settle
from config.milestones.models import Milestone, MilestoneRule, MilestoneState
from config.milestones.registry import Done, Skip, Tell, handler
from config.refusals import WrongState

__all__ = [
    "Done", "Report", "Skip", "Tell", "cancel", "handler", "may_revive", "once", "plan", "plan_many", "replan",
    "revive", "sweep",
]  # fmt: skip

TOLD_AT = clock_time(9)  # o'clock, in the site's time zone
BUDGET = 60  # seconds that one sweep goes on for; the next one continues
YIELD = 0.1  # seconds between batches on SQLite, whose one writer would otherwise keep all others waiting
PLANNED = 500  # subjects planned together
PAST = "安排提醒时，这个时间已经过去"

logger = logging.getLogger(__name__)


# --- planning ----------------------------------------------------------------------------------------------------


def plan(subject, *, kind: str, due_on: date, round: int, scope: int | None, at: datetime) -> int:
    """Plan one milestone per rule of `scope` (or the default rules) around `due_on`; returns how many are new.

    What is past already is kept as skipped, with the reason. The same plan twice is one plan; another date needs
    another round (see `replan`).
    """
    return plan_many([subject], kind=kind, due_on=due_on, round=round, scope=scope, at=at)


@transaction.atomic
def plan_many(subjects: list, *, kind: str, due_on: date, round: int, scope: int | None, at: datetime) -> int:
    """The same for many subjects of one model with one due date, in a number of statements that hardly grows."""
    rules = MilestoneRule.objects.in_force(kind, scope)
    moments = {
        rule.code: timezone.make_aware(datetime.combine(due_on + timedelta(days=rule.offset_days), TOLD_AT))
        for rule in rules
    }
    return sum(
        _plan_batch(subjects[start : start + PLANNED], rules, moments, kind=kind, round=round, scope=scope, at=at)
        for start in range(0, len(subjects), PLANNED)
    )


def _plan_batch(subjects, rules, moments, *, kind, round, scope, at) -> int:
    there = _planned(subjects, kind, round)
    rows = []
    for subject in subjects:
        for rule in rules:
            due_at = moments[rule.code]
            known = there.get((subject.pk, rule.code))
            if known is None:
                past = due_at < at
                rows.append(
                    Milestone(
                        kind=kind, subject_type=subject._meta.label_lower, subject_id=subject.pk, code=rule.code,
                        round=round, offset_days=rule.offset_days, circle=rule.circle, scope=scope, due_at=due_at,
                        next_try_at=due_at, state=MilestoneState.SKIPPED if past else MilestoneState.PENDING,
                        reason=PAST if past else "", settled_at=at if past else None,
                    )
                )  # fmt: skip
            elif known[0] != due_at or known[1] == MilestoneState.CANCELLED:
                raise ValueError(f"round {round} of {kind} is planned for another date or cancelled: use replan()")
    Milestone.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def _planned(subjects, kind, round) -> dict[tuple[int, str], tuple[datetime, str]]:
    """(subject, code) → moment and state of what is planned in this round already."""
    rows = Milestone.objects.filter(
        kind=kind, round=round, subject_type=subjects[0]._meta.label_lower, subject_id__in=[s.pk for s in subjects]
    )
    found = rows.values_list("subject_id", "code", "due_at", "state")
    return {(subject, code): (due_at, state) for subject, code, due_at, state in found}


@transaction.atomic
def replan(subject, *, kind: str, due_on: date, scope: int | None, reason: str, at: datetime) -> int:
    """A new due date: cancel what is still pending and plan the next round; it may remind again."""
    cancel(subject, kind=kind, reason=reason, at=at)
    last = Milestone.objects.of(subject).filter(kind=kind).aggregate(last=Max("round"))["last"] or 0
    return plan(subject, kind=kind, due_on=due_on, round=last + 1, scope=scope, at=at)


def once(subject, *, kind: str, code: str, due_at: datetime, scope: int | None, round: int = 1) -> Milestone:
    """Plan a single moment; planned twice it is still one, at the time first said."""
    milestone, _ = Milestone.objects.get_or_create(
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        code=code,
        round=round,
        defaults={"scope": scope, "due_at": due_at, "next_try_at": due_at},
    )
    return milestone


def cancel(subject, *, kind: str | None = None, reason: str, at: datetime) -> int:
    """Cancel what is still pending for `subject` (of one kind, or all); returns how many."""
    pending = Milestone.objects.of(subject).pending()
    if kind is not None:
        pending = pending.filter(kind=kind)
    return pending.update(state=MilestoneState.CANCELLED, reason=reason, settled_at=at)


def may_revive(user, milestone: Milestone) -> bool:
    return user.is_superuser or milestone.scope in user.reminder_retry_scopes


@transaction.atomic
def revive(milestone: Milestone, *, by, at: datetime) -> None:
    """Try a dead milestone once more, from the next sweep on, with all its attempts anew."""
    if by is not None and not may_revive(by, milestone):
        raise PermissionDenied("您可以查看提醒台账，但不能重试。")
    dead = Milestone.objects.filter(pk=milestone.pk, state=MilestoneState.DEAD)
    if not dead.update(state=MilestoneState.PENDING, attempts=0, next_try_at=at, settled_at=None):
        raise WrongState("这条提醒已经有人重试，请刷新后再看。")
    log.record("milestone.revive", milestone, by=by, at=at, scope=milestone.scope, reason=milestone.reason)


# --- sweeping ----------------------------------------------------------------------------------------------------


def sweep(at: datetime | None = None, limit: int = 1000) -> Report:
    """Settle everything that is due, in batches of `limit`, each in one transaction; returns the counts.

    Without `at` the database's clock decides, and a clock that cannot be trusted stops the sweep. Who gives `at`
    answers for it.
    """
    started, report = time.monotonic(), Report()
    if at is None:
        at, report.refused = heartbeat.trusted_now()
    while not report.refused and time.monotonic() - started < BUDGET and Milestone.objects.due(at).exists():
        claimed = _sweep_batch(at, limit, report)
        if not claimed:
            break
        if claimed == limit and not connection.features.has_select_for_update_skip_locked:
            time.sleep(YIELD)
    report.seconds = round(time.monotonic() - started, 3)
    heartbeat.beat(report.as_json())
    if report.refused:
        logger.error("sweep refused: %s", report.refused)
    return report


@transaction.atomic
def _sweep_batch(at, limit, report) -> int:
    """Claim, decide and settle one batch; returns how many were claimed (none when other sweeps hold them all)."""
    claimed = _claim(at, limit)
    settle(claimed, at, report)
    return len(claimed)


def _claim(at, limit) -> list[Milestone]:
    """Due milestones that no other sweep can hold until this transaction ends.

    PostgreSQL locks the rows and passes over locked ones. SQLite has no row locks: its transactions begin IMMEDIATE,
    so that there is one writer at a time and what it reads is its own.
    """
    due = Milestone.objects.due(at).with_superseded(at).order_by("next_try_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    return list(due[:limit])
