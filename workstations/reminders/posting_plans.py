"""A run that did not come back: the plan is put back, and who started it is told."""

from config.milestones.clock import Skip, Tell, handler
from workstations.models import PostingPlan
from workstations.services import posting_plans as services


@handler(services.WATCH, label="派驻方案测算超时")
def put_back(milestones, at):
    """Only the run that the milestone was planned for, and only while it still runs."""
    plans = PostingPlan.objects.in_bulk({m.subject_id for m in milestones})
    answers = {}
    for m in milestones:
        plan = plans[m.subject_id]
        if services.fail(plan, run=m.round, words=services.LOST, at=at):
            title = f"派驻方案没有测算成：{plan}"
            recipients = [plan.created_by_id] if plan.created_by_id else []
            answers[m.pk] = Tell(recipients, "posting-plan", title, services.LOST, plan.get_absolute_url())
        else:
            answers[m.pk] = Skip("测算已经结束")
    return answers
