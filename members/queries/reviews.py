"""Who rates a report, and what the sheets say together; never who gave which mark."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from members.models import LEADING_POSTS, Body, BodyKind, BodyReview, Member, Membership, ReviewCriterion
from members.queries.grants import holders
from members.roles import Permission

CENT = Decimal("0.01")


@dataclass(frozen=True)
class CriterionMean:
    name: str
    most: int
    mean: Decimal


def raters(review: BodyReview) -> set[int]:
    """Ids of the users who rate: standing members (or all, as the committee says) and the chair meeting, without
    those who lead the body themselves."""
    committee = review.committee
    members = Member.objects.in_force().filter(committee=committee)
    if committee.parameter("review.raters") == "standing":
        members = members.filter(is_standing=True)
    chairs = Q(body__committee=committee, body__kind=BodyKind.CHAIR_MEETING)
    heads = Q(body=review.body_id, post__in=LEADING_POSTS)
    posts = Membership.objects.in_force().filter(chairs | heads, member__isnull=False)
    people, led = {*members.values_list("user", flat=True), *holders(Permission.TOP_REMINDER, committee)}, set()
    for body, user in posts.values_list("body", "member__user"):
        (led if body == review.body_id else people).add(user)
    return people - led


def leaders(body: Body) -> set[int]:
    """Ids of the users who lead the body today."""
    return leaders_by([body.pk])[body.pk]


def leaders_by(bodies: Iterable[int]) -> dict[int, set[int]]:
    """The same for many bodies at once, in one query."""
    found = defaultdict(set)
    led = Membership.objects.in_force().leading().filter(body__in=bodies, member__isnull=False)
    for body, user in led.values_list("body", "member__user"):
        found[body].add(user)
    return found


def criteria_of(committee) -> list[list]:
    """[[name, most], …]: the committee's own lines, or the usual ones."""
    active = ReviewCriterion.objects.filter(is_active=True).order_by("position", "pk")
    rows = list(active.filter(Q(committee=committee) | Q(committee=None)))
    own = [row for row in rows if row.committee_id] or rows
    return [[row.name, row.most] for row in own]


def means(review: BodyReview) -> list[CriterionMean]:
    """The mean mark of each line, over all sheets."""
    sheets = list(review.ratings.values_list("marks", flat=True))
    return [
        CriterionMean(name, most, mean([Decimal(marks[place]) for marks in sheets]))
        for place, (name, most) in enumerate(review.criteria)
    ]


def mean(values: list[Decimal]) -> Decimal:
    """To two places, halves up; of nothing it is nothing."""
    return (sum(values) / len(values)).quantize(CENT, ROUND_HALF_UP) if values else Decimal("0.00")


def words_of(review: BodyReview) -> list[str]:
    """What the raters wrote, in an order that tells nothing of who or when."""
    return sorted(review.ratings.exclude(words="").values_list("words", flat=True))
