"""For load balancers and monitors: does the process answer, and does the work get done."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.milestones import heartbeat

OVERDUE = timedelta(minutes=5)

_migrated = False  # once true it stays true for this code


@login_not_required
@require_safe
@never_cache
def healthz(request):
    """The process answers; asks nobody else."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request):
    """200 while the database is reachable, migrated, and what is due gets done; otherwise 503. Ages are in seconds."""
    checks = dict.fromkeys(["database", "migrations", "sweep", "milestones"], False)
    ages = {"last_sweep": None, "oldest_overdue": None}
    try:
        connection.ensure_connection()
        checks["database"] = True
        checks["migrations"] = _is_migrated()
        if checks["migrations"]:
            now = timezone.now()
            ages = {
                "last_sweep": _seconds(heartbeat.age(now)),
                "oldest_overdue": _seconds(heartbeat.oldest_overdue(now)),
            }
            checks["sweep"] = ages["last_sweep"] is not None and ages["last_sweep"] < heartbeat.SILENCE.total_seconds()
            checks["milestones"] = (ages["oldest_overdue"] or 0) < OVERDUE.total_seconds()
    except Error:
        checks["database"] = False
    ready = all(checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks, **ages}, status=200 if ready else 503
    )


def _is_migrated() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _seconds(age) -> float | None:
    return None if age is None else round(age.total_seconds(), 1)
