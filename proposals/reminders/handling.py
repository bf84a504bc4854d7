"""The first talk with who put a proposal is due: its handler and the unit's leader hear of it on the last day."""

from config.milestones.clock import Skip, Tell, handler
from members.queries import holders_by
from members.roles import Permission, Scope
from proposals.models import Assignment


@handler("contact", label="首次联系提案者")
def remind_of_contacts(milestones, at):
    """Who has talked already, or no longer handles the matter, is not reminded."""
    found = Assignment.objects.select_related("unit").in_bulk({m.subject_id for m in milestones})
    leaders = holders_by(Permission.MATTER_SIGN, Scope.ORGANISATION, {a.unit_id for a in found.values()})
    answers = {}
    for m in milestones:
        a = found[m.subject_id]
        if a.contacted_at is not None:
            answers[m.pk] = Skip("已联系提案者")
        elif not a.is_open:
            answers[m.pk] = Skip(f"{a.get_state_display()}，不必再提醒")
        elif a.paused_on is not None:
            answers[m.pk] = Skip("办理中止，不提醒")
        else:
            answers[m.pk] = Tell(
                {a.handler_id} | leaders[a.unit_id],
                "contact-due",
                f"请联系提案者：{a.title}",
                f"首次联系期限 {a.contact_due_on.month}月{a.contact_due_on.day}日，联系后请在交办件里登记。",
                a.get_absolute_url(),
            )
    return answers
