"""督办: the board of 交、督、复, and what was done about one matter."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from members.roles import Permission
from proposals import rules
from proposals.models import Assignment, Supervision
from proposals.states import AssignmentState, SupervisionState

SOON = timedelta(days=7)
SHOWN = 30


@dataclass(frozen=True)
class Column:
    """The first rows of one column; `total` in words, capped, so that a long column costs no count."""

    rows: list
    total: str

    @classmethod
    def of(cls, queryset: QuerySet) -> "Column":
        found = list(queryset[: SHOWN + 1])
        return cls(found[:SHOWN], f"{SHOWN} 件以上" if len(found) > SHOWN else f"{len(found)} 件")


def running(rows: QuerySet[Supervision]) -> QuerySet[Supervision]:
    """Waiting for an answer; a unit that gave the matter back owes none."""
    return rows.filter(state=SupervisionState.OPEN).exclude(assignment__state=AssignmentState.RETURNED)


@dataclass(frozen=True)
class Board:
    """交: late or soon due and not supervised now; 督: waiting for the unit's answer; 复: answered, newest first."""

    handed: Column
    supervised: Column
    answered: Column


def unsupervised(user, today: date) -> QuerySet[Assignment]:
    """Open, neither paused nor waived, late or due within a week, no action open; `acted`: how often one was before."""
    is_open = Supervision.objects.filter(assignment=OuterRef("pk"), state=SupervisionState.OPEN)
    rows = Assignment.objects.filter(committee__in=user.committees_with(Permission.MATTER_VIEW)).open()
    rows = rows.filter(due_on__lte=today + SOON, paused_on__isnull=True, waived_at__isnull=True)
    rows = rows.exclude(Exists(is_open))
    return rows.annotate(acted=Count("supervisions")).order_by("due_on", "pk")


def of_committees(user) -> QuerySet[Supervision]:
    """The actions that those who view matters look over."""
    rows = Supervision.objects.filter(assignment__committee__in=user.committees_with(Permission.MATTER_VIEW))
    return rows.select_related("assignment__unit")


def listed(user) -> QuerySet[Supervision]:
    """What the user looks over, and what the user's units were asked."""
    seen = Q(assignment__committee__in=user.committees_with(Permission.MATTER_VIEW))
    mine = Q(assignment__unit__in=user.organisations_with(Permission.MATTER_HANDLE))
    return Supervision.objects.filter(seen | mine).select_related("assignment__unit")


def board(user, actions: QuerySet[Supervision], today: date, *, unit=None) -> Board:
    """`actions` as filtered; three statements for the three columns."""
    handed = unsupervised(user, today).select_related("unit", "handler")
    if unit is not None:
        handed = handed.filter(unit=unit)
    is_open = running(actions).order_by("answer_due_on", "pk")
    is_answered = actions.filter(state=SupervisionState.ANSWERED).order_by("-answered_at", "-pk")
    return Board(Column.of(handed), Column.of(is_open), Column.of(is_answered))


def of_case(assignment: Assignment, user) -> dict:
    """The context of `proposals/_supervisions.html`: what was done, who may answer, who may begin another."""
    rows = Supervision.objects.filter(assignment=assignment).select_related("by", "answered_by")
    return {
        "supervisions": list(rows),
        "may_answer_supervision": rules.may("accept", user, assignment),
        "may_supervise": rules.may("supervise", user, assignment),
    }


def awaiting_answer(user) -> QuerySet[Supervision]:
    """What the user's units have still to answer, the earliest due first."""
    rows = Supervision.objects.filter(assignment__unit__in=user.organisations_with(Permission.MATTER_HANDLE))
    return running(rows).order_by("answer_due_on", "pk")
