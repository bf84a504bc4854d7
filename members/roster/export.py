"""导出: who serves, with phones in clear; only for those who manage people, and written into the trail."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from config.audit import log
from members.models import Committee, User
from members.roster.known import Known
from members.roster.write import rows_of
from members.rules import people as rules


def export(committee: Committee, *, kind: str, by: User, at: datetime) -> Iterator[list]:
    """Rows of the members of this term in the columns of a roster, and one line in the trail saying who took them."""
    rules.require("people", by, committee)
    known = Known.of(committee, today=timezone.localdate(at), by=by)
    log.record("people.export", committee, by=by, at=at, scope=committee.pk, kind=kind, rows=len(known.members))
    return rows_of(known.members, known)
