"""Whose proposals, in whose name, and what was proposed before: reads over several nouns."""

from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from config.search import similar
from members.models import Body, Committee, Member, Membership, Organisation
from members.roles import Permission
from proposals.models import Proposal, Signature
from proposals.rules.proposals import BODIES, ORGANISATIONS, SIGNS_FOR_BODY
from proposals.states import UNSENT, ProposalState, ProposerKind


@dataclass(frozen=True)
class Voice:
    """One name in which a person may put a proposal; `note` says who signs."""

    kind: str
    committee: Committee
    note: str
    organisation: Organisation | None = None
    body: Body | None = None

    @property
    def label(self) -> str:
        return str(self.organisation or self.body or "我自己（可以邀请联名）")

    @property
    def kind_label(self) -> str:
        return ProposerKind(self.kind).label

    @property
    def query(self) -> str:
        """As the address of a new draft names it."""
        asked = {"kind": self.kind, "committee": self.committee.pk}
        if self.organisation:
            asked["organisation"] = self.organisation.pk
        if self.body:
            asked["body"] = self.body.pk
        return urlencode(asked)

    @property
    def url(self) -> str:
        return f"{reverse('proposal-new')}?{self.query}"


def voices(user) -> list[Voice]:
    """Every name in which `user` may put a proposal, one's own first; a handful of statements."""
    members = Member.objects.filter(pk__in=user.member_ids.values()).select_related("committee", "sector")
    members = list(members.order_by("pk"))
    own = [Voice(ProposerKind.MEMBER, member.committee, "您签名后提交") for member in members]
    kinds = {body: kind for kind, bodies in BODIES.items() for body in bodies}
    seats = Membership.objects.in_force().filter(member__in=members, body__kind__in=kinds, body__is_active=True)
    found = {seat.body_id: seat.body for seat in seats.select_related("body__committee")}
    signing = {seat.body_id for seat in seats if seat.post in SIGNS_FOR_BODY}
    for member in members:
        if member.sector.is_active:
            found.setdefault(member.sector_id, member.sector)
    bodies = [
        Voice(kinds[body.kind], body.committee, _body_note(body.pk in signing), body=body)
        for body in sorted(found.values(), key=lambda body: (body.committee_id, body.kind, body.pk))
    ]
    spoken = Organisation.objects.filter(
        pk__in=user.organisations_with(Permission.PROPOSAL_SPEAK), kind__in=ORGANISATIONS.values(), is_active=True
    )
    of = {kind: proposer for proposer, kind in ORGANISATIONS.items()}
    organisations = [
        Voice(of[row.kind], row.committee, "由您提交，可附盖章页", organisation=row)
        for row in spoken.select_related("committee").order_by("pk")
    ]
    return list(chain(own, organisations, bodies))


def _body_note(signs):
    return "您签名后提交" if signs else "您起草，请负责人签名后提交"


def readable_by(user) -> QuerySet[Proposal]:
    """What `user` may read of the committees that one belongs to; a superuser everything."""
    rows = Proposal.objects.visible_to(user)
    return rows if user.is_superuser else rows.filter(committee__in=list(user.committee_ids))


def to_sign(user) -> QuerySet[Proposal]:
    """Proposals that wait for the signature of `user`."""
    return Proposal.objects.filter(pk__in=Signature.objects.asked_of(user).values("proposal"))


def to_go_on_with(user) -> QuerySet[Proposal]:
    """The user's own drafts, and what was given back to be completed."""
    return Proposal.objects.filter(drafter=user, state__in=[ProposalState.DRAFT, ProposalState.RETURNED])


def for_lists(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With everything that a row of a list says."""
    rows = rows.select_related("plenary", "sphere", "unit", "organisation", "body")
    rows = rows.defer("situation", "analysis", "points", "public_summary")
    return with_signers(rows)


def with_signers(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With the signatures and whose they are, by one statement."""
    return rows.prefetch_related(Prefetch("signatures", Signature.objects.select_related("member__user")))


def similar_proposals(committee: Committee, text: str, *, but=None, limit: int = 5) -> list[Proposal]:
    """What was proposed in the committee before, in any year, and says much the same; the nearest first.

    One bounded search. Drafts of others and what is kept back with a reason are nobody's to know.
    """
    found = similar.nearest(Proposal, text, scope=committee.pk, limit=4 * limit)
    rows = Proposal.objects.filter(pk__in=found).exclude(state__in=UNSENT).filter(private_reason="")
    rows = rows.select_related("plenary", "unit").in_bulk()
    return [rows[pk] for pk in found if pk in rows and (but is None or pk != but.pk)][:limit]
