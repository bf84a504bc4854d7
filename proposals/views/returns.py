"""Pages of 退回、改办、协调会 and 中止: what the desk, the supervisors and the unit do when a case is not going."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.roles import Permission
from proposals import rules
from proposals.forms.handing import (
    ChangeUnitForm,
    CoordinationForm,
    DecideReturnForm,
    PauseForm,
    ReturnRequestForm,
    TakeOnForm,
)
from proposals.models import Assignment, ReturnRequest
from proposals.queries import handing as queries
from proposals.queries.returns import parts_of
from proposals.services import coordination, pauses, returns
from proposals.services.assignments import accept
from proposals.states import AssignmentState


def _get(request, pk, verb=None) -> Assignment:
    rows = Assignment.objects.visible_to(request.user)
    rows = rows.select_related("committee", "unit", "handler", "micro", "proposal__plenary", "lead__unit")
    assignment = get_object_or_404(rows, pk=pk)
    if verb:
        rules.require(verb, request.user, assignment)
    return assignment


def _act(request, assignment, form, do, *, success):
    """Call the service with the form's words: where to go, or None to show the page again with what was typed."""
    if not form.is_valid():
        return None
    done = attempt(
        request, lambda: do(by=request.user, at=timezone.now(), **form.cleaned_data), form=form, success=success
    )
    if isinstance(done, Assignment):
        return redirect(done)
    return redirect(assignment) if done or not form.errors else None


@require_safe
def return_desk(request):
    """Requests to take a proposal back that wait for the desk."""
    if not request.user.committees_with(Permission.MATTER_ASSIGN):
        raise PermissionDenied("退回申请由政协办和提案委的工作人员审批。")
    rows = queries.awaiting_return(request.user).select_related("assignment__unit", "suggested", "asked_by")
    return render(request, "proposals/return_desk.html", {"page": keyset(rows, request)})


def return_ask(request, pk):
    assignment = _get(request, pk, "ask_return")
    form, status = ReturnRequestForm(request.POST or None, assignment=assignment), 200
    if request.method == "POST":
        status = 400
        to = _act(
            request, assignment, form, lambda **said: returns.ask_return(assignment, **said),
            success="退回申请已提交。审批之前仍由本单位负责，请勿自行转送。",
        )  # fmt: skip
        if to:
            return to
    context = {"assignment": assignment, "form": form, "committee": assignment.committee}
    context |= parts_of(assignment, request.user, today=timezone.localdate())
    return render(request, "proposals/return_form.html", context, status=status)


def return_decide(request, pk, asked):
    assignment = _get(request, pk, "decide_return")
    rows = ReturnRequest.objects.select_related("assignment__committee", "suggested", "asked_by", "decided_by")
    row = get_object_or_404(rows, assignment=assignment, pk=asked)
    row.assignment = assignment
    form, status = DecideReturnForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        decide = returns.grant_return if "grant" in request.POST else returns.refuse_return
        to = _act(request, assignment, form, lambda **said: decide(row, **said), success="已审批，承办单位已收到通知。")
        if to:
            return to
    context = {"assignment": assignment, "asked": row, "form": form, "committee": assignment.committee}
    return render(request, "proposals/return_decide.html", context, status=status)


def take_on(request, pk):
    """签收, with who leads and who handles it put right at the same time."""
    assignment = _get(request, pk, "accept")
    form, status = TakeOnForm(request.POST or None, assignment=assignment), 200
    if request.method == "POST":
        status = 400
        to = _act(
            request, assignment, form, lambda **said: accept(assignment, **said),
            success="已签收，请在期限内办理并答复。",
        )  # fmt: skip
        if to:
            return to
    context = {"assignment": assignment, "form": form, "committee": assignment.committee}
    context["may_accept"] = assignment.state == AssignmentState.PENDING
    return render(request, "proposals/handing_take_on.html", context, status=status)


def unit_change(request, pk):
    assignment = _get(request, pk, "change_unit")
    status = 200
    if request.method == "POST":
        form, status = ChangeUnitForm(request.POST, assignment=assignment), 400
        to = _act(
            request, assignment, form, lambda **said: returns.change_unit(assignment, **said),
            success="已改办，两个单位和提交人都已收到通知，期限重新计算。",
        )  # fmt: skip
        if to:
            return to
    else:
        asked = request.GET.get("unit", "")
        units = assignment.committee.organisations.that_handle().filter(is_active=True).exclude(pk=assignment.unit_id)
        picked = (
            units.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
        )
        form = ChangeUnitForm(assignment=assignment, unit=picked)
    context = {"assignment": assignment, "form": form, "committee": assignment.committee}
    context |= parts_of(assignment, request.user, today=timezone.localdate())
    return render(request, "proposals/return_change.html", context, status=status)


def coordination_new(request, pk):
    assignment = _get(request, pk, "coordinate")
    disputes = coordination.disputes_of(assignment)
    form, status = CoordinationForm(request.POST or None, disputes=disputes), 200
    if request.method == "POST":
        status = 400
        to = _act(
            request, assignment, form, lambda **said: coordination.hold(assignment, **said),
            success="协调会已登记，有关单位已收到通知。",
        )  # fmt: skip
        if to:
            return to
    context = {
        "assignment": assignment, "form": form, "disputes": disputes, "committee": assignment.committee,
        "coordinations": assignment.coordinations.select_related("by"),
    }  # fmt: skip
    return render(request, "proposals/coordination_form.html", context, status=status)


def assignment_pause(request, pk):
    assignment = _get(request, pk, "pause")
    form, status = PauseForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        to = _act(
            request, assignment, form, lambda **said: pauses.pause(assignment, **said),
            success="已中止：不计时限，不再提醒，有关人员已收到通知。",
        )  # fmt: skip
        if to:
            return to
    context = {"assignment": assignment, "form": form, "committee": assignment.committee}
    context |= parts_of(assignment, request.user, today=timezone.localdate())
    return render(request, "proposals/return_pause.html", context, status=status)


@require_POST
def assignment_resume(request, pk):
    assignment = _get(request, pk, "pause")
    attempt(
        request,
        lambda: pauses.resume(assignment, by=request.user, at=timezone.now()),
        success="已恢复办理，期限按中止的天数顺延。",
    )
    return redirect(assignment)
