"""What happens when a moment of an outcome or of its task has come; the clock (config.milestones) asks with a batch."""

from django.utils import timezone

from config.milestones.clock import Done, Skip, Tell, handler
from config.refusals import WrongState
from consultation.models import Outcome, OutcomeTask
from consultation.services import outcomes as services
from consultation.states import OutcomeState, TaskState
from members.queries import holders_by
from members.roles import Permission, Scope

CIRCLES = {"responsible": "责任人", "staff": "加上政协办"}
LADDER = {-7: "responsible", -3: "responsible", -1: "responsible", 0: "responsible", 1: "staff", 3: "staff", 7: "staff"}


@handler(services.ROUTING, label="协商成果转办")
def route_outcomes(milestones, at):
    """Route what was classified. A failure is raised: the clock tries again and in the end shows it on a staff page."""
    rows = Outcome.objects.select_related("committee", "consultation__topic__suggested_by__user", "classified_by")
    outcomes, answers = rows.in_bulk({m.subject_id for m in milestones}), {}
    for m in milestones:
        outcome = outcomes[m.subject_id]
        if outcome.state != OutcomeState.CLASSIFIED:
            answers[m.pk] = Skip(f"“{outcome.get_state_display()}”，不必再转办")
            continue
        if outcome.classification != m.round:
            answers[m.pk] = Skip("已重新分类")
            continue
        try:
            services.route(outcome, by=None, at=at)
        except WrongState as refusal:
            answers[m.pk] = Skip(str(refusal))
        else:
            answers[m.pk] = Done(outcome.destination)
    return answers


@handler(services.LOOKING, label="协商成果再看")
def ask_to_look(milestones, at):
    """The date of a B or C outcome has come: who is responsible and the staff look again."""
    outcomes = Outcome.objects.in_bulk({m.subject_id for m in milestones})
    staff = _staff(outcomes.values())
    answers = {}
    for m in milestones:
        outcome = outcomes[m.subject_id]
        if outcome.state != OutcomeState.ROUTED:
            answers[m.pk] = Skip(f"“{outcome.get_state_display()}”，不必再看")
        else:
            answers[m.pk] = Tell(
                staff[outcome.committee_id] | {outcome.responsible_id},
                "outcome-look",
                f"今天请再看：{outcome}",
                "看看有没有新的进展：已落实的登记落实，还没有的定下次再看的日期。",
                outcome.get_absolute_url(),
            )
    return answers


@handler(services.TASK, label="成果任务", circles=CIRCLES)
def remind_of_tasks(milestones, at):
    """The ladder of a task: first who is responsible, late also the staff."""
    today = timezone.localdate(at)
    tasks = OutcomeTask.objects.select_related("outcome").in_bulk({m.subject_id for m in milestones})
    staff = _staff(tasks.values())
    answers = {}
    for m in milestones:
        task = tasks[m.subject_id]
        if task.state != TaskState.OPEN:
            answers[m.pk] = Skip(f"{task.get_state_display()}，不必再提醒")
            continue
        people = {task.responsible_id} | (staff[task.committee_id] if m.circle == "staff" else set())
        days = (task.due_on - today).days
        when = f"已逾期 {-days} 天" if days < 0 else f"还有 {days} 天到期" if days else "今天到期"
        answers[m.pk] = Tell(
            people, "outcome-task-due", f"{when}：{task.get_kind_display()}", task.outcome.text, task.get_absolute_url()
        )
    return answers


def _staff(things):
    return holders_by(Permission.CONSULTATION_MANAGE, Scope.COMMITTEE, {thing.committee_id for thing in things})
