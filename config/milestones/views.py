from collections import defaultdict

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.milestones import clock, heartbeat
from config.milestones.models import Milestone, MilestoneState
from config.milestones.registry import circle_label, label_of
from config.notices.models import Delivery, DeliveryState
from config.paging import keyset
from config.refusals import Refusal

TONES = {
    MilestoneState.PENDING: "info",
    MilestoneState.DONE: "ok",
    MilestoneState.SKIPPED: "closed",
    MilestoneState.CANCELLED: "closed",
    MilestoneState.DEAD: "late",
}
MAIL = "mail"
ORDER = [
    MilestoneState.DEAD,
    MilestoneState.SKIPPED,
    MilestoneState.PENDING,
    MilestoneState.DONE,
    MilestoneState.CANCELLED,
]
TABS = [*((state.value, state.label) for state in ORDER), (MAIL, "邮件未送达")]


@require_safe
def reminders(request):
    """The register of reminders: what failed, what was not told and why, what is still to come."""
    if not (request.user.is_superuser or request.user.reminder_scopes):
        raise PermissionDenied
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in dict(TABS) else MilestoneState.DEAD.value
    if chosen == MAIL:
        dead = Delivery.objects.visible_to(request.user).filter(state=DeliveryState.DEAD)
        page = keyset(dead.select_related("notice__recipient"), request)
    else:
        page = keyset(Milestone.objects.visible_to(request.user).filter(state=chosen), request)
        _dress(page.rows, request.user)
    tone, words = heartbeat.words(timezone.now())
    return render(
        request,
        "milestones/reminders.html",
        {"page": page, "tabs": TABS, "chosen": chosen, "mail": chosen == MAIL, "tone": tone, "heartbeat": words},
    )


def _dress(milestones, user):
    """Give each row its words, and the matter it is about where the user may see it; one query per kind of matter."""
    wanted = defaultdict(set)
    for milestone in milestones:
        wanted[milestone.subject_type].add(milestone.subject_id)
    subjects = {name: apps.get_model(name).objects.visible_to(user).in_bulk(ids) for name, ids in wanted.items()}
    for milestone in milestones:
        milestone.label = label_of(milestone.kind)
        milestone.circle_label = circle_label(milestone.kind, milestone.circle)
        milestone.subject = subjects[milestone.subject_type].get(milestone.subject_id)
        milestone.tone = TONES[milestone.state]
        milestone.may_revive = milestone.state == MilestoneState.DEAD and clock.may_revive(user, milestone)


@require_POST
def revive(request, pk):
    milestone = get_object_or_404(Milestone.objects.visible_to(request.user), pk=pk)
    try:
        clock.revive(milestone, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已安排重试,半分钟内会再处理一次。")
    return redirect("reminders")
