"""花名册: hand in, look at the dry run, load; and out again."""

from base64 import b64encode

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.documents.sheet import csv_lines
from config.doors import attempt
from members.forms.people import RosterForm
from members.models import RosterImport
from members.roster import export as exporting
from members.roster import waiting, write
from members.roster.columns import Column
from members.states import RosterState
from members.views.people import managed_committee

RECENT = 5
SLIP = ["姓名", "手机号", "用户名", "一次性密码", "界别"]


def people_import(request):
    """Take a file: with anything wrong, show all of it and keep nothing; else keep it and show what it would do."""
    committee = managed_committee(request)
    form = RosterForm(request.POST or None, request.FILES or None, user=request.user, committee=committee)
    plan = None
    if form.is_valid():
        now, file, committee = timezone.now(), form.cleaned_data["file"], form.cleaned_data["committee"]
        plan = attempt(request, lambda: waiting.look(committee, file, by=request.user, at=now))
        if plan and plan.is_loadable and (plan.counts["created"] or plan.counts["updated"]):
            handed = attempt(request, lambda: waiting.hand_in(plan, file, by=request.user, at=now))
            if handed:
                return redirect(handed)
    recent = RosterImport.objects.visible_to(request.user).filter(committee=committee).select_related("by")
    context = {
        "committee": committee,
        "form": form,
        "plan": plan,
        "columns": [column.value for column in Column],
        "recent": recent[:RECENT],
    }
    return render(request, "members/people_import.html", context)


def _handed(request, pk):
    """The own one: what another clerk has checked, that clerk loads."""
    handed = RosterImport.objects.visible_to(request.user).select_related("committee__region", "by")
    return get_object_or_404(handed, pk=pk, by=request.user)


@require_safe
def import_check(request, pk):
    handed = _handed(request, pk)
    plan = attempt(request, lambda: waiting.look_again(handed, at=timezone.now()))
    if plan is None:
        return redirect("people-import")
    shown = {verb: plan.of(verb) for verb in ("created", "updated", "skipped")}
    return render(request, "members/people_import_check.html", {"handed": handed, "plan": plan, **shown})


@require_POST
@never_cache
@sensitive_variables()
def import_load(request, pk):
    """The one button. New accounts' passwords stand in this answer, on the page and as a file in it; nowhere else."""
    handed, digest = _handed(request, pk), request.POST.get("digest", "")
    loaded = attempt(request, lambda: (waiting.confirm(handed, digest, by=request.user, at=timezone.now()),))
    if loaded is None:
        return redirect(handed if handed.state == RosterState.WAITING else "people-import")
    (slips,) = loaded
    context = {
        "handed": handed,
        "slips": slips,
        "file": b64encode(b"".join(csv_lines(SLIP, slips))).decode(),
        "site": request.build_absolute_uri(reverse("login")),
    }
    return render(request, "members/people_slips.html", context)


@require_POST
def import_drop(request, pk):
    handed, now = _handed(request, pk), timezone.now()
    attempt(request, lambda: waiting.drop(handed, by=request.user, at=now), success="已放弃，什么都没有导入。")
    return redirect("people-import")


@require_safe
def people_template(request):
    committee = managed_committee(request)
    return download(write.template(committee, today=timezone.localdate()), f"{committee}花名册模板.xlsx")


def people_export(request):
    """导出: a page that says what is in the file, and by its buttons the file; each one leaves a line in the trail."""
    committee = managed_committee(request)
    if request.method != "POST":
        return render(request, "members/people_export.html", {"committee": committee})
    kind = "csv" if request.POST.get("kind") == "csv" else "xlsx"
    rows = exporting.export(committee, kind=kind, by=request.user, at=timezone.now())
    name = f"{committee}第{committee.term}届花名册{timezone.localdate():%Y%m%d}.{kind}"
    return download(csv_lines(Column, rows) if kind == "csv" else write.to_book(rows), name)
