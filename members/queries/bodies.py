"""What the pages of bodies read: the list by kinds, one body with its people, the whole tree as a chart."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, F, Prefetch
from django.utils import timezone

from members.models import KEEPS_TOWNS, Body, BodyKind, Committee, Member, Membership, Standing

SHOWN_SEATS, SHOWN_PAST = 30, 30
MEMBERS = "member"  # the category of those who are members, beside the standings


def kinds(committee: Committee, user) -> list[dict]:
    """One entry a kind: label, value (how many active bodies), url; in the order of the kinds."""
    found = Body.objects.visible_to(user).active().filter(committee=committee).order_by()
    counted = dict(found.values_list("kind").annotate(Count("pk")))
    return [
        {"label": kind.label, "value": counted[kind], "url": f"?kind={kind}"} for kind in BodyKind if counted.get(kind)
    ]


@dataclass(frozen=True)
class Seats:
    """The people of a body: the first ones by rank, how many of each category, and who was here before."""

    now: list[Membership]
    past: list[Membership]
    total: int
    categories: list[dict]  # label, value


def seats_of(body: Body, user) -> Seats:
    """Three statements, however many sit there; one more where people keep contact with towns (`seat.towns`)."""
    today = timezone.localdate()
    seats = Membership.objects.visible_to(user).filter(body=body)
    shown = seats.in_force(today).by_rank().select_related("member__user", "member__sector")
    if body.kind in KEEPS_TOWNS:
        shown = shown.prefetch_related(Prefetch("regions", to_attr="towns"))
    shown = shown[:SHOWN_SEATS]
    ended = seats.filter(until__lt=today).order_by("-until", "-pk").select_related("member__user")[:SHOWN_PAST]
    counts = Counter()
    current = seats.in_force(today).order_by().values_list("standing", "member")
    counts[MEMBERS] = len({member for _, member in current if member})  # who holds two posts is one person
    for standing, member in current:
        if not member:
            counts[standing] += 1
    return Seats(list(shown), list(ended), sum(counts.values()), categories(counts))


def categories(counts: Counter) -> list[dict]:
    """Of what kind the people are (row 188): members first, then the standings, then those of whom it is not said."""
    labels = {MEMBERS: "委员", **dict(Standing.choices), "": "身份未填"}
    return [{"label": label, "value": counts[key]} for key, label in labels.items() if counts[key]]


# --- the chart -----------------------------------------------------------------------------------------------------


@dataclass
class Node:
    """One box of the chart: a kind at the top, below it bodies with their leaders and the number of seats."""

    name: str
    url: str = ""
    meta: str = ""
    leaders: list[str] = field(default_factory=list)
    seats: int = 0
    children: list["Node"] = field(default_factory=list)
    below: int = 0  # bodies below this one, at any depth
    is_open: bool = False


def chart(committee: Committee, user, *, whole: bool = False) -> list[Node]:
    """The tree of a committee in four statements: bodies without a parent stand under their kind.

    Folded below the first bodies (the second, where a kind has one at the top) unless `whole`. Leaders of party
    organisations for those who may know them; a sector counts its members.
    """
    bodies = list(
        Body.objects.visible_to(user).active().filter(committee=committee).order_by("position", "region_id", "pk")
    )
    seats = Membership.objects.visible_to(user).in_force().filter(body__committee=committee, body__is_active=True)
    led = defaultdict(list)
    for seat in seats.leading().by_rank().select_related("member__user").only(
        "body_id", "person_name", "post", "member__user__name"
    ):  # fmt: skip
        led[seat.body_id].append(f"{seat.get_post_display()} {seat.person}")
    counted = dict(seats.order_by().values_list("body").annotate(Count("pk")))
    in_sectors = Member.objects.visible_to(user).filter(committee=committee).in_force().order_by()
    counted |= dict(in_sectors.values_list("sector").annotate(Count("pk")))
    nodes = {
        body.pk: Node(body.name, body.get_absolute_url(), body.feature, led[body.pk], counted.get(body.pk, 0))
        for body in bodies
    }
    roots = defaultdict(list)
    for body in bodies:
        node = nodes[body.pk]
        (nodes[body.parent_id].children if body.parent_id in nodes else roots[body.kind]).append(node)
    tops = [Node(kind.label, children=roots[kind], is_open=True) for kind in BodyKind if roots[kind]]
    for top in tops:
        _count(top, whole)
        if len(top.children) == 1:
            top.children[0].is_open = True
    return tops


def _count(node, whole):
    node.is_open = node.is_open or whole
    node.below = sum(1 + _count(child, whole) for child in node.children)
    return node.below


# --- partner platforms ---------------------------------------------------------------------------------------------


def joint_activities(committee: Committee, user, partners) -> dict[int, list]:
    """Organisation id → the activities that it took part in and `user` may see, the newest first (row 111)."""
    together = committee.activities.visible_to(user).filter(involvements__organisation__in=partners)
    found = defaultdict(dict)
    for activity in together.order_by("-starts_at").annotate(partner=F("involvements__organisation")):
        found[activity.partner].setdefault(activity.pk, activity)
    return {partner: list(activities.values()) for partner, activities in found.items()}
