"""The only writer of the trail. `record` belongs inside the transaction of the deed: no line, no deed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Model, QuerySet
from django.utils import timezone

from config.audit import digests
from config.audit.labels import label, register_labels
from config.audit.models import AuditEntry
from config.audit.sealing import seal, verify

__all__ = ["Line", "history", "label", "record", "record_many", "register_labels", "seal", "verify"]


@dataclass(frozen=True)
class Line:
    """One deed to record; `by=None` is the system itself, `target=None` a deed on nothing in particular."""

    verb: str
    target: Model | None
    by: Model | None
    at: datetime
    scope: int | None
    data: Mapping = field(default_factory=dict)


def record(verb: str, target: Model | None, *, by, at: datetime, scope: int | None, **data) -> AuditEntry:
    """Write one line into the trail, in the caller's transaction; a failure here takes the deed back with it."""
    return record_many([Line(verb, target, by, at, scope, data)])[0]


def record_many(lines: Iterable[Line]) -> list[AuditEntry]:
    """Write many lines with few statements, for sweeps and imports."""
    now = timezone.now()
    return AuditEntry.objects.bulk_create([_entry(line, now) for line in lines], batch_size=500)


def history(target: Model) -> QuerySet[AuditEntry]:
    """Everything that was done to `target`, newest first; the caller has already been allowed to see it."""
    return AuditEntry.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk)).order_by("-id")


def _entry(line, now):
    entry = AuditEntry(
        at=line.at,
        recorded_at=now,
        actor_id=line.by and line.by.pk,
        actor=_actor(line.by)[:100],
        verb=line.verb,
        target_type=line.target._meta.label_lower if line.target else "",
        target_id=str(line.target.pk) if line.target else "",
        target_text=digests.text(line.target)[:200] if line.target else "",
        scope=line.scope,
        data=digests.plain(line.data),
    )
    entry.digest = digests.of_entry(entry)
    return entry


def _actor(by) -> str:
    if by is None:
        return "系统"
    return digests.text(by) if by.pk else "访客"
