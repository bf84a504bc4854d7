"""履职 on one page each: the member's own year, and the office's desk for the duty of others."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import duty_desk
from members.models import AppraisalResult, Member
from members.queries import scoring
from members.states import AppraisalState, ObjectionState
from workstations.models import DutyTask
from workstations.queries import activities, quotas

SHOWN = 5


@require_safe
def my_duty(request):
    """我的履职: what is to do, the score with its lines, the quotas, the last result; nothing is typed by hand."""
    user, now = request.user, timezone.now()
    today = timezone.localdate(now)
    mine = Member.objects.in_force().filter(user=user).select_related("committee", "sector", "user")
    member = mine.order_by("pk").first()
    if member is None:
        raise Http404
    scheme = scoring.scheme_of(member.committee_id, today.year)
    context = {
        "committee": member.committee,
        "member": member,
        "year": today.year,
        "todo": [_tasks(user), _seats(user, now), _open(user, now)],
        "card": scoring.card(scheme, member) if scheme else None,
        "quotas": quotas.quotas_of(member, today),
        "result": _last_result(user, today),
    }
    return render(request, "home/my_duty.html", context)


def _tasks(user):
    open_ = DutyTask.objects.of(user).open().select_related("rule").order_by("due_on", "pk")[: SHOWN + 1]
    rows = [
        {"title": str(task), "url": task.get_absolute_url(), "due": task.due_on, "why": task.due_why} for task in open_
    ]
    return {
        "title": "要完成的任务",
        "rows": rows[:SHOWN],
        "total": len(rows) if len(rows) <= SHOWN else 0,
        "unit": "项",
        "more": reverse("duty-task-list"),
        "empty": "没有要完成的任务。新任务会发通知，也会列在这里。",
    }


def _seats(user, now):
    rows = [
        {
            "title": seat.activity.title,
            "url": seat.activity.get_absolute_url(),
            "meta": f"{duty_desk.when(seat.activity.starts_at)} {seat.activity.place}",
            "badge": (seat.tone, seat.get_state_display()),
        }
        for seat in activities.my_seats(user, now)[:SHOWN]
    ]
    return {
        "title": "要参加的活动和会议",
        "rows": rows,
        "more": reverse("activity-list"),
        "empty": "近期没有叫到您的会议，也没有报名的活动。",
        "unit": "场",
    }


def _open(user, now):
    rows = [
        {
            "title": activity.title,
            "url": activity.get_absolute_url(),
            "meta": f"{duty_desk.when(activity.starts_at)} {activity.place}",
            "badge": ("info", "可以报名"),
        }
        for activity in activities.open_to(user, now)[:SHOWN]
    ]
    return {"title": "正在报名的活动", "rows": rows, "unit": "场", "empty": "现在没有征集报名的活动。"}


def _last_result(user, today):
    """The newest result that was told, with what the member may still do about it."""
    results = AppraisalResult.objects.filter(member__user=user).exclude(appraisal__state=AppraisalState.FROZEN)
    result = results.select_related("appraisal", "objection").order_by("-appraisal__year").first()
    if result is None:
        return None
    objection, appraisal = getattr(result, "objection", None), result.appraisal
    may_object = objection is None and appraisal.state == AppraisalState.PUBLISHED
    return {
        "result": result,
        "objection": objection,
        "objection_waits": objection is not None and objection.state == ObjectionState.RAISED,
        "may_object": may_object and appraisal.objections_until is not None and appraisal.objections_until >= today,
    }


@require_safe
def duty_office(request):
    """履职管理: every desk that looks after members, bodies, activities, tasks and appraisal, as far as one may."""
    if not duty_desk.looks_after(request.user):
        raise Http404
    context = {
        "title": "履职管理",
        "waiting": duty_desk.waiting(request.user, timezone.localdate()),
        "desks": duty_desk.desks(request.user),
    }
    return render(request, "home/office_desk.html", context)
