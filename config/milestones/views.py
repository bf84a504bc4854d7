from collections import defaultdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.milestones import clock, heartbeat, registry
from config.milestones.models import Milestone, MilestoneState
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
NOTHING = {
    MilestoneState.DEAD: "重试多次仍没有办成的提醒会列在这里，可以排除原因后重试。目前没有。",
    MilestoneState.SKIPPED: "到了时间但不必提醒的会列在这里，写明原因。目前没有。",
    MilestoneState.PENDING: "还没有到时间的提醒会列在这里。目前没有。",
    MilestoneState.DONE: "已经发出的提醒会列在这里。目前没有。",
    MilestoneState.CANCELLED: "因办结、延期等原因取消的提醒会列在这里。目前没有。",
    MAIL: "没有送达的邮件会列在这里，收件人登录后仍能看到通知。目前没有。",
}


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
        {
            "page": page, "tabs": TABS, "chosen": chosen, "mail": chosen == MAIL, "nothing": NOTHING[chosen],
            "tone": tone, "heartbeat": words,
        },
    )  # fmt: skip


def _dress(milestones, user):
    """Give each row its words, and the matter it is about where the user may see it; one query per kind."""
    wanted = defaultdict(set)
    for milestone in milestones:
        wanted[milestone.kind, milestone.subject_type].add(milestone.subject_id)
    found = {}
    for kind, ids in wanted.items():
        visible = registry.matters(*kind, user)
        found[kind] = {} if visible is None else visible.in_bulk(ids)
    for milestone in milestones:
        milestone.label = registry.label_of(milestone.kind)
        milestone.circle_label = registry.circle_label(milestone.kind, milestone.circle)
        milestone.subject = found[milestone.kind, milestone.subject_type].get(milestone.subject_id)
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
        messages.success(request, "已安排重试，半分钟内会再处理一次。")
    return redirect("reminders")
