"""Pages of 交办会: the meetings, one with its lines and checks, one proposal's units; and 交办 of one proposal."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset, numbered
from members.models import Committee, Organisation
from members.roles import Permission
from proposals import rules
from proposals.documents import handing as documents
from proposals.filters.handing import HandingFilter
from proposals.forms.handing import LineForm, MeetingForm, ProposalAssignForm
from proposals.models import Handing, HandingMeeting, Proposal
from proposals.queries import handing as queries
from proposals.queries.unit_hint import unit_hint
from proposals.services import handing as services
from proposals.states import AssignmentRole, AssignmentState, HandingState, ProposalState


def _committee(request) -> Committee:
    committee = Committee.objects.manageable_by(request.user, Permission.MATTER_ASSIGN).first()
    if committee is None:
        raise PermissionDenied("交办由政协办和提案委的工作人员办理。")
    return committee


def _meeting(request, pk) -> HandingMeeting:
    rows = HandingMeeting.objects.visible_to(request.user).select_related("committee", "plenary")
    return get_object_or_404(rows, pk=pk)


@require_safe
def meeting_list(request):
    committee = _committee(request)
    rows = HandingMeeting.objects.visible_to(request.user).select_related("plenary")
    context = {
        "committee": committee,
        "page": keyset(rows, request),
        "waiting": queries.awaiting_handing(request.user).count(),
        "returns": queries.awaiting_return(request.user).count(),
    }
    return render(request, "proposals/handing_list.html", context)


def meeting_new(request):
    committee = _committee(request)
    return _edit(request, HandingMeeting(committee=committee), committee)


def meeting_edit(request, pk):
    meeting = _meeting(request, pk)
    rules.require("plan_handing", request.user, meeting)
    return _edit(request, meeting, meeting.committee)


def _edit(request, meeting, committee):
    form, status = MeetingForm(request.POST or None, instance=meeting, committee=committee), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            kept = attempt(
                request,
                lambda: services.keep_meeting(form.instance, by=request.user, at=timezone.now()),
                form=form,
                success="已保存。",
            )
            if kept:
                return redirect(kept)
    is_new = meeting.pk is None
    back = reverse("handing-meetings") if is_new else reverse("handing-meeting", args=[meeting.pk])
    context = {"form": form, "committee": committee, "is_new": is_new, "back": back}
    return render(request, "proposals/handing_form.html", context, status=status)


@require_safe
def meeting(request, pk):
    """Its lines with what stands against them, then what is filed and not planned yet."""
    found = _meeting(request, pk)
    plans = queries.plans_of(found, today=timezone.localdate(), to_list=True)
    lines = [line for plan in plans for line in plan.lines]
    waiting = [plan for plan in plans if plan.waiting]
    rows = queries.not_planned(found).select_related("sphere", "plenary").defer("situation", "analysis", "points")
    filterset = HandingFilter(request.GET or None, queryset=rows, committee=found.committee)
    context = {
        "meeting": found,
        "committee": found.committee,
        "plans": numbered(sorted(plans, key=_first_wrong), request, per_page=30),
        "figures": {
            "done": sum(line.state == HandingState.DONE for line in lines),
            "refused": sum(line.state == HandingState.REFUSED for line in lines),
            "planned": sum(line.state == HandingState.PLANNED for line in lines),
            "all": len(lines),
        },
        "waiting": len(waiting),
        "not_ready": sum(not plan.is_ready for plan in waiting),
        "units": _units(lines),
        "filterset": filterset,
        "page": keyset(filterset.qs, request),
        "may_plan": rules.may("plan_handing", request.user, found),
    }
    return render(request, "proposals/handing_meeting.html", context)


def _first_wrong(plan):
    """What has to be put right stands on top, what is done at the foot."""
    return (not plan.waiting, plan.is_ready, plan.proposal.number or 0, plan.proposal.pk)


def _units(lines):
    """The units that were handed something, by name, with how much: each gets one notice."""
    found = {}
    for line in lines:
        if line.state == HandingState.DONE:
            found.setdefault(line.unit_id, [line.unit, 0])[1] += 1
    return sorted(found.values(), key=lambda row: row[0].name)


def meeting_proposal(request, pk, key):
    """The units of one proposal in a meeting: what is planned, a hint from past cases, one more."""
    found = _meeting(request, pk)
    rules.require("plan_handing", request.user, found)
    rows = Proposal.objects.filter(
        committee=found.committee_id, is_imported=False, state__in=[ProposalState.FILED, ProposalState.ASSIGNED]
    )
    proposal = get_object_or_404(rows.select_related("plenary", "sphere", "committee"), key=key)
    plan = next(iter(queries.plans_of(found, today=timezone.localdate(), only=proposal)), None)
    form, status = LineForm(request.POST or None, committee=found.committee, initial=_picked(request, plan)), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            made = attempt(
                request,
                lambda: services.plan_line(found, proposal, by=request.user, at=timezone.now(), **form.cleaned_data),
                form=form,
                success="已列上，交办时一并下达。",
            )
            if made:
                return redirect(_after(request, found, proposal))
    context = {
        "meeting": found, "committee": found.committee, "proposal": proposal, "plan": plan, "form": form,
        "hint": unit_hint(proposal, today=timezone.localdate()), "next": _next(found, proposal),
        "live": queries.live_of(proposal),
    }  # fmt: skip
    return render(request, "proposals/handing_proposal.html", context, status=status)


def _picked(request, plan):
    """A hint that was taken up by its button, and the part that is still free."""
    has_lead = plan is not None and any(line.role == AssignmentRole.LEAD for line in plan.lines)
    return {"unit": _number(request.GET.get("unit")), "role": AssignmentRole.CO if has_lead else AssignmentRole.LEAD}


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _next(meeting, proposal):
    """The next one that is not planned, so that a pile is worked through page by page."""
    rows = queries.not_planned(meeting).exclude(pk=proposal.pk).order_by("number", "pk")
    return rows.only("key", "title").first()


def _after(request, meeting, proposal):
    following = _next(meeting, proposal) if "next" in request.POST else None
    if following:
        return reverse("handing-proposal", args=[meeting.pk, following.key])
    if "next" in request.POST:
        return reverse("handing-meeting", args=[meeting.pk])
    return reverse("handing-proposal", args=[meeting.pk, proposal.key])


@require_POST
def line_drop(request, pk, line):
    found = _meeting(request, pk)
    row = get_object_or_404(Handing.objects.select_related("meeting", "proposal", "unit"), meeting=found, pk=line)
    attempt(request, lambda: services.drop_line(row, by=request.user, at=timezone.now()), success="已取消。")
    return redirect("handing-proposal", pk=pk, key=row.proposal.key)


@require_POST
def hand_over(request, pk):
    found = _meeting(request, pk)
    result = attempt(request, lambda: services.hand_over(found, by=request.user, at=timezone.now()))
    if result and result.done:
        messages.success(request, f"已交办 {result.done} 项，承办单位和提案者已收到通知。")
    if result and result.refused:
        messages.warning(request, f"{result.refused} 项未能交办，原因写在各项下面，改好后可以再交办一次。")
    return redirect(found)


@require_safe
def meeting_notice(request, pk, unit):
    found = _meeting(request, pk)
    rows = Organisation.objects.filter(committee=found.committee_id)
    to = get_object_or_404(rows, pk=unit)
    if not found.lines.filter(unit=to, state=HandingState.DONE).exists():
        raise Http404
    return download(documents.meeting_notice(found, to), f"交办通知-{to}.docx")


def proposal_assign(request, key):
    """五定 for one proposal outside a meeting: its lead unit, or one more beside it."""
    rows = Proposal.objects.visible_to(request.user).select_related("committee", "plenary")
    proposal = get_object_or_404(rows, key=key)
    rules.require("assign_proposal", request.user, proposal)
    if proposal.state not in (ProposalState.FILED, ProposalState.ASSIGNED):
        messages.error(request, f"“{proposal.get_state_display()}”的提案不能交办。")
        return redirect(proposal)
    committee, live = proposal.committee, queries.live_of(proposal)
    status = 200
    if request.method == "POST":
        form, status = ProposalAssignForm(request.POST, committee=committee, role=_role(request.POST, live)), 400
        if form.is_valid():
            done = attempt(
                request,
                lambda: services.hand_one(proposal, by=request.user, at=timezone.now(), **form.cleaned_data),
                form=form,
                success="已交办，承办单位和提案者已收到通知。",
            )
            if done:
                return redirect("proposal-assign", key=key) if done.role == AssignmentRole.SEPARATE else redirect(done)
            if not form.errors:
                return redirect("proposal-assign", key=key)
    else:
        unit = committee.organisations.that_handle().filter(pk=_number(request.GET.get("unit"))).first()
        form = ProposalAssignForm(committee=committee, unit=unit, role=_role(request.GET, live))
    context = {
        "proposal": proposal, "committee": committee, "form": form, "live": live, "roles": AssignmentRole.choices,
        "hint": unit_hint(proposal, today=timezone.localdate()),
        "returned": proposal.assignments.filter(state=AssignmentState.RETURNED).select_related("unit"),
    }  # fmt: skip
    return render(request, "proposals/handing_assign.html", context, status=status)


def _role(given, live):
    """The part asked for, or the one that fits what there is: beside a lead unit a co-unit."""
    if given.get("role") in AssignmentRole.values:
        return given["role"]
    had = {assignment.role for assignment in live}
    if AssignmentRole.SEPARATE in had:
        return AssignmentRole.SEPARATE
    return AssignmentRole.CO if AssignmentRole.LEAD in had else AssignmentRole.LEAD
