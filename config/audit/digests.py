"""One text for one content, whatever the database: what an entry's digest is taken over."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import Enum

FIELDS = ("at", "recorded_at", "actor_id", "actor", "verb", "target_type", "target_id", "target_text", "scope", "data")


def of(*content) -> str:
    """SHA-256 of the canonical JSON of `content`, in hexadecimal."""
    text = json.dumps(plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def of_entry(entry) -> str:
    return of(*(getattr(entry, name) for name in FIELDS))


def plain(value):
    """`value` in a form that JSON columns of every database give back unchanged.

    Numbers with a fraction become text, because PostgreSQL writes 1e2 as 100; so does whatever is not JSON.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {text(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return text(value)


def text(value) -> str:
    """`value` as text without what PostgreSQL cannot store: NUL and halves of surrogate pairs."""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()
