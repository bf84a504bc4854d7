"""回头看: which replies are B, where each of them stands, what a campaign takes up."""

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from members.models import Committee
from members.roles import Permission
from proposals.models import Assignment, Cause, LookBackItem, Plenary, Reply
from proposals.states import AssignmentState, LookBackItemState, LookBackState, ReplyGrade, ReplyState

UNSETTLED = (LookBackItemState.WAITING, LookBackItemState.CHECKED)
WITH_PROMISE = (AssignmentState.REPLIED, AssignmentState.MEETING, AssignmentState.FOLLOWING)


def graded_b(rows: QuerySet[Assignment] | None = None) -> QuerySet[Assignment]:
    """Those whose last sent reply is B, with its `b_round`, `b_number`, `promise`, `promised_on`, and `again_on`.

    `again_on` is the new date that was given in the latest look-back at this round, where there was one.
    """
    sent = Reply.objects.filter(round__assignment=OuterRef("pk"), state=ReplyState.SENT).order_by("-round__number")
    explained = LookBackItem.objects.filter(assignment=OuterRef("pk"), round=OuterRef("b_round"))
    rows = Assignment.objects.all() if rows is None else rows
    return rows.annotate(
        last_grade=Subquery(sent.values("grade")[:1]), b_round=Subquery(sent.values("round")[:1]),
        b_number=Subquery(sent.values("round__number")[:1]), promise=Subquery(sent.values("promise")[:1]),
        promised_on=Subquery(sent.values("promised_on")[:1]),
        again_on=Subquery(explained.filter(promised_on__isnull=False).order_by("-pk").values("promised_on")[:1]),
    ).filter(last_grade=ReplyGrade.B)  # fmt: skip


def not_verified(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Of `graded_b` those whose promise nobody has seen kept: followed, not rated yet, or closed without 包落实.

    Who is silent keeps no promise off the list; a case that is handled again is on its way to another reply.
    """
    closed = Q(state=AssignmentState.CLOSED, implemented_at__isnull=True)
    seen = LookBackItem.objects.filter(state=LookBackItemState.VERIFIED, round=OuterRef("b_round"))
    rows = rows.filter(Q(state__in=WITH_PROMISE) | closed, round=F("b_number"))
    return rows.exclude(pk__in=Subquery(seen.values("assignment")))


def to_look_back(committee: Committee, plenary: Plenary | None = None) -> QuerySet[Assignment]:
    """What a campaign of this scope takes up."""
    rows = Assignment.objects.filter(committee=committee)
    if plenary is not None:
        rows = rows.filter(proposal__plenary=plenary)
    return not_verified(graded_b(rows)).order_by("unit", "pk")


def followed(user) -> QuerySet[Assignment]:
    """B 类跟踪: every B of the committees whose matters the user views."""
    return graded_b(Assignment.objects.filter(committee__in=user.committees_with(Permission.MATTER_VIEW)))


def items(campaign, user) -> QuerySet[LookBackItem]:
    """What the user sees of a campaign, with what its lists show."""
    rows = LookBackItem.objects.visible_to(user).filter(campaign=campaign)
    return rows.select_related("assignment__unit", "round__reply")


def progress(items: QuerySet[LookBackItem]) -> list[dict]:
    """For each unit how many of its items are settled, in percent for a bar; the one farthest behind first."""
    settled = Count("pk", filter=~Q(state__in=UNSETTLED))
    rows = items.order_by().values_list("assignment__unit", "assignment__unit__name")
    found = [
        {"unit": unit, "label": f"{name}（{done} / {number}）", "value": round(100 * done / number)}
        for unit, name, number, done in rows.annotate(number=Count("pk"), done=settled)
    ]
    return sorted(found, key=lambda row: (row["value"], row["unit"]))


def causes(items: QuerySet[LookBackItem]) -> list[dict]:
    """Why they were B, the most frequent first."""
    rows = items.exclude(cause="").order_by().values_list("cause").annotate(number=Count("pk"))
    found = [{"label": Cause(cause).label, "value": number} for cause, number in rows]
    return sorted(found, key=lambda row: (-row["value"], row["label"]))


def awaiting_check(user) -> QuerySet[LookBackItem]:
    """B replies that the user's units have still to look at in a running campaign."""
    return LookBackItem.objects.filter(
        state=LookBackItemState.WAITING, campaign__state=LookBackState.OPEN,
        assignment__unit__in=user.organisations_with(Permission.MATTER_HANDLE),
    )  # fmt: skip


def awaiting_end(user) -> QuerySet[LookBackItem]:
    """Checked by their units; the supervisors say how they end."""
    return LookBackItem.objects.filter(
        state=LookBackItemState.CHECKED, campaign__state=LookBackState.OPEN,
        campaign__committee__in=user.committees_with(Permission.MATTER_SUPERVISE),
    )  # fmt: skip
