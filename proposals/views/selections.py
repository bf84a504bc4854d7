"""Pages of the choice of key and excellent proposals, and the public list of the excellent ones."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import numbered
from members.models import Committee
from members.roles import Permission
from proposals import rules
from proposals.forms.selections import NominateForm, OpenForm, StepForm
from proposals.models import Plenary, Selection
from proposals.queries import selections as queries
from proposals.services import selections as services
from proposals.states import SelectionStage


def _committee(request) -> Committee:
    """The committee whose proposals this person looks after."""
    found = Committee.objects.manageable_by(request.user, Permission.PROPOSAL_VIEW).select_related("region").first()
    if found is None:
        raise PermissionDenied("提案遴选由提案委和政协办的工作人员办理。")
    return found


def selection_list(request):
    """What is being chosen and what was, and the form that begins a new choice."""
    committee = _committee(request)
    may_open = committee.pk in request.user.committees_with(Permission.PROPOSAL_REVIEW)
    if request.method == "POST" and not may_open:
        raise PermissionDenied("开始遴选由提案委和政协办的工作人员办理。")
    form = OpenForm(request.POST if request.method == "POST" else None, committee=committee) if may_open else None
    if form is not None and form.is_bound and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            request,
            lambda: services.open_selection(given["plenary"], kind=given["kind"], by=request.user, at=timezone.now()),
            form=form,
            success="遴选已开始，请征集候选提案。",
        )
        if made:
            return redirect(made)
    rows = Selection.objects.filter(committee=committee).select_related("plenary")
    context = {
        "committee": committee,
        "rows": rows[:100],
        "form": form,
        "no_plenary": may_open and not Plenary.objects.filter(committee=committee).exists(),
    }
    return render(request, "proposals/selection_list.html", context, status=400 if form and form.is_bound else 200)


def _selection(request, pk) -> Selection:
    held = request.user.committees_with(Permission.PROPOSAL_VIEW)
    rows = Selection.objects.visible_to(request.user).filter(committee__in=held)
    return get_object_or_404(rows.select_related("committee", "plenary"), pk=pk)


@require_safe
def selection(request, pk):
    """One choice: its steps, its candidates, the figures that it has to keep to."""
    return _page(request, _selection(request, pk))


def _page(request, found, *, nominate=None, step=None, status=200):
    rows = queries.candidates(found)
    left = [row for row in rows if not row.dropped_at]
    runs = bool(found.stage) and rules.may("review_proposal", request.user, found)
    if runs and step is None and left:
        step = StepForm(selection=found, candidates=left)
    if runs and nominate is None and found.stage == SelectionStage.COLLECT:
        nominate = NominateForm(initial={"number": request.GET.get("number")})
    done = {row.stage: row for row in found.steps.select_related("by")}
    context = {
        "committee": found.committee,
        "selection": found,
        "steps": _bar(found, done),
        "done": done.values(),
        "left": left,
        "chosen": [row for row in rows if row.is_chosen],
        "dropped": [row for row in rows if row.dropped_at],
        "balance": queries.balance(found),
        "step": step,
        "nominate": nominate,
        "stage_label": SelectionStage(found.stage).label if found.stage else "",
        "is_last": found.stage == found.stages[-1],
    }
    return render(request, "proposals/selection.html", context, status=status)


def _bar(found, done):
    return [
        {
            "name": stage.label,
            "state": "done" if stage in done else "now" if stage == found.stage else "next",
            "when": f"{done[stage].on.month}月{done[stage].on.day}日" if stage in done else "",
        }
        for stage in found.stages
    ]


@require_POST
def nominate(request, pk):
    found = _selection(request, pk)
    form = NominateForm(request.POST)
    if form.is_valid():
        done = attempt(
            request,
            lambda: services.nominate(
                found, form.proposal(found), why=form.cleaned_data["why"], by=request.user, at=timezone.now()
            ),
            form=form,
            success="已列入候选。",
        )
        if done or not form.errors:
            return redirect(found)
    return _page(request, found, nominate=form, status=400)


@require_POST
def step(request, pk, stage):
    """The step of the address is done; one that was done already is not done again."""
    found = _selection(request, pk)
    rules.require("review_proposal", request.user, found)
    left = [row for row in queries.candidates(found) if not row.dropped_at]
    form = StepForm(request.POST, selection=found, candidates=left)
    if form.is_valid():
        given = form.cleaned_data
        done = attempt(
            request,
            lambda: services.finish_step(
                found, stage=stage, on=given["on"], meeting=given["meeting"], words=given["words"],
                judgements=form.judgements(), by=request.user, at=timezone.now(),
            ),
            form=form,
            success="这一步已办完。",
        )  # fmt: skip
        if done:
            return redirect(found)
        if not form.errors and not Selection.objects.filter(pk=found.pk, stage=stage).exists():
            return redirect(found)
    return _page(request, found, step=form, status=400)


@require_safe
@login_not_required
def excellent_list(request, slug):
    """优秀提案, for everybody: plenary by plenary, as far as they are published; two plenaries on a page."""
    committee = get_object_or_404(Committee, slug=slug)
    page = numbered(queries.published(committee), request, per_page=2)
    queries.show(page.rows)
    context = {"committee": committee, "page": page}
    return render(request, "proposals/selection_public.html", context)
