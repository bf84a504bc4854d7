"""The public front page of one committee: what is being discussed, what is planned, where to go, what became of it."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.duty_desk import when
from consultation.models import AnnualPlan, Consultation, Outcome
from consultation.states import ConsultationState, OutcomeClass, OutcomeState
from members.models import Committee
from proposals.models import MicroProposal, Proposal
from proposals.states import MicroState
from workstations.models import Activity, Workstation
from workstations.queries.stations import coverage

EVERYBODY = AnonymousUser()  # staff see here what a visitor sees
SHOWN = 5


@login_not_required
@require_safe
def committee_home(request, slug):
    committees = Committee.objects.visible_to(request.user).select_related("region")
    committee = get_object_or_404(committees, slug=slug)
    today = timezone.localdate()
    plans = AnnualPlan.objects.visible_to(EVERYBODY).current().filter(committee=committee).select_related("committee")
    plan = plans.order_by("-year").first()
    context = {
        "committee": committee,
        "now": [_running(committee)],
        "later": [_planned(committee, plan, today)],
        "proposed": [_proposed(committee)],
        "settled": [_settled(committee)],
        "carried_out": [_carried_out(committee)],
        "nearby": [_stations(committee)],
        "doing": [_activities(committee)],
        "coverage": coverage(committee),
    }
    return render(request, "home/committee.html", context)


def _running(committee):
    running = Consultation.objects.visible_to(EVERYBODY).filter(committee=committee, state=ConsultationState.RUNNING)
    return {
        "title": "正在商量",
        "rows": [
            {"title": row.title, "url": row.public_url, "meta": row.get_form_display(), "badge": ("info", "进行中")}
            for row in running.select_related("committee").order_by("-pk")[:SHOWN]
        ],
        "more": reverse("consultation-public-list", args=[committee.slug]),
        "empty": "现在没有公开进行的协商。下一次开始后，收集到什么、商量到哪一步，都会显示在这里。",
    }


def _planned(committee, plan, today):
    """The items that are still to come this year; of another year's plan, all."""
    items = plan.items.standing().order_by("month", "position") if plan else []
    if plan and plan.year == today.year:
        items = items.filter(month__gte=today.month)
    url = plan.public_url if plan else ""
    return {
        "title": f"{plan.year} 年计划商量" if plan else "今年计划商量",
        "rows": [
            {
                "title": item.title,
                "url": plan.public_url,
                "meta": f"{item.get_month_display()} · {item.get_form_display()}",
            }
            for item in items[:SHOWN]
        ],
        "more": url,
        "empty": "后面的月份没有安排议题，已经安排的见计划。"
        if plan
        else "年度协商计划印发后，每月商量什么会列在这里。",
    }


def _stations(committee):
    stations = Workstation.objects.visible_to(EVERYBODY).filter(committee=committee).select_related("region__parent")
    return {
        "title": "就近找委员",
        "rows": [
            {"title": row.name, "url": row.get_absolute_url(), "meta": f"{row.place} {row.opening_hours}"}
            for row in stations.order_by("-pk")[:SHOWN]
        ],
        "more": reverse("station-list", args=[committee.slug]),
        "empty": "委员工作室开设后，地址和开放时间会列在这里。",
    }


def _activities(committee):
    """What members do where people may look on: the next ones, then the last ones."""
    shown = Activity.objects.visible_to(EVERYBODY).filter(committee=committee).order_by("-starts_at")
    return {
        "title": "委员在行动",
        "rows": [
            {
                "title": row.title,
                "url": row.get_absolute_url(),
                "meta": f"{when(row.starts_at)} {row.place}",
                "badge": (row.tone, row.get_state_display()),
            }
            for row in shown[:SHOWN]
        ],
        "more": reverse("activity-public-list", args=[committee.slug]),
        "empty": "委员的调研、走访、讲堂等活动公开后，会列在这里。",
    }


def _proposed(committee):
    """Proposals whose replies are public, the newest first."""
    shown = Proposal.objects.public().filter(committee=committee).select_related("plenary", "unit")
    return {
        "title": "公开的提案",
        "rows": [
            {
                "title": row.title,
                "url": row.get_absolute_url(),
                "meta": f"{row.serial} {row.unit or ''}",
                "badge": (row.tone, row.get_state_display()),
            }
            for row in shown.order_by("-pk")[:SHOWN]
        ],
        "more": reverse("proposal-public-list", args=[committee.slug]),
        "empty": "提案答复并决定公开后，谁在办、办得怎样会列在这里。",
    }


def _settled(committee):
    """Micro-proposals that were settled and made public."""
    closed = MicroProposal.objects.visible_to(EVERYBODY).filter(committee=committee, state=MicroState.CLOSED)
    return {
        "title": "办成的微建议",
        "rows": [
            {"title": row.title, "url": row.get_absolute_url(), "meta": row.serial, "badge": ("ok", "已办结")}
            for row in closed.order_by("-pk")[:SHOWN]
        ],
        "more": reverse("micro-public-list", args=[committee.slug]),
        "empty": "委员的微建议办结并公开后，会列在这里。",
    }


def _carried_out(committee):
    done = Outcome.objects.visible_to(EVERYBODY).filter(committee=committee, state=OutcomeState.DONE)
    done = done.exclude(outcome_class=OutcomeClass.C)  # was only explained
    return {
        "title": "落实的协商成果",
        "rows": [
            {
                "title": str(row),
                "url": row.consultation.public_url,
                "meta": row.consultation.title,
                "badge": ("ok", "已落实"),
            }
            for row in done.select_related("consultation__committee").order_by("-pk")[:SHOWN]
        ],
        "more": reverse("consultation-public-list", args=[committee.slug]),
        "empty": "协商成果转办并落实后，会列在这里。",
    }
