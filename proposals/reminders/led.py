"""Leads that come due, and results that wait for the author's word."""

from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from members.queries import holders_by
from members.roles import Permission, Scope
from proposals.models import MicroLead
from proposals.notices.led import leaders_of
from proposals.services import led as services

CIRCLES = {"leader": "领办的机构负责人或委员", "desk": "加上政协办"}
LADDER = {-7: "leader", -1: "leader", 0: "leader", 1: "desk", 7: "desk"}
"""Days before (−) or after (+) the due day, and how far the word goes."""


def _leads(milestones):
    rows = MicroLead.objects.select_related("micro__author", "member", "body")
    return rows.in_bulk({m.subject_id for m in milestones})


@handler(services.KIND, label="微建议领办", circles=CIRCLES)
def remind_of_leads(milestones, at):
    """Who leads still owes a result; late, the desk hears of it too."""
    today = timezone.localdate(at)
    leads = _leads(milestones)
    people = leaders_of(leads.values())
    desks = holders_by(Permission.MATTER_ASSIGN, Scope.COMMITTEE, {lead.scope for lead in leads.values()})
    answers = {}
    for m in milestones:
        lead = leads[m.subject_id]
        if not lead.is_open:
            answers[m.pk] = Skip("领办已经完成或收回")
            continue
        told = people[lead.pk] | (desks[lead.scope] if m.circle == "desk" or not people[lead.pk] else set())
        answers[m.pk] = Tell(
            told, "lead-due", f"{_when(lead.due_on, today)}：请写明领办结果《{lead.micro.title}》",
            f"由{lead.leader}领办。", lead.get_absolute_url(),
        )  # fmt: skip
    return answers


@handler(services.RATING, label="评价领办结果")
def ask_for_ratings(milestones, at):
    """The time to rate is over and nothing was said: ask once more; silence is not 满意."""
    leads = _leads(milestones)
    answers = {}
    for m in milestones:
        lead = leads[m.subject_id]
        if not lead.is_unrated:
            answers[m.pk] = Skip("已评价或已收回")
        else:
            answers[m.pk] = Tell(
                {lead.micro.author.user_id}, "lead-rating-due", f"请评价领办结果：《{lead.micro.title}》",
                "不评价不会算作满意，这件事会一直保留在待评价中。", lead.micro.get_absolute_url(),
            )  # fmt: skip
    return answers


def _when(due_on, today) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"已逾期 {-days} 天"
    return "今天到期" if days == 0 else f"还有 {days} 天到期"
