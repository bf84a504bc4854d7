"""制度库: for everybody to read, for the office to keep."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.documents.http import download
from config.documents.sheet import csv_lines
from config.doors import attempt
from config.paging import keyset
from config.refusals import Incomplete
from config.uploads import store
from members.filters.library import RegulationFilter
from members.forms.library import RegulationForm, RegulationImportForm, RepealForm
from members.models import Committee, Regulation, RegulationState
from members.roles import Permission
from members.rules import library as rules
from members.services import library as services
from members.services import library_import


def kept_committee(user) -> Committee:
    """The committee whose libraries this person keeps: the own one first."""
    kept = user.committees_with(Permission.REFERENCE_MANAGE)
    home = user.home_committee
    pk = home.pk if home and home.pk in kept else min(kept, default=None)
    if pk is None:
        raise PermissionDenied("制度库和经验库由政协办管理。")
    return Committee.objects.get(pk=pk)


@login_not_required
@require_safe
def regulation_list(request, slug):
    committee = get_object_or_404(Committee.objects.visible_to(request.user), slug=slug)
    rows = Regulation.objects.visible_to(request.user).filter(committee=committee)
    filterset = RegulationFilter(request.GET or None, queryset=rows, committee=committee)
    context = {
        "committee": committee,
        "filterset": filterset,
        "page": keyset(filterset.qs.defer("text"), request),
        "keeps": rules.keeps(request.user, Regulation(committee=committee)),
    }
    return render(request, "members/regulation_list.html", context)


@login_not_required
@require_safe
def regulation(request, pk):
    row = _regulation(request, pk)
    keeps = rules.keeps(request.user, row)
    context = {
        "committee": row.committee,
        "regulation": row,
        "paragraphs": [line.strip() for line in row.text.splitlines() if line.strip()],
        "files": store.of(row),
        "may_change": keeps and row.state != RegulationState.REPEALED,
    }
    return render(request, "members/regulation_detail.html", context)


def _regulation(request, pk):
    return get_object_or_404(Regulation.objects.visible_to(request.user).select_related("committee"), pk=pk)


# --- for the office ----------------------------------------------------------------------------------------------


def _kept(request, pk):
    row = _regulation(request, pk)
    if not rules.keeps(request.user, row):
        raise PermissionDenied("制度库由政协办管理。")
    return row


def _form_page(request, name, **context):
    status = 400 if context["form"].errors else 200
    return render(request, f"members/{name}.html", context, status=status)


def regulation_new(request):
    committee = kept_committee(request.user)
    form = RegulationForm(request.POST or None, request.FILES or None, instance=Regulation(committee=committee))
    if form.is_valid():
        files = form.cleaned_data["files"]
        made = attempt(
            request,
            lambda: services.add_regulation(form.instance, files=files, by=request.user, at=timezone.now()),
            success="已登记。",
            form=form,
        )
        if made:
            return redirect(made)
    return _form_page(request, "regulation_form", committee=committee, form=form)


def regulation_edit(request, pk):
    row = _kept(request, pk)
    if row.state == RegulationState.REPEALED:
        return redirect(row)
    form = RegulationForm(request.POST or None, request.FILES or None, instance=row)
    if form.is_valid():
        given = {"changed": form.changed_fields, "files": form.cleaned_data["files"]}
        if attempt(
            request,
            lambda: services.edit_regulation(row, **given, by=request.user, at=timezone.now()),
            success="已保存。",
            form=form,
        ):
            return redirect(row)
    return _form_page(request, "regulation_form", committee=row.committee, form=form, regulation=row)


def regulation_repeal(request, pk):
    row = _kept(request, pk)
    form = RepealForm(request.POST or None)
    if form.is_valid() and attempt(
        request,
        lambda: services.repeal(row, **form.cleaned_data, by=request.user, at=timezone.now()),
        success=f"“{row}”已登记为废止。",
        form=form,
    ):
        return redirect(row)
    return _form_page(request, "regulation_repeal", committee=row.committee, form=form, regulation=row)


def regulation_import(request):
    """All lines or none; every wrong line is named."""
    committee = kept_committee(request.user)
    form = RegulationImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            lines = library_import.read(file.read(), file.name)
            number = library_import.import_regulations(committee, lines, by=request.user, at=timezone.now())
        except Incomplete as refusal:
            form.add_error("file", refusal.fields["file"].splitlines())
        else:
            messages.success(request, f"已登记 {number} 件制度。")
            return redirect("regulation-list", committee.slug)
    return _form_page(request, "regulation_import", committee=committee, form=form)


@require_safe
def regulation_sample(request):
    """A table to fill in: the columns, and one line as an example."""
    kept_committee(request.user)
    example = ["委员履职考核办法", "县政协", "政协发〔2024〕3号", "2024-05-01", "试行", "", "履职、考核", "是", ""]
    return download(b"".join(csv_lines(library_import.COLUMNS, [example])), "制度样表.csv")
