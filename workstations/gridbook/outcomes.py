"""What one row, and a whole table, would lead to; nothing is written here."""

import hashlib
import json
from dataclasses import dataclass, field

from config.documents.cells import text
from config.documents.tables import Fault
from members.models import Committee, Member

VERBS = ("created", "updated", "skipped", "refused")


@dataclass
class Outcome:
    """One row: a new grid (or posting), a changed one, nothing, or a refusal with its reasons."""

    row: int
    name: str = ""
    code: str = ""
    place: str = ""  # code of the village or town
    values: dict[str, object] = field(default_factory=dict)
    is_known: bool = False
    has_region: bool = False  # the division is there already, what is known of it is not
    changes: list[tuple[str, str, str]] = field(default_factory=list)  # column, before, after
    faults: list[Fault] = field(default_factory=list)
    member: Member | None = None

    @property
    def verb(self) -> str:
        if self.faults:
            return "refused"
        if not self.is_known:
            return "created"
        return "updated" if self.changes else "skipped"

    def refuse(self, column, words: str) -> None:
        self.faults.append(Fault(words, self.row, column))


@dataclass
class Plan:
    """The whole dry run; in = created + updated + skipped + refused, and all or nothing is loaded."""

    committee: Committee
    outcomes: list[Outcome]
    faults: list[Fault]
    notes: list[str]
    content: bytes = b""  # of a table without a fault: what was read, as CSV, quick to be read again

    def of(self, verb: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.verb == verb]

    @property
    def counts(self) -> dict[str, int]:
        """Rows in all, and how many lead to what."""
        verbs = [outcome.verb for outcome in self.outcomes]
        return {"rows": len(verbs), **{verb: verbs.count(verb) for verb in VERBS}}

    @property
    def is_loadable(self) -> bool:
        return bool(self.outcomes) and not self.all_faults

    @property
    def all_faults(self) -> list[Fault]:
        return [*self.faults, *(fault for outcome in self.outcomes for fault in outcome.faults)]

    @property
    def digest(self) -> str:
        """The same for two dry runs that would do the same."""
        told = [
            [one.row, one.verb, one.code, one.place, one.member and one.member.pk, one.changes] for one in self.outcomes
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def unless_unfit(outcome, line, column) -> str:
    """The text of a cell; empty where the cell is missing or was refused already."""
    if any(fault.column == column for fault in line.faults):
        return ""
    return text(line.cells.get(column, ""))
