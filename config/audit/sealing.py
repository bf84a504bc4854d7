"""Seals over the trail, and the proof that nobody touched it.

Writers never queue: a sweep seals what is old enough, so that no entry with a lower number can still appear.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from config.audit import digests
from config.audit.models import AuditEntry, AuditSeal

MARGIN = timedelta(minutes=2)  # between numbering an entry and sealing it; clocks of several machines differ
BATCH = 500
BEGINNING = -(2**63)  # below every number an entry can have


@dataclass(frozen=True)
class Finding:
    """What is wrong with the trail, and where."""

    where: str  # "entry 17" or "seal 3"
    what: str


def seal(at: datetime) -> int:
    """Seal every entry that is old enough at `at`, in order; return how many. Two sealers at once do no harm."""
    sealed = 0
    while count := _seal_batch(at):
        sealed += count
    return sealed


def verify(expected: str = "") -> list[Finding]:
    """Everything that is wrong with the trail, in order; `expected` is a seal noted earlier ("42:9f3c…")."""
    return [*_broken_entries(), *_broken_seals(expected)]


def head() -> AuditSeal | None:
    """The last seal. Its text, kept outside this machine, betrays whoever removes the end of the trail."""
    return AuditSeal.objects.order_by("sequence").last()


def _seal_batch(at):
    settled, last = _settled(at), head()
    waiting = AuditEntry.objects.order_by("id").filter(id__gt=last.last_id if last else BEGINNING)
    ready = []
    for pk, digest, recorded_at in waiting.values_list("id", "digest", "recorded_at")[:BATCH]:
        if recorded_at >= settled:
            break
        ready.append([pk, digest])
    if not ready:
        return 0
    fresh = AuditSeal(
        sequence=last.sequence + 1 if last else 1,
        at=at,
        first_id=ready[0][0],
        last_id=ready[-1][0],
        count=len(ready),
        contents=ready,
        previous=last.digest if last else "",
    )
    fresh.digest = _digest(fresh)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:  # another sealer took this number
        return 0
    return len(ready)


def _settled(at):
    """The moment before which no entry can still appear: nobody who began earlier is still writing.

    SQLite has one writer, who takes the next number; on PostgreSQL a transaction may hold a lower number for long.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT min(xact_start) FROM pg_stat_activity"
                " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            (oldest,) = cursor.fetchone()
        at = min(at, oldest or at)
    return at - MARGIN


def _digest(seal):
    return digests.of(seal.sequence, seal.contents, seal.previous)


def _broken_entries() -> Iterator[Finding]:
    """Entries whose content no longer gives their digest."""
    for entry in AuditEntry.objects.order_by("id").iterator():
        if digests.of_entry(entry) != entry.digest:
            yield Finding(f"entry {entry.pk}", "changed after it was written")


def _broken_seals(expected) -> Iterator[Finding]:
    """Breaks of the chain, and entries that are not what was sealed."""
    previous, sequence, below, noted = "", 0, BEGINNING, False
    for row in AuditSeal.objects.order_by("sequence").iterator():
        sequence += 1
        if row.sequence != sequence:
            yield Finding(f"seal {sequence}", "removed")
            sequence = row.sequence
        if row.previous != previous or row.digest != _digest(row):
            yield Finding(f"seal {row.sequence}", "changed after it was written")
        yield from _broken_batch(row, below)
        previous, below = row.digest, row.last_id
        noted = noted or str(row) == expected
    if expected and not noted:
        yield Finding(f"seal {expected}", "noted earlier, and no longer in the trail")


def _broken_batch(row, below):
    """Compare the entries above `below` up to the end of this batch with what was sealed."""
    sealed = dict(map(tuple, row.contents))
    found = dict(AuditEntry.objects.filter(id__gt=below, id__lte=row.last_id).values_list("id", "digest"))
    for pk in sorted(sealed.keys() | found.keys()):
        if pk not in found:
            yield Finding(f"entry {pk}", f"removed after seal {row.sequence}")
        elif pk not in sealed:
            yield Finding(f"entry {pk}", f"appeared below seal {row.sequence}")
        elif found[pk] != sealed[pk]:
            yield Finding(f"entry {pk}", f"not what seal {row.sequence} covers")
