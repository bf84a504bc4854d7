"""What is due to the supervisors: the answer to an action, the unit's self-check in a look-back."""

from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from members.queries import holders_by
from members.roles import Permission, Scope
from proposals.models import LookBackItem, Supervision
from proposals.states import LookBackItemState, LookBackState, SupervisionKind, SupervisionState

CIRCLES = {"handler": "承办人", "leader": "承办人和单位负责人", "supervisor": "加上督查室和提案委"}
SUPERVISION_LADDER = {-3: "handler", -1: "leader", 0: "leader", 1: "supervisor", 3: "supervisor"}
LOOK_BACK_LADDER = {-7: "handler", -3: "handler", -1: "leader", 0: "leader", 1: "supervisor"}
"""Days before (−) or after (+) the due day, and how far the word goes."""


def _when(due_on, today) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"已逾期 {-days} 天"
    return "今天到期" if days == 0 else f"还有 {days} 天到期"


def _circles(assignments) -> dict[int, dict[str, set[int]]]:
    """Assignment id → circle → user ids; two statements for any number."""
    leaders = holders_by(Permission.MATTER_SIGN, Scope.ORGANISATION, {a.unit_id for a in assignments})
    supervisors = holders_by(Permission.MATTER_SUPERVISE, Scope.COMMITTEE, {a.committee_id for a in assignments})
    found = {}
    for a in assignments:
        leader = {a.handler_id} | leaders[a.unit_id]
        wide = leader | supervisors[a.committee_id]
        found[a.pk] = {"handler": {a.handler_id}, "leader": leader, "supervisor": wide}
    return found


@handler("supervision", label="督办反馈", circles=CIRCLES)
def remind_of_supervisions(milestones, at):
    """Who has answered is not reminded, nor a unit that gave the matter back."""
    today = timezone.localdate(at)
    rows = Supervision.objects.select_related("assignment__unit").in_bulk({m.subject_id for m in milestones})
    circles = _circles({row.assignment for row in rows.values()})
    answers = {}
    for m in milestones:
        row = rows[m.subject_id]
        if row.state != SupervisionState.OPEN:
            answers[m.pk] = Skip("已反馈")
        elif not row.waits:
            answers[m.pk] = Skip("已退回，不必反馈")
        elif row.kind == SupervisionKind.DUNNING and row.assignment.replied_at:
            answers[m.pk] = Skip("已经答复，不再催")
        else:
            answers[m.pk] = Tell(
                circles[row.assignment_id][m.circle], "supervision-due",
                f"{_when(row.answer_due_on, today)}：请反馈{row.get_kind_display()}《{row.assignment}》",
                row.words, row.get_absolute_url(),
            )  # fmt: skip
    return answers


@handler("look-back", label="回头看自查", circles=CIRCLES)
def remind_of_checks(milestones, at):
    """Only what the unit has not looked at, while the campaign runs."""
    today = timezone.localdate(at)
    rows = LookBackItem.objects.select_related("campaign", "assignment__unit")
    rows = rows.in_bulk({m.subject_id for m in milestones})
    circles = _circles({row.assignment for row in rows.values()})
    answers = {}
    for m in milestones:
        row = rows[m.subject_id]
        if row.campaign.state != LookBackState.OPEN or row.state != LookBackItemState.WAITING:
            answers[m.pk] = Skip(f"{row.get_state_display()}，不必提醒")
        else:
            answers[m.pk] = Tell(
                circles[row.assignment_id][m.circle], "look-back-due",
                f"{_when(row.campaign.check_due_on, today)}：请自查《{row.assignment}》",
                row.campaign.name, row.get_absolute_url(),
            )  # fmt: skip
    return answers
