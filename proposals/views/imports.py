"""A table of earlier years' proposals: hand in, look at the dry run, load or drop."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.documents.tables import MOST_TOLD
from config.doors import attempt
from members.models import Committee
from members.roles import Permission
from proposals.forms.imports import ImportForm
from proposals.models import ProposalImport
from proposals.models.plenaries import in_chinese
from proposals.services import imports as services
from proposals.sheets.columns import Column
from proposals.sheets.samples import READ_ME, sample
from proposals.states import ImportState

RECENT, SHOWN = 5, 50


def held_committee(request, permission: Permission) -> Committee:
    """The committee for which this person holds `permission`: the one that the address names, else the first."""
    held = Committee.objects.manageable_by(request.user, permission).select_related("region")
    named = request.GET.get("committee") or request.POST.get("of")
    committee = next((one for one in held if one.slug == named), None) if named else held.first()
    if committee is None:
        raise PermissionDenied
    return committee


def proposal_import(request):
    """Take a file: with anything wrong, show all of it and keep nothing; else keep it and show what it would do."""
    committee = held_committee(request, Permission.PROPOSAL_REVIEW)
    form = ImportForm(request.POST or None, request.FILES or None)
    plan, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            now, file = timezone.now(), form.cleaned_data["file"]
            plan = attempt(request, lambda: services.look(committee, file, by=request.user, at=now))
            if plan and plan.is_loadable and (plan.counts["created"] or plan.counts["updated"]):
                handed = attempt(request, lambda: services.hand_in(plan, file, by=request.user, at=now), form=form)
                if handed:
                    return redirect(handed)
            status = 200 if plan and plan.is_loadable and not form.errors else 400
    recent = ProposalImport.objects.visible_to(request.user).filter(committee=committee).select_related("by")
    context = {
        "committee": committee,
        "form": form,
        "plan": plan,
        "faults": plan.all_faults[:MOST_TOLD] if plan else [],
        "columns": [column.value for column in Column],
        "hints": READ_ME,
        "recent": recent[:RECENT],
    }
    return render(request, "proposals/import_new.html", context, status=status)


def _handed(request, pk):
    """The own one: what another clerk has checked, that clerk loads."""
    handed = ProposalImport.objects.visible_to(request.user).select_related("committee__region", "by")
    return get_object_or_404(handed, pk=pk, by=request.user)


@require_safe
def import_check(request, pk):
    handed = _handed(request, pk)
    plan = attempt(request, lambda: services.look_again(handed, at=timezone.now()))
    if plan is None:
        return redirect("proposal-import")
    context = {
        "handed": handed,
        "plan": plan,
        "faults": plan.all_faults[:MOST_TOLD],
        "sessions": [f"{in_chinese(term)}届{in_chinese(number)}次会议" for term, number in plan.new_sessions],
        "updated": plan.of("updated")[:SHOWN],
        "created": plan.of("created")[:SHOWN],
        "shown": SHOWN,
    }
    return render(request, "proposals/import_check.html", context)


@require_POST
def import_load(request, pk):
    handed = _handed(request, pk)
    digest = request.POST.get("digest", "")
    plan = attempt(request, lambda: services.confirm(handed, digest, by=request.user, at=timezone.now()))
    if plan is None:
        return redirect(handed if handed.state == ImportState.WAITING else "proposal-import")
    counts = plan.counts
    words = f"已导入：新增 {counts['created']}，更新 {counts['updated']}，无变化 {counts['skipped']}。"
    attempt(request, lambda: True, success=words)
    return redirect("proposal-import")


@require_POST
def import_drop(request, pk):
    handed = _handed(request, pk)
    attempt(
        request,
        lambda: services.drop(handed, by=request.user, at=timezone.now()),
        success="已放弃，什么都没有导入。",
    )
    return redirect("proposal-import")


@require_safe
def import_sample(request):
    committee = held_committee(request, Permission.PROPOSAL_REVIEW)
    return download(sample(committee), "历年提案样表.xlsx")
