"""Tables of grids and of postings: hand in, look at the dry run, load; the same flow for both."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.documents.tables import MOST_TOLD
from config.doors import attempt
from workstations.forms.grids import ImportForm
from workstations.gridbook import samples, waiting
from workstations.gridbook.columns import SHAPES, Column, Seat
from workstations.models import GridImport, ImportOf
from workstations.states import ImportState
from workstations.views.grids import managed_committee

RECENT, SHOWN = 5, 50
PAGES = {
    ImportOf.GRIDS: ("grid-import", "grid-list", Column),
    ImportOf.POSTINGS: ("posting-import", "posting-list", Seat),
}


def grid_import(request):
    return _import(request, ImportOf.GRIDS)


def posting_import(request):
    return _import(request, ImportOf.POSTINGS)


def _import(request, of):
    """Take a file: with anything wrong, show all of it and keep nothing; else keep it and show what it would do."""
    committee = managed_committee(request)
    form = ImportForm(request.POST or None, request.FILES or None, of=of)
    plan, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            now, file = timezone.now(), form.cleaned_data["file"]
            plan = attempt(request, lambda: waiting.look(committee, of, file, by=request.user, at=now))
            if plan and plan.is_loadable and (plan.counts["created"] or plan.counts["updated"]):
                handed = attempt(request, lambda: waiting.hand_in(plan, of, file, by=request.user, at=now))
                if handed:
                    return redirect(handed)
            status = 200 if plan and plan.is_loadable else 400
    recent = GridImport.objects.visible_to(request.user).filter(committee=committee, of=of).select_related("by")
    _, back, columns = PAGES[of]
    context = {
        "committee": committee,
        "form": form,
        "plan": plan,
        "faults": plan.all_faults[:MOST_TOLD] if plan else [],
        "of": of,
        "noun": SHAPES[of].noun,
        "columns": [column.value for column in columns],
        "back": reverse(back),
        "recent": recent[:RECENT],
    }
    return render(request, "workstations/grid_import.html", context, status=status)


def _handed(request, pk):
    """The own one: what another clerk has checked, that clerk loads."""
    handed = GridImport.objects.visible_to(request.user).select_related("committee__region", "by")
    return get_object_or_404(handed, pk=pk, by=request.user)


@require_safe
def import_check(request, pk):
    handed = _handed(request, pk)
    page, _, _ = PAGES[handed.of]
    plan = attempt(request, lambda: waiting.look_again(handed, at=timezone.now()))
    if plan is None:
        return redirect(page)
    context = {
        "committee": handed.committee,
        "handed": handed,
        "plan": plan,
        "faults": plan.all_faults[:MOST_TOLD],
        "back": reverse(page),
        "updated": plan.of("updated")[:SHOWN],
        "created": plan.of("created")[:SHOWN],
        "shown": SHOWN,
    }
    return render(request, "workstations/grid_import_check.html", context)


@require_POST
def import_load(request, pk):
    handed = _handed(request, pk)
    page, back, _ = PAGES[handed.of]
    digest = request.POST.get("digest", "")
    plan = attempt(request, lambda: waiting.confirm(handed, digest, by=request.user, at=timezone.now()))
    if plan is None:
        return redirect(handed if handed.state == ImportState.WAITING else page)
    counts = plan.counts
    words = f"已导入：新增 {counts['created']}，更新 {counts['updated']}，无变化 {counts['skipped']}。"
    attempt(request, lambda: True, success=words)
    return redirect(back)


@require_POST
def import_drop(request, pk):
    handed = _handed(request, pk)
    attempt(
        request,
        lambda: waiting.drop(handed, by=request.user, at=timezone.now()),
        success="已放弃，什么都没有导入。",
    )
    return redirect(PAGES[handed.of][0])


@require_safe
def grid_sample(request):
    committee = managed_committee(request)
    return download(samples.grids(committee), "网格表样表.xlsx")


@require_safe
def posting_sample(request):
    managed_committee(request)
    return download(samples.postings(), "派驻表样表.xlsx")
