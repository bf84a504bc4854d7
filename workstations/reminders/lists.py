"""A step of a project is due: the leader is told, then who looks after the need."""

from config.milestones.clock import Skip, Tell, handler
from workstations.models import ProjectStep
from workstations.services.lists import keepers
from workstations.services.projects import STEP
from workstations.states import ProjectState

CIRCLES = {"leader": "领办委员", "keeper": "加上站点或政协办"}
LADDER = {-3: "leader", 0: "leader", 3: "keeper"}
"""Days before (−) or after (+) the due day, and how far the word goes."""


@handler(STEP, label="项目步骤", circles=CIRCLES)
def remind_of_steps(milestones, at):
    rows = ProjectStep.objects.select_related("project__leader__user", "project__demand__committee")
    steps = rows.in_bulk({milestone.subject_id for milestone in milestones})
    answers = {}
    for milestone in milestones:
        step = steps.get(milestone.subject_id)
        if step is None or step.done_on or step.project.state != ProjectState.RUNNING:
            answers[milestone.pk] = Skip("步骤已完成或项目已结束，不必再提醒")
            continue
        told = {step.project.leader.user_id}
        if milestone.circle == "keeper":
            told |= keepers(step.project.demand)
        due = step.due_on
        answers[milestone.pk] = Tell(
            told, "project-step-due", f"项目步骤到期：{step}"[:200],
            f"计划 {due.month}月{due.day}日前完成。", step.get_absolute_url(),
        )  # fmt: skip
    return answers
