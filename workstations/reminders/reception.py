"""The day before a shift whoever holds it then is reminded."""

from config.milestones.clock import Skip, Tell, handler
from workstations.models import ReceptionShift
from workstations.services import shifts as services


@handler(services.KIND, label="接待值班前一天")
def remind_of_shifts(milestones, at):
    """Asked when the moment has come, so after a swap it is the colleague."""
    shifts = ReceptionShift.objects.select_related("station", "member__user")
    shifts = shifts.in_bulk({m.subject_id for m in milestones})
    answers = {}
    for m in milestones:
        shift = shifts[m.subject_id]
        if shift.cancelled_at is not None:
            answers[m.pk] = Skip("值班已取消")
        elif shift.kept is not None:
            answers[m.pk] = Skip("已登记到岗")
        elif shift.member.user_id is None:
            answers[m.pk] = Skip("值班委员没有账号")
        else:
            answers[m.pk] = Tell(
                {shift.member.user_id}, "shift-eve", f"接待值班：{services.when(shift)}",
                "不能来的，请尽快请同站委员代班。", "/my/shifts/",
            )  # fmt: skip
    return answers
