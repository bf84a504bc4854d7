"""Appointments that run out: told to the office and to the leaders of the body before it happens (rows 169, 182)."""

from collections import defaultdict
from datetime import date

from django.db.models import Q
from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from members.models import Body, Membership
from members.queries import holders_by
from members.roles import Permission, Scope
from members.services.body_seats import EXPIRY, end_of

CIRCLES = {"office": "政协办", "leader": "政协办和机构负责人"}
# Days before the end of an appointment, and how far the word goes.
LADDER = {-60: "leader", -30: "leader", -7: "leader"}


@handler(EXPIRY, label="聘期届满", circles=CIRCLES)
def remind_of_expiry(milestones, at):
    """One word for all whose appointment ends on the same day; who has left or was appointed anew is not counted."""
    today = timezone.localdate(at)
    bodies = Body.objects.in_bulk({m.subject_id for m in milestones})
    ending = _ending(bodies, {end_of(m.round) for m in milestones})
    office = holders_by(Permission.PEOPLE_MANAGE, Scope.COMMITTEE, {body.committee_id for body in bodies.values()})
    leaders = _leaders(bodies, today)
    answers = {}
    for m in milestones:
        body, end = bodies[m.subject_id], end_of(m.round)
        people = ending[body.pk, end]
        told = office[body.committee_id] | (leaders[body.pk] if m.circle == "leader" else set())
        if not people:
            answers[m.pk] = Skip("这一天届满的人员都已续聘或卸任，不必提醒")
        elif not told:
            answers[m.pk] = Skip("没有可以提醒的人")
        else:
            words = f"{'、'.join(people[:5])}{'等' if len(people) > 5 else ''}，{len(people)} 人。请续聘或办理卸任。"
            title = f"{body}有 {len(people)} 人的聘期还有 {(end - today).days} 天届满"
            answers[m.pk] = Tell(told, EXPIRY, title, words, body.get_absolute_url())
    return answers


def _ending(bodies, ends):
    """(body, end) → names of the people whose last seat there ends on that day."""
    rows = Membership.objects.filter(body__in=bodies).filter(Q(until__isnull=True) | Q(until__gte=min(ends)))
    last = {}
    for row in rows.select_related("member__user").order_by("pk"):
        key = row.body_id, row.member_id or (row.person_name, row.person_title)
        if key not in last or (row.until or date.max) >= (last[key].until or date.max):
            last[key] = row
    ending = defaultdict(list)
    for row in last.values():
        ending[row.body_id, row.until].append(row.person)
    return ending


def _leaders(bodies, today):
    leaders = defaultdict(set)
    seats = Membership.objects.in_force(today).leading().filter(body__in=bodies, member__isnull=False)
    for body, user in seats.values_list("body", "member__user"):
        leaders[body].add(user)
    return leaders
