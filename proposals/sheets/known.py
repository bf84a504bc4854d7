"""What stands already, in a fixed number of queries whatever the length of the table."""

import difflib
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from members.models import Body, Committee, Member, Organisation
from proposals.models import Assignment, Category, Plenary, Proposal
from proposals.rules.proposals import BODIES
from proposals.sheets.columns import plain
from proposals.states import ProposalState, ProposerKind

Spot = tuple[int, int, int]
"""Term, session, number: by them a proposal is known."""


@dataclass
class Known:
    committee: Committee
    plenaries: dict[tuple[int, int], Plenary] = field(default_factory=dict)
    imported: dict[Spot, Proposal] = field(default_factory=dict)
    moved_on: set[int] = field(default_factory=set)  # imported ones that are handled here since
    native: dict[Spot, str] = field(default_factory=dict)
    members: dict[str, dict[int, list[Member]]] = field(default_factory=dict)  # name → user → terms
    organisations: dict[str, Organisation] = field(default_factory=dict)
    bodies: dict[str, list[Body]] = field(default_factory=dict)
    spheres: dict[str, Category] = field(default_factory=dict)
    fields: dict[str, Category] = field(default_factory=dict)

    @classmethod
    def of(cls, committee: Committee, sessions: set[tuple[int, int]]) -> "Known":
        """`sessions` are the terms and numbers that the table names."""
        known = cls(committee)
        known.plenaries = {(row.term, row.number): row for row in Plenary.objects.filter(committee=committee)}
        met = [row.pk for key, row in known.plenaries.items() if key in sessions]
        numbered = Proposal.objects.filter(committee=committee, plenary__in=met, number__isnull=False)
        for term, session, number, title in numbered.filter(is_imported=False).values_list(
            "plenary__term", "plenary__number", "number", "title"
        ):
            known.native[term, session, number] = title
        rows = numbered.filter(is_imported=True).select_related("plenary", "unit", "sphere", "organisation", "body")
        rows = rows.annotate(is_handled=Exists(Assignment.objects.filter(proposal=OuterRef("pk"))))
        for row in rows.prefetch_related("signatures__member__user", "fields"):
            known.imported[row.plenary.term, row.plenary.number, row.number] = row
            if row.is_handled or row.state not in (ProposalState.FILED, ProposalState.CLOSED):
                known.moved_on.add(row.pk)
        known._name_people()
        for row in Organisation.objects.filter(committee=committee).order_by("-pk"):
            known.organisations |= {plain(name): row for name in (row.name, row.short_name) if name}
        bodies = defaultdict(list)
        for body in Body.objects.filter(committee=committee).order_by("pk"):
            bodies[plain(body.name)].append(body)
        known.bodies = bodies
        offered = Category.objects.offered_by(committee)
        known.spheres = {plain(row.name): row for row in offered.spheres()}
        known.fields = {plain(row.name): row for row in offered.fields()}
        return known

    def _name_people(self):
        found = defaultdict(lambda: defaultdict(list))
        members = Member.objects.filter(committee=self.committee).select_related("user").order_by("term", "pk")
        for member in members:
            found[plain(member.user.name)][member.user_id].append(member)
        self.members = found

    def member(self, name: str, term: int) -> Member | None:
        """The one person of this name, as of that term, else as of the last one before it or the first after it."""
        people = self.members.get(plain(name), {})
        if len(people) != 1:
            return None
        (terms,) = people.values()
        earlier = [one for one in terms if one.term <= term]
        return earlier[-1] if earlier else terms[0]

    def body(self, name: str, kind: str) -> Body | None:
        found = [one for one in self.bodies.get(plain(name), []) if one.kind in BODIES.get(kind, ())]
        return found[0] if len(found) == 1 else None

    def organisation(self, name: str, kind: str) -> Organisation | None:
        return self.organisations.get(plain(name)) if kind in (ProposerKind.PARTY, ProposerKind.MASS) else None


def nearest(words: str, names) -> str:
    """“，是不是……？” for a name that is nearly right."""
    found = difflib.get_close_matches(plain(words), list(names), n=1, cutoff=0.6)
    return f"，是不是“{found[0]}”？" if found else "。"
