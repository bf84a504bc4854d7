"""What one row, and a whole table, would lead to; nothing is written here."""

import hashlib
import json
from dataclasses import dataclass, field

from config.documents.tables import Fault
from members.models import Committee
from proposals.models import Proposal
from proposals.sheets.columns import Column
from proposals.sheets.known import Known, Spot

VERBS = ("created", "updated", "skipped", "refused")


@dataclass
class Outcome:
    """One row: a new proposal, a changed one, nothing, or a refusal with its reasons."""

    row: int
    name: str
    values: dict[Column, object] = field(default_factory=dict)
    proposal: Proposal | None = None
    signers: list[str] = field(default_factory=list)  # of the table, else those that stand
    changes: list[tuple[str, str, str]] = field(default_factory=list)  # column, before, after
    faults: list[Fault] = field(default_factory=list)

    @property
    def verb(self) -> str:
        if self.faults:
            return "refused"
        if self.proposal is None:
            return "created"
        return "updated" if self.changes else "skipped"

    @property
    def spot(self) -> Spot | None:
        """Term, session and number, as far as all three are readable."""
        found = tuple(self.values.get(column) for column in (Column.TERM, Column.SESSION, Column.NUMBER))
        return None if None in found else found

    @property
    def serial(self) -> str:
        return "{}届{}次第{}号".format(*self.spot) if self.spot else ""

    def refuse(self, column, words: str) -> None:
        self.faults.append(Fault(words, self.row, column))


@dataclass
class Plan:
    """The whole dry run; in = created + updated + skipped + refused, and all or nothing is loaded."""

    committee: Committee
    outcomes: list[Outcome]
    faults: list[Fault]
    notes: list[str]
    known: Known

    def of(self, verb: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.verb == verb]

    @property
    def counts(self) -> dict[str, int]:
        """Rows in all, and how many lead to what."""
        verbs = [outcome.verb for outcome in self.outcomes]
        return {"rows": len(verbs), **{verb: verbs.count(verb) for verb in VERBS}}

    @property
    def all_faults(self) -> list[Fault]:
        return [*self.faults, *(fault for outcome in self.outcomes for fault in outcome.faults)]

    @property
    def is_loadable(self) -> bool:
        return bool(self.outcomes) and not self.all_faults

    @property
    def new_sessions(self) -> list[tuple[int, int]]:
        """Terms and numbers of the plenaries that do not stand yet."""
        named = {outcome.spot[:2] for outcome in self.outcomes if outcome.spot}
        return sorted(named - set(self.known.plenaries))

    @property
    def digest(self) -> str:
        """The same for two dry runs that would do the same."""
        told = [[one.row, one.verb, one.spot, one.proposal and one.proposal.pk, one.changes] for one in self.outcomes]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
