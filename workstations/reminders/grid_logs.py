"""The monthly word to members who serve grids and have told nothing of the month yet (rows 36, 38)."""

from django.urls import reverse
from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from members.models import Committee
from workstations.queries import grids as queries
from workstations.services import grid_moments


@handler(grid_moments.KIND, label="网格月反馈提醒", matters=lambda user: Committee.objects.visible_to(user))
def remind_of_logs(milestones, at):
    """Who is posted and has not told; then plan the next month. A month that can no longer be told is passed over."""
    committees = Committee.objects.in_bulk({m.subject_id for m in milestones})
    today, answers = timezone.localdate(at), {}
    for m in milestones:
        committee, month = committees[m.subject_id], grid_moments.month_of(m.code)
        until = grid_moments.told_until(month, committee)
        people = set(queries.without_log(committee, month).values_list("user", flat=True))
        if today > until:
            answers[m.pk] = Skip("补填期限已过，不再提醒")
        elif not people:
            answers[m.pk] = Skip("进网格的委员都已反馈")
        else:
            name = f"{month.month}月"
            answers[m.pk] = Tell(
                people, "grid-log", f"请用一分钟反馈{name}进网格的情况",
                f"勾选去过的网格，填几个次数就好。{name}的反馈可以填到 {until.month}月{until.day}日。",
                reverse("my-grid"),
            )  # fmt: skip
        grid_moments.plan(committee, at=at, after=month)
    return answers
