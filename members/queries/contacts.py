"""Who is meant by a circle, what was kept of what was planned, and whom nobody contacts."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Max, Min, Q, QuerySet

from members.models import (
    OF_ORGANISATIONS,
    BodyKind,
    Circle,
    Committee,
    ContactLink,
    ContactScheme,
    Member,
    Membership,
    Organisation,
    OrganisationKind,
    Party,
    PartyLevel,
    Post,
)

CHAIRS = (Post.CHAIR, Post.VICE_CHAIR, Post.SECRETARY_GENERAL)


def people_of(circle: str, committee: Committee, on: date) -> QuerySet[Member]:
    """The members of a circle that stand in the register on that day."""
    members = Member.objects.filter(committee=committee).in_force(on)
    posts = Membership.objects.in_force(on).filter(body__committee=committee, member__isnull=False)
    narrowed = {
        Circle.CHAIRS: lambda: Q(pk__in=posts.filter(body__kind=BodyKind.CHAIR_MEETING).values("member"))
        | Q(pk__in=posts.filter(post__in=CHAIRS).values("member")),
        Circle.PARTY_LEADERS: lambda: Q(
            pk__in=posts.filter(body__party_level=PartyLevel.LEADING_GROUP).values("member")
        ),
        Circle.DIRECTORS: lambda: Q(
            pk__in=posts.filter(
                body__kind=BodyKind.SPECIAL_COMMITTEE, post__in=(Post.DIRECTOR, Post.DEPUTY)
            ).values("member")
        ),
        Circle.STANDING: lambda: Q(is_standing=True),
        Circle.PARTY_MEMBERS: lambda: Q(party=Party.CPC),
        Circle.OUTSIDE: lambda: ~Q(party__in=(Party.CPC, "")),
        Circle.MEMBERS: Q,
    }  # fmt: skip
    return members.filter(narrowed[circle]()).order_by("sector", "pk")


def circles_of(member: Member, on: date) -> set[str]:
    """In which circles of contacts a member stands on that day; one query."""
    found = {Circle.MEMBERS} | ({Circle.STANDING} if member.is_standing else set())
    if member.party:
        found.add(Circle.PARTY_MEMBERS if member.party == Party.CPC else Circle.OUTSIDE)
    posts = Membership.objects.in_force(on).filter(body__committee=member.committee_id, member=member)
    for kind, level, post in posts.values_list("body__kind", "body__party_level", "post"):
        if kind == BodyKind.CHAIR_MEETING or post in CHAIRS:
            found.add(Circle.CHAIRS)
        if level == PartyLevel.LEADING_GROUP:
            found.add(Circle.PARTY_LEADERS)
        if kind == BodyKind.SPECIAL_COMMITTEE and post in (Post.DIRECTOR, Post.DEPUTY):
            found.add(Circle.DIRECTORS)
    return found


def organisations_of(circle: str, committee: Committee) -> QuerySet[Organisation]:
    kind = OrganisationKind.PARTY_GROUP if circle == Circle.PARTIES else OrganisationKind.TOWN
    return Organisation.objects.of(committee).filter(kind=kind).order_by("pk")


def links_with_record(links: QuerySet[ContactLink], on: date) -> QuerySet[ContactLink]:
    """Each link with `kept` (visits held this year), `last` (day of the last one) and `next` (the next planned day)."""
    standing = Q(visits__withdrawn_why="")
    return links.select_related(
        "scheme", "contact__user", "contact__sector", "to_member__user", "to_member__sector", "to_organisation"
    ).annotate(
        kept=Count("visits", filter=standing & Q(visits__held_on__year=on.year)),
        last=Max("visits__held_on", filter=standing),
        next=Min("visits__planned_on", filter=standing & Q(visits__held_on__isnull=True)),
        missing=F("scheme__visits_a_year") - F("kept"),
    )  # fmt: skip


@dataclass
class Standing:
    """What a scheme came to in a year: visits kept of planned ones, and the gaps."""

    scheme: ContactScheme
    links: int = 0
    kept: int = 0
    reached: int = 0
    lonely: list = field(default_factory=list)
    idle: list = field(default_factory=list)

    @property
    def planned(self) -> int:
        return self.links * self.scheme.visits_a_year

    @property
    def behind(self) -> int:
        return self.links - self.reached


def standings(schemes: list[ContactScheme], on: date) -> list[Standing]:
    """The figures of several schemes of one committee in one query, without the names of gaps."""
    found = {scheme.pk: Standing(scheme) for scheme in schemes}
    links = ContactLink.objects.in_force(on).filter(scheme__in=found).order_by()
    kept = Count("visits", filter=Q(visits__withdrawn_why="", visits__held_on__year=on.year))
    for scheme, number in links.annotate(kept=kept).values_list("scheme", "kept"):
        standing = found[scheme]
        standing.links += 1
        standing.kept += min(number, standing.scheme.visits_a_year)
        standing.reached += number >= standing.scheme.visits_a_year
    return list(found.values())


def gaps(scheme: ContactScheme, on: date) -> Standing:
    """The figures with names: whom nobody contacts, and who of the circle contacts nobody."""
    (standing,) = standings([scheme], on)
    rows = list(
        ContactLink.objects.in_force(on).filter(scheme=scheme).values_list("contact", "to_member", "to_organisation")
    )
    contacts = people_of(scheme.contacts, scheme.committee, on).select_related("user", "sector")
    standing.idle = list(contacts.exclude(pk__in={contact for contact, _, _ in rows}))
    standing.lonely = list(_targets(scheme, on).exclude(pk__in={to or unit for _, to, unit in rows if to or unit}))
    return standing


def _targets(scheme, on):
    if scheme.targets == Circle.PEOPLE:
        return Member.objects.none()
    if scheme.targets in OF_ORGANISATIONS:
        return organisations_of(scheme.targets, scheme.committee)
    return people_of(scheme.targets, scheme.committee, on).select_related("user", "sector")


@dataclass(frozen=True)
class Pair:
    """One link that is proposed; `why` says what the two have in common."""

    contact: Member
    target: Member | Organisation
    why: str


def proposed(scheme: ContactScheme, on: date) -> list[Pair]:
    """For everybody of the target circle who has no contact yet one, as evenly as can be and of the same sector, place
    or special committee where possible. The same register gives the same pairs."""
    contacts = list(people_of(scheme.contacts, scheme.committee, on).select_related("user", "sector"))
    targets = gaps(scheme, on).lonely
    if not contacts or not targets:
        return []
    by_pk = {contact.pk: contact for contact in contacts}
    load = Counter(dict.fromkeys(by_pk, 0))
    held = ContactLink.objects.in_force(on).filter(scheme=scheme, contact__in=by_pk).order_by()
    load.update(dict(held.values_list("contact").annotate(Count("pk"))))
    common = _common(scheme, contacts, targets, on)
    most = -(-(sum(load.values()) + len(targets)) // len(contacts))
    chosen = {}
    for target in targets:
        open_ = [pk for pk in by_pk if pk != target.pk or scheme.targets in OF_ORGANISATIONS]
        room = [pk for pk in open_ if load[pk] < most] or open_
        if room:
            chosen[target.pk] = min(room, key=lambda pk: (-_weight(common, pk, target.pk), load[pk], pk))
            load[chosen[target.pk]] += 1
    _level(chosen, load, common, scheme)
    return [
        Pair(by_pk[chosen[target.pk]], target, _why(common, chosen[target.pk], target.pk))
        for target in targets
        if target.pk in chosen
    ]


WEIGHTS = {"同界别": 4, "同一地方": 2, "同一专委会": 1}


def _common(scheme, contacts, targets, on) -> dict[tuple[int, int], list[str]]:
    """(contact, target) → what they share; nothing for organisations."""
    if scheme.targets in OF_ORGANISATIONS:
        return {}
    bodies = defaultdict(set)
    posts = Membership.objects.in_force(on).filter(
        body__committee=scheme.committee, body__kind=BodyKind.SPECIAL_COMMITTEE, member__isnull=False
    )
    for member, body in posts.values_list("member", "body"):
        bodies[member].add(body)
    shared = defaultdict(list)
    for one in contacts:
        for other in targets:
            if one.sector_id == other.sector_id:
                shared[one.pk, other.pk].append("同界别")
            if one.region_id and one.region_id == other.region_id:
                shared[one.pk, other.pk].append("同一地方")
            if bodies[one.pk] & bodies[other.pk]:
                shared[one.pk, other.pk].append("同一专委会")
    return shared


def _weight(common, contact, target) -> int:
    return sum(WEIGHTS[word] for word in common.get((contact, target), ()))


def _why(common, contact, target) -> str:
    return "、".join(common.get((contact, target), ())) or "按人数均衡"


def _level(chosen, load, common, scheme):
    """Hand over from the fullest to the emptiest contact, what is lost least first, until one apart."""
    while True:
        full, empty = max(load, key=lambda pk: (load[pk], -pk)), min(load, key=lambda pk: (load[pk], pk))
        movable = [
            target for target, contact in chosen.items()
            if contact == full and (target != empty or scheme.targets in OF_ORGANISATIONS)
        ]  # fmt: skip
        if load[full] - load[empty] <= 1 or not movable:
            return
        target = min(movable, key=lambda pk: (_weight(common, full, pk) - _weight(common, empty, pk), pk))
        chosen[target] = empty
        load[full] -= 1
        load[empty] += 1
