"""What the pages of a showcase show: the bar of stages, the tally of votes, what waits for whom."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from members.roles import Permission
from proposals.models import Proposal, Showcase, ShowcaseComment, ShowcaseEntry, Stage
from proposals.states import FILED, CommentState, Satisfaction

TOLD = 5  # comments on the page of the unit


@dataclass(frozen=True)
class Tally:
    """Votes by what they say; the share only from `least` votes on, so that few people decide nothing."""

    counts: dict[str, int]
    least: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def is_enough(self) -> bool:
        return self.total >= self.least

    @property
    def missing(self) -> int:
        return max(0, self.least - self.total)

    @property
    def content(self) -> int:
        """满意 and 基本满意 together."""
        return self.counts[Satisfaction.SATISFIED] + self.counts[Satisfaction.BASIC]

    @property
    def rows(self) -> list[dict]:
        return [{"label": label, "value": self.counts[value]} for value, label in Satisfaction.choices]


def tally(showcase: Showcase) -> Tally:
    votes = showcase.votes.order_by().values_list("satisfaction").annotate(Count("pk"))
    return Tally(Counter(dict(votes)), showcase.proposal.committee.parameter("showcase.least_votes"))


def stage_bar(entries: list[ShowcaseEntry]) -> list[dict]:
    """What is done with its day, what is next; a stage that was passed over is left out."""
    order = Stage.values
    first = {}
    for entry in sorted(entries, key=lambda entry: entry.on):
        first.setdefault(entry.stage, entry.on)
    last = max((order.index(stage) for stage in first), default=-1)
    bar = []
    for place, (stage, label) in enumerate(Stage.choices):
        if stage in first:
            day = first[stage]
            bar.append({"name": label, "state": "done", "when": f"{day.month}月{day.day}日"})
        elif place > last:
            bar.append({"name": label, "state": "now" if place == last + 1 else "next", "when": ""})
    return bar


def kept_by(user):
    """Key proposals whose showcase `user` keeps, with it where there is one and how much waits to be read."""
    rows = Proposal.objects.filter(
        is_key=True, state__in=FILED, committee__in=user.committees_with(Permission.PROPOSAL_REVIEW)
    )
    waiting = Count("showcase__comments", filter=Q(showcase__comments__state=CommentState.WAITING))
    return rows.select_related("showcase", "unit", "plenary").annotate(waiting=waiting)


def awaiting_moderation(user):
    return ShowcaseComment.objects.filter(
        state=CommentState.WAITING,
        showcase__proposal__committee__in=user.committees_with(Permission.PROPOSAL_REVIEW),
    )


def awaiting_answer(user):
    """Shown and not answered, of the proposals that the user's units answer for."""
    return ShowcaseComment.objects.shown().filter(
        answered_at__isnull=True, showcase__proposal__unit__in=user.organisations_with(Permission.MATTER_HANDLE)
    )


@dataclass(frozen=True)
class ForUnit:
    """What people say of a proposal, as the unit sees it beside its case (proposals/_showcase_unit.html)."""

    url: str
    tally: Tally
    unanswered: list[ShowcaseComment]


def for_unit(user, proposal: Proposal | None) -> ForUnit | None:
    """None where there is no public showcase, or `user` does not work for the unit that answers for the proposal."""
    units = user.organisations_with(Permission.MATTER_HANDLE)
    if proposal is None or proposal.unit_id is None or proposal.unit_id not in units:
        return None
    showcase = Showcase.objects.public().filter(proposal=proposal).select_related("proposal__committee").first()
    if showcase is None:
        return None
    unanswered = showcase.comments.shown().filter(answered_at__isnull=True).order_by("pk")[:TOLD]
    return ForUnit(reverse("showcase", args=[proposal.key]), tally(showcase), list(unanswered))
