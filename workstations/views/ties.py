"""The office ties a station to those who lead it, join it and are served by it."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from config.doors import attempt
from members.roles import Permission
from workstations.forms.ties import EndTieForm, TieForm
from workstations.models import StationTie, Workstation
from workstations.services import ties as services


def _managed(request):
    committees = request.user.committees_with(Permission.STATION_MANAGE)
    if not committees:
        raise PermissionDenied
    return Workstation.objects.visible_to(request.user).filter(committee__in=committees)


def tie_new(request, pk):
    station = get_object_or_404(_managed(request).select_related("committee__upper"), pk=pk)
    row = services.since_today(station, timezone.now())
    form = TieForm(request.POST or None, instance=row)
    if form.is_valid():
        tied = attempt(
            request,
            lambda: services.tie(form.instance, by=request.user, at=timezone.now()),
            success=f"已登记：{row.get_role_display()} {row.end}。",
            form=form,
        )
        if tied:
            return redirect("station-office", pk)
    context = {"committee": station.committee, "station": station, "form": form}
    return render(request, "workstations/tie_form.html", context)


def tie_end(request, pk):
    stations = _managed(request).values("pk")
    rows = StationTie.objects.filter(station__in=stations)
    row = get_object_or_404(rows.select_related("station__committee", "member__user", "body", "organisation"), pk=pk)
    form = EndTieForm(request.POST or None, initial={"until": timezone.localdate()})
    if form.is_valid():
        ended = attempt(
            request,
            lambda: services.end_tie(row, on=form.cleaned_data["until"], by=request.user, at=timezone.now()),
            success=f"与“{row.end}”的联系已结束。",
            form=form,
        )
        if ended:
            return redirect("station-office", row.station_id)
    context = {"committee": row.station.committee, "station": row.station, "tie": row, "form": form}
    return render(request, "workstations/tie_end.html", context)
