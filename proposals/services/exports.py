"""导出: whoever reads all proposals of a committee takes them out as a table; who took them stands in the trail."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from config.audit import log
from members.models import Committee, User
from proposals import rules
from proposals.sheets import exporting


@transaction.atomic
def export(committee: Committee, rows: QuerySet, *, kind: str, by: User, at: datetime):
    """A workbook as an open file, or the lines of a CSV (`kind`), of `rows`, which are the committee's."""
    rules.require("export_proposals", by, committee)
    log.record("proposal.export", committee, by=by, at=at, scope=committee.pk, kind=kind, rows=rows.count())
    return exporting.as_csv(rows) if kind == "csv" else exporting.as_book(rows)
