"""Meetings that a rule makes: each body's draft with the members of its tiers called up, in turns (row 52)."""

from collections import defaultdict
from datetime import datetime, time

from django.utils import timezone

from members.models import Body, Member, Membership
from workstations.cycles import Period
from workstations.models import Activity, ActivityKind, DutyRule, DutyTask
from workstations.services import activities

STARTS, ENDS = time(9), time(11, 30)


def prepare(rule: DutyRule, period: Period, tasks: list[DutyTask], *, at: datetime) -> None:
    """Draft one meeting for each body's task, on the task's due day, and seat those whose turn it is."""
    bodies = Body.objects.in_bulk([task.body_id for task in tasks])
    called = called_by_body(rule, period, bodies)
    for task in tasks:
        task.activity = activities.draft(_meeting(rule, period, task, bodies[task.body_id]), by=None, at=at)
        activities.call(task.activity, called[task.body_id], is_called=True, at=at)
    DutyTask.objects.bulk_update(tasks, ["activity"], batch_size=500)


def _meeting(rule, period, task, body) -> Activity:
    starts, ends = (timezone.make_aware(datetime.combine(task.due_on, clock)) for clock in (STARTS, ENDS))
    return Activity(
        committee_id=rule.committee_id, kind=rule.activity_kind or ActivityKind.COMMITTEE_MEETING, body=body,
        title=f"{body}{rule.name}（{period.label}）"[:100], starts_at=starts, ends_at=ends,
        summary=rule.instructions, is_public=False,
    )  # fmt: skip


def called_by_body(rule: DutyRule, period: Period, bodies) -> dict[int, list[Member]]:
    """Body → members to call up: those who hold a post of the rule's tiers (all without any), the part in turn."""
    serving = Member.objects.in_force()
    posts = Membership.objects.in_force().filter(body__in=bodies, member__in=serving.values("pk"))
    posts = posts.filter(post__in=rule.tiers) if rule.tiers else posts
    everybody = set(posts.values_list("body", "member"))
    if not rule.tiers:
        everybody.update(serving.filter(sector__in=bodies).values_list("sector", "pk"))
    people = serving.in_bulk({member for _, member in everybody})
    by_body = defaultdict(list)
    for body, member in sorted(everybody):
        by_body[body].append(people[member])
    turn = period.number % rule.rotation
    return defaultdict(list, {body: members[turn :: rule.rotation] for body, members in by_body.items()})
