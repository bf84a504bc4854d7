"""Pages of boxes for the office that sets them up and for the keepers who read the letters; and the poster."""

import segno
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from members.models import Committee
from members.roles import Permission
from workstations.forms.boxes import BoxForm
from workstations.forms.stations import CloseForm
from workstations.models import OpinionBox
from workstations.queries import boxes as queries
from workstations.rules import boxes as rules
from workstations.services import boxes as services


def _run(request):
    """The boxes whose letters this person reads."""
    if not rules.may_open_office(request.user):
        raise PermissionDenied
    return OpinionBox.objects.run_by(request.user).select_related("committee__region", "station")


def _managed(request, pk):
    found = get_object_or_404(_run(request), pk=pk)
    if not rules.can_manage(request.user, found):
        raise PermissionDenied
    return found


def _committee(request):
    return Committee.objects.manageable_by(request.user, Permission.STATION_MANAGE).select_related("region").first()


@require_safe
def office_boxes(request):
    boxes = queries.with_numbers(_run(request))
    context = {"committee": _committee(request), "boxes": boxes, "may_manage": _committee(request) is not None}
    return render(request, "workstations/box_office_list.html", context)


@require_safe
def box_office(request, pk):
    found = get_object_or_404(_run(request), pk=pk)
    today = timezone.localdate()
    context = {
        "committee": found.committee,
        "box": found,
        "months": queries.by_month(found, since=today.replace(year=today.year - 1, day=1)),
        "may_manage": rules.can_manage(request.user, found),
    }
    return render(request, "workstations/box_office.html", context)


def box_new(request):
    committee = _committee(request)
    if committee is None:
        raise PermissionDenied
    form = BoxForm(request.POST or None, instance=OpinionBox(committee=committee))
    if request.method == "POST" and form.is_valid():
        opened = attempt(
            request,
            lambda: services.open_box(form.instance, by=request.user, at=timezone.now()),
            success=f"“{form.instance.name}”已设置，请打印海报张贴。",
            form=form,
        )
        if opened:
            return redirect("box-office", opened.pk)
    return render(request, "workstations/box_form.html", {"committee": committee, "form": form})


def box_edit(request, pk):
    found = _managed(request, pk)
    form = BoxForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        edited = attempt(
            request,
            lambda: services.edit_box(form.instance, changed=form.changed_data, by=request.user, at=timezone.now()),
            success="已保存。",
            form=form,
        )
        if edited:
            return redirect("box-office", pk)
    return render(request, "workstations/box_form.html", {"committee": found.committee, "box": found, "form": form})


def box_close(request, pk):
    found = _managed(request, pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        closed = attempt(
            request,
            lambda: services.close_box(found, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"“{found}”已关闭，已经投进去的信明早照常送达。",
            form=form,
        )
        if closed:
            return redirect("box-office", pk)
    return render(request, "workstations/box_close.html", {"committee": found.committee, "box": found, "form": form})


@require_POST
def box_reopen(request, pk):
    found = _managed(request, pk)
    attempt(
        request,
        lambda: services.reopen_box(found, by=request.user, at=timezone.now()),
        success=f"“{found}”重新开放，原来的海报照旧能用。",
    )
    return redirect("box-office", pk)


@require_safe
def box_poster(request, pk):
    """A sheet of A4 to hang up; the address is the site's own (SITE_URL), whoever prints it."""
    found = get_object_or_404(_run(request), pk=pk)
    picture = segno.make(found.address, micro=False, error="m")
    code = picture.svg_inline(border=4, omitsize=True, svgclass="qr", dark="#000", light="#fff")
    context = {"committee": found.committee, "box": found, "qr": mark_safe(code)}
    return render(request, "workstations/box_poster.html", context)
