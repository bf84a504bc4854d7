"""Pages of traces: one voice and everything it led to, on one page."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.models import Committee
from members.roles import Permission
from proposals import rules
from proposals.forms.traces import TraceForm, TraceStepForm
from proposals.models import Information, Instruction, Proposal, Trace, TraceStep
from proposals.services import traces as services
from proposals.views.information_desk import committee_of


@require_safe
def trace_list(request):
    committee = committee_of(request)
    rows = Trace.objects.filter(committee=committee).prefetch_related("steps")
    keeps = committee.pk in request.user.committees_with(Permission.INFORMATION_EDIT)
    context = {"committee": committee, "page": keyset(rows, request), "keeps": keeps}
    return render(request, "proposals/trace_list.html", context)


@require_safe
@login_not_required
def trace_public_list(request, slug):
    committee = get_object_or_404(Committee.objects.visible_to(request.user), slug=slug)
    rows = Trace.objects.filter(committee=committee, is_public=True).prefetch_related("steps")
    context = {"committee": committee, "page": keyset(rows, request), "in_public": True}
    return render(request, "proposals/trace_list.html", context)


def _write(request, committee, trace=None):
    form = TraceForm(request.POST or None, instance=trace)
    if request.method == "POST" and form.is_valid():
        title, who = form.cleaned_data["title"], {"by": request.user, "at": timezone.now()}
        do = services.rename if trace else services.begin
        target = {"trace": trace} if trace else {"committee": committee}
        made = attempt(request, lambda: do(**target, title=title, **who), form=form, success="已保存。")
        if made:
            return redirect(made)
    context = {"committee": committee, "form": form, "trace": trace}
    return render(request, "proposals/trace_form.html", context, status=400 if request.method == "POST" else 200)


def trace_new(request):
    return _write(request, committee_of(request, Permission.INFORMATION_EDIT))


def _trace(request, pk, verb=None):
    trace = get_object_or_404(Trace.objects.visible_to(request.user).select_related("committee"), pk=pk)
    if verb:
        rules.require(verb, request.user, trace)
    return trace


def trace_edit(request, pk):
    trace = _trace(request, pk, "keep_trace")
    return _write(request, trace.committee, trace)


@require_safe
@login_not_required
def trace(request, pk):
    return page(request, _trace(request, pk))


def page(request, row, *, form=None, status=200):
    user = request.user
    keeps = rules.may("keep_trace", user, row)
    context = {
        "trace": row, "committee": row.committee, "links": _links(user, row), "keeps": keeps,
        "reads": rules.may("read_information", user, row),
    }  # fmt: skip
    if keeps:
        context["form"] = form or TraceStepForm(prefix="step", committee=row.committee, user=user)
    return render(request, "proposals/trace_detail.html", context, status=status)


def _links(user, row) -> list[dict]:
    """The links in order, each with the rows of ours that this person may open."""
    steps = list(row.steps.select_related("information", "proposal", "instruction"))
    seen = {
        "information": _visible(Information, user, [step.information_id for step in steps]),
        "proposal": _visible(Proposal, user, [step.proposal_id for step in steps]),
        "instruction": _visible(Instruction, user, [step.instruction_id for step in steps]),
    }
    return [
        {
            "step": step,
            "own": [getattr(step, name) for name, keys in seen.items() if getattr(step, f"{name}_id") in keys],
        }
        for step in steps
    ]


def _visible(model, user, keys) -> set[int]:
    keys = {key for key in keys if key}
    return set(model.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


@require_POST
def trace_step(request, pk):
    row = _trace(request, pk, "keep_trace")
    form = TraceStepForm(request.POST, prefix="step", committee=row.committee, user=request.user)
    if form.is_valid():
        who = {"by": request.user, "at": timezone.now()}
        done = attempt(
            request, lambda: services.add(row, **form.cleaned_data, **who), form=form, success="已登记。"
        )  # fmt: skip
        if done or not form.errors:
            return redirect("trace", pk=pk)
    return page(request, row, form=form, status=400)


@require_POST
def trace_step_remove(request, pk, step):
    row = _trace(request, pk, "keep_trace")
    found = get_object_or_404(TraceStep.objects.select_related("trace"), trace=row, pk=step)
    attempt(request, lambda: services.remove(found, by=request.user, at=timezone.now()), success="已删去。")
    return redirect("trace", pk=pk)


@require_POST
def trace_show(request, pk):
    """公开 or 停止公开, by `public=1|0`."""
    row, public = _trace(request, pk, "keep_trace"), request.POST.get("public") == "1"
    attempt(
        request, lambda: services.show(row, public=public, by=request.user, at=timezone.now()),
        success="已公开，人人可以看到。" if public else "已停止公开。",
    )  # fmt: skip
    return redirect("trace", pk=pk)
