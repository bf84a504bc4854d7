"""提醒阶梯: the reminders of one case, who was told when, and who will be told."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from config.milestones.models import Milestone, MilestoneState
from config.milestones.registry import circle_label, label_of
from config.notices.models import Notice
from members.roles import Permission
from proposals import rules
from proposals.models import Assignment

NAMED = 5
WIDER = "加上"
"""How the name of a circle begins that adds people to the unit's own."""


@dataclass(frozen=True)
class Rung:
    """One reminder: what of, its moment, and whom it told, tells, or why it told nobody."""

    at: datetime
    what: str
    state: str
    tone: str
    words: str


TONES = {
    MilestoneState.DONE: "ok", MilestoneState.PENDING: "info", MilestoneState.SKIPPED: "closed",
    MilestoneState.DEAD: "late",
}  # fmt: skip


def seen(assignment: Assignment, user) -> list[Rung]:
    """For its unit and for those who view matters; names of officials are not for everybody who reads the case."""
    views = assignment.committee_id in user.committees_with(Permission.MATTER_VIEW)
    return ladder(assignment) if views or rules.may("accept", user, assignment) else []


def ladder(assignment: Assignment) -> list[Rung]:
    """In the order of time; what was called off because the date moved is left out, its place is taken by a new one."""
    rows = Milestone.objects.of(assignment).exclude(state=MilestoneState.CANCELLED).order_by("due_at", "pk")
    rows = list(rows)
    told = _told(rows)
    return [
        Rung(row.due_at, _what(row), row.get_state_display(), TONES[row.state], _words(row, told[row.pk]))
        for row in rows
    ]


def _what(row) -> str:
    return row.words or label_of(row.kind)


def _words(row, names) -> str:
    if row.state == MilestoneState.DONE:
        more = f"等 {len(names)} 人" if len(names) > NAMED else ""
        return f"已提醒{'、'.join(names[:NAMED])}{more}" if names else row.reason or "已提醒"
    if row.state == MilestoneState.PENDING:
        label = circle_label(row.kind, row.circle) if row.circle else ""
        wider = "单位，" if label.startswith(WIDER) else ""
        return f"将提醒{wider}{label}" if label else "到时提醒"
    return row.reason


def _told(rows) -> dict[int, list[str]]:
    keys = {f"milestone:{row.pk}": row.pk for row in rows if row.state == MilestoneState.DONE}
    found = defaultdict(list)
    notices = Notice.objects.filter(key__in=keys).select_related("recipient").order_by("pk")
    for notice in notices:
        found[keys[notice.key]].append(str(notice.recipient))
    return found
