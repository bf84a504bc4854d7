"""Which unit handled what was much the same: a hint from past cases with its reasons, never a decision."""

from collections import Counter
from dataclasses import dataclass

from config.search import similar
from members.models import Organisation
from proposals.models import Proposal
from proposals.states import FILED

LOOKED_AT = 40  # nearest proposals of all years and states
SHOWN = 8
YEARS = 5


@dataclass(frozen=True)
class Hint:
    """The unit that led most of the nearest past cases, and these cases."""

    unit: Organisation
    led: int
    cases: list[Proposal]

    @property
    def words(self) -> str:
        return f"近 {YEARS} 年 {len(self.cases)} 件相近提案中，{self.led} 件由{self.unit}主办"


def unit_hint(proposal: Proposal, *, today) -> Hint | None:
    """None where nothing alike was handled, or no unit of it can be given a matter any more."""
    found = similar.nearest(Proposal, proposal.search_document(), scope=proposal.committee_id, limit=LOOKED_AT)
    rows = Proposal.objects.filter(
        pk__in=found, state__in=FILED, unit__isnull=False, filed_at__year__gt=today.year - YEARS
    )
    rows = rows.exclude(pk=proposal.pk).select_related("unit", "plenary").in_bulk()
    cases = [rows[pk] for pk in found if pk in rows][:SHOWN]
    led = Counter(case.unit_id for case in cases)
    usable = Organisation.objects.of(proposal.committee).that_handle().in_bulk(list(led))
    for unit, times in led.most_common():  # of equals the one with the nearest case
        if unit in usable:
            return Hint(usable[unit], times, cases)
    return None
