"""Rows that wait to be written together, and the order in which they are written: what others point to comes first."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable

from config.audit import log
from config.search import index
from members.models import Committee
from members.models.sequences import NumberSequence
from proposals.models import (
    Assignment,
    Contact,
    Extension,
    Handing,
    HandingMeeting,
    Information,
    Proposal,
    ProposalReview,
    Rating,
    Reply,
    ReturnRequest,
    Round,
    Signature,
    Supervision,
)

BATCH = 500
LATER = (Round, Reply, Rating, Contact, Extension, ReturnRequest, HandingMeeting, Handing, Supervision, Information)
"""After proposals, signatures, reviews and assignments."""


class Rows:
    def __init__(self, committee: Committee):
        self.committee = committee
        self.of = defaultdict(list)
        self.fields: list[tuple] = []  # proposal, category
        self.grounds: list[tuple] = []  # review, ground
        self.co_raters: list[tuple] = []  # assignment, user
        self.lines: list[log.Line] = []
        self.last: dict[tuple[str, int], int] = {}  # kind of number, year → the last one
        self.papers = Counter()  # letters of units, which no sequence counts

    def add(self, *rows):
        for row in rows:
            self.of[type(row)].append(row)

    def note(self, verb, target, by, at, **data):
        self.lines.append(log.Line(verb, target, by, at, self.committee.pk, data))

    def number(self, kind: str, year: int) -> int:
        self.last[kind, year] = self.last.get((kind, year), 0) + 1
        return self.last[kind, year]

    def write(self) -> None:
        """Everything that waits; numbers go on in the next lot."""
        proposals = self.of[Proposal]
        self._create(Proposal, [row for row in proposals if row.lead is None])
        self._create(Proposal, [row for row in proposals if row.lead is not None])
        self._create(Signature, self.of[Signature])
        self._create(ProposalReview, self.of[ProposalReview])
        assignments = self.of[Assignment]
        self._create(Assignment, [row for row in assignments if row.lead is None])
        self._create(Assignment, [row for row in assignments if row.lead is not None])
        for model in LATER:
            self._create(model, self.of[model])
        self._link(Proposal.fields.through, "proposal", "category", self.fields)
        self._link(ProposalReview.grounds.through, "proposalreview", "rejectionground", self.grounds)
        self._link(Assignment.co_raters.through, "assignment", "user", self.co_raters)
        log.record_many(sorted(self.lines, key=lambda line: line.at))
        for model in (Proposal, Assignment, Information):
            kind, rows = model._meta.label_lower, self.of[model]
            index.index_new(kind, ((str(row.pk), row.search_scope, row.search_document()) for row in rows))
        self.of.clear()
        self.fields, self.grounds, self.co_raters, self.lines = [], [], [], []

    @staticmethod
    def _create(model, rows: list):
        model.objects.bulk_create(rows, batch_size=BATCH)

    @staticmethod
    def _link(through, one, other, pairs: Iterable[tuple]):
        through.objects.bulk_create(
            [through(**{f"{one}_id": left.pk, f"{other}_id": right.pk}) for left, right in pairs], batch_size=1000
        )

    def keep_numbers(self) -> None:
        """The next number that a service gives comes after these."""
        for (kind, year), last in sorted(self.last.items()):
            row, _ = NumberSequence.objects.get_or_create(committee=self.committee, kind=kind, year=year)
            NumberSequence.objects.filter(pk=row.pk).update(last=last)


def after(at: datetime.datetime, days: float) -> datetime.datetime:
    return at + datetime.timedelta(days=days)
