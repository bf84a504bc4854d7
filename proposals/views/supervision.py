"""督办: the board of 交、督、复, one action and its answer, and letters for many late matters at once."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from members.roles import Permission
from proposals import rules
from proposals.documents import supervision as documents
from proposals.filters.supervision import SupervisionFilter, SupervisionListFilter
from proposals.forms.supervision import SupervisionAnswerForm, SupervisionForm
from proposals.models import Assignment, Supervision
from proposals.queries import supervision as queries
from proposals.services import supervision as services
from proposals.states import SupervisionKind

SHOWN = ("assignment__unit", "assignment__committee", "assignment__handler", "by", "answered_by")


def _require_view(user):
    if not user.committees_with(Permission.MATTER_VIEW):
        raise PermissionDenied


@require_safe
def supervision_board(request):
    """交、督、复 side by side; what is late and supervised by nobody can be dunned from here."""
    _require_view(request.user)
    today = timezone.localdate()
    filterset = SupervisionFilter(request.GET or None, queryset=queries.of_committees(request.user), request=request)
    unit = filterset.form.cleaned_data.get("unit") if filterset.is_valid() else None
    context = {
        "filterset": filterset,
        "board": queries.board(request.user, filterset.qs, today, unit=unit),
        "may_dun": bool(request.user.committees_with(Permission.MATTER_SUPERVISE)),
        "today": today,
        "most": services.MOST_AT_ONCE,
    }
    return render(request, "proposals/supervision_board.html", context)


@require_safe
def supervision_list(request):
    """Every action, the newest first; a unit's people read what was asked of it."""
    user = request.user
    looks_over = bool(user.committees_with(Permission.MATTER_VIEW))
    if not (looks_over or user.organisations_with(Permission.MATTER_HANDLE)):
        raise PermissionDenied
    filterset = SupervisionListFilter(request.GET or None, queryset=queries.listed(user), request=request)
    context = {
        "filterset": filterset,
        "page": keyset(filterset.qs, request),
        "looks_over": looks_over,
        "waiting": queries.awaiting_answer(user).count(),
    }
    return render(request, "proposals/supervision_list.html", context)


@require_POST
def supervision_dun(request):
    """Letters for those that were ticked; what got none is named with its reason."""
    chosen = [key for key in request.POST.getlist("assignment") if key.isascii() and key.isdigit() and len(key) < 19]
    supervised = request.user.committees_with(Permission.MATTER_SUPERVISE)
    if not supervised:
        raise PermissionDenied
    rows = Assignment.objects.visible_to(request.user).filter(pk__in=chosen, committee__in=supervised)
    rows = rows.select_related("unit", "committee", "handler").order_by("due_on", "pk")
    done = attempt(request, lambda: services.dun(rows, by=request.user, at=timezone.now()))
    if done and done.letters:
        numbers = "、".join(letter.serial for letter in done.letters)
        messages.success(request, f"已发出 {len(done.letters)} 份催办函：{numbers}。")
    for assignment, why in done.refused if done else ():
        messages.warning(request, f"《{assignment}》没有发出：{why}")
    return redirect("supervision-board")


def supervision_new(request, pk):
    """督办 one matter."""
    rows = Assignment.objects.visible_to(request.user).select_related("committee", "unit", "handler")
    assignment = get_object_or_404(rows, pk=pk)
    rules.require("supervise", request.user, assignment)
    today = timezone.localdate()
    usual = SupervisionKind.DUNNING if assignment.is_open and assignment.due_on < today else SupervisionKind.LEADER
    form = SupervisionForm(request.POST or None, initial={"on": today, "kind": usual})
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: services.open_supervision(assignment, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success="已发起督办，承办单位会收到通知。",
        )
        if made:
            return redirect(made)
    context = {
        "assignment": assignment, "form": form, "committee": assignment.committee,
        "workdays": assignment.committee.parameter("supervision.workdays"),
        **queries.of_case(assignment, request.user),
    }  # fmt: skip
    return render(request, "proposals/supervision_form.html", context, status=400 if request.method == "POST" else 200)


def _supervision(request, pk) -> Supervision:
    return get_object_or_404(Supervision.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


def supervision(request, pk):
    """One action; the unit answers here."""
    found = _supervision(request, pk)
    may_answer = rules.may("answer_supervision", request.user, found) and found.waits
    form = SupervisionAnswerForm(request.POST or None)
    if request.method == "POST":
        rules.require("answer_supervision", request.user, found)
        if form.is_valid():
            done = attempt(
                request,
                lambda: services.answer(found, words=form.cleaned_data["answer"], by=request.user, at=timezone.now()),
                form=form,
                success="已反馈，督办部门会收到通知。",
            )
            if done or not form.errors:
                return redirect(found)
    context = {
        "supervision": found, "assignment": found.assignment, "committee": found.assignment.committee,
        "form": form if may_answer else None, "is_letter": found.kind == SupervisionKind.DUNNING,
        "is_appraisal": found.kind == SupervisionKind.APPRAISAL,
    }  # fmt: skip
    return render(request, "proposals/supervision_detail.html", context, status=400 if form.errors else 200)


@require_safe
def supervision_letter(request, pk):
    """催办函 as an official document."""
    found = _supervision(request, pk)
    if found.kind != SupervisionKind.DUNNING:
        raise Http404
    return download(documents.dunning_letter(found), f"{found.serial}.docx")
