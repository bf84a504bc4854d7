"""Instructions of which nobody has noted down yet what followed."""

from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from members.queries import holders_by
from members.roles import Permission, Scope
from proposals.models import Instruction
from proposals.services import instructions as services


@handler(services.KIND, label="批示落实")
def ask_what_followed(milestones, at):
    """The time is over and no line stands under it: ask the register once."""
    rows = Instruction.objects.prefetch_related("steps").in_bulk({m.subject_id for m in milestones})
    desks = holders_by(Permission.INFORMATION_EDIT, Scope.COMMITTEE, {row.scope for row in rows.values()})
    answers = {}
    for m in milestones:
        row = rows.get(m.subject_id)
        if row is None or row.steps.all():
            answers[m.pk] = Skip("已登记落实情况，或批示登记已撤销")
            continue
        days = (timezone.localdate(at) - row.on).days
        title = f"批示已 {days} 天，还没有登记落实情况：{row.leader_name}（{row.leader_post}）"
        answers[m.pk] = Tell(
            desks[row.scope], "instruction-due", title, "请向承办的单位了解，登记后来怎么落实；反映人会收到通知。",
            row.get_absolute_url(),
        )  # fmt: skip
    return answers
