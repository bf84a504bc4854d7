"""Each morning the letters of the day before leave the anonymous boxes of a committee."""

from config.milestones.clock import Done, handler
from members.models import Committee
from workstations.services import boxes


@handler(boxes.KIND, label="意见箱送信")
def deliver(milestones, at):
    """However late, everything of the days before; then the next morning is planned."""
    committees = Committee.objects.in_bulk({m.subject_id for m in milestones})
    answers = {}
    for m in sorted(milestones, key=lambda milestone: milestone.subject_id):
        number = boxes.deliver(committees[m.subject_id], at=at)
        answers[m.pk] = Done(f"送达 {number} 封" if number else "没有信")
    return answers
