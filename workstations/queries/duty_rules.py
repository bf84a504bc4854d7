"""How the recurring duty stands: done of owed by rule, body and period, and what a weekly collection brought in."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from workstations.models import DutyRule, DutyTask
from workstations.states import TaskState

DONE = Q(state__in=[TaskState.DONE, TaskState.READ])
OWED = ~Q(state=TaskState.EXCUSED)


@dataclass(frozen=True)
class Standing:
    """Handed in of owed; who is excused is not counted as owing."""

    owed: int = 0
    done: int = 0
    unread: int = 0
    excused: int = 0
    label: str = ""


_COUNTS = {
    "owed": Count("pk", filter=OWED),
    "done": Count("pk", filter=DONE),
    "unread": Count("pk", filter=Q(state=TaskState.DONE)),
    "excused": Count("pk", filter=~OWED),
}


def standings(user, rules) -> dict[int, Standing]:
    """Rule → how its latest period stands, among those whom `user` looks after; one query."""
    tasks = DutyTask.objects.looked_after_by(user).filter(rule__in=[rule.pk for rule in rules])
    latest = tasks.filter(period=F("rule__last_period")).order_by().values("rule", "period_label").annotate(**_COUNTS)
    return {row.pop("rule"): Standing(label=row.pop("period_label"), **row) for row in latest}


def by_body(tasks) -> list[dict]:
    """Done of owed by body, or for members outside of one by sector; the least done first.

    `pk` is that of the body or sector; None for a station.
    """
    groups = tasks.order_by().annotate(
        body_pk=Coalesce("body", "member__sector"),
        group=Coalesce("body__name", "station__name", "member__sector__name"),
    )
    rows = groups.values("body_pk", "group").annotate(**_COUNTS)
    return sorted(rows, key=lambda row: (row["done"] / row["owed"] if row["owed"] else 1, row["group"]))


def in_all(groups: list[dict]) -> Standing:
    """The sum of the rows of `by_body`."""
    return Standing(**{name: sum(group[name] for group in groups) for name in _COUNTS})


def periods(rule: DutyRule) -> list[tuple[str, str]]:
    """(key, label) of the periods that have tasks, the newest first."""
    found = rule.tasks.order_by("-due_on").values_list("period", "period_label", "due_on").distinct()
    return list(dict.fromkeys((key, label) for key, label, _ in found))


def collected(user, rule: DutyRule) -> list[dict]:
    """登记簿: what the number of each period came to, the newest first (row 198)."""
    tasks = DutyTask.objects.looked_after_by(user).filter(DONE, rule=rule)
    rows = tasks.order_by().values("period", "period_label").annotate(
        value=Coalesce(Sum("number"), 0), reports=Count("pk")
    )  # fmt: skip
    return sorted(rows, key=lambda row: row["period"], reverse=True)
