"""Stations in numbers: the matrix of levels and kinds, the features, the year of one station."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.documents.http import download
from members.models import Committee
from workstations.documents import stations as documents
from workstations.models import Workstation
from workstations.queries import station_matrix, station_year
from workstations.rules import stations as rules
from workstations.views.stations import SHOWN


def _committee(request, slug):
    return get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)


@login_not_required
@require_safe
def matrix(request, slug):
    committee = _committee(request, slug)
    found = station_matrix.matrix(committee)
    listing = reverse("station-list", args=[slug])
    gaps = [_sector(sector, number, listing) for sector, number in found.sectors]
    context = {
        "committee": committee,
        "found": found,
        "listing": listing,
        "sectors": [{"name": "", "tiles": gaps}],
        "lower": [
            {"label": str(one), "value": number, "url": reverse("station-matrix", args=[one.slug])}
            for one, number in found.lower
        ],
    }
    return render(request, "workstations/station_matrix.html", context)


def _sector(sector, number, listing):
    return {
        "label": sector.name,
        "value": f"{number} 个" if number else "没有",
        "tone": "ok" if number else "late",
        "url": f"{listing}?sector={sector.pk}" if number else "",
    }


@login_not_required
@require_safe
def features(request, slug):
    committee = _committee(request, slug)
    stations = Workstation.objects.visible_to(request.user).open().filter(committee=committee)
    context = {
        "committee": committee,
        "features": station_matrix.features(stations),
        "total": stations.count(),
        "listing": reverse("station-list", args=[slug]),
    }
    return render(request, "workstations/station_features.html", context)


@require_safe
def year(request, pk, year):
    """The sheet of one year: for the office, the keepers, the auditors; to print, or to take away."""
    station = get_object_or_404(Workstation.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)
    if not rules.can_read_year(request.user, station):
        raise PermissionDenied
    today = timezone.localdate()
    if not 2000 <= year <= today.year:
        raise Http404
    found = station_year.station_year(station, year, today=today)
    match request.GET.get("as"):
        case "docx":
            return download(documents.year_document(found, today), f"{found.title}.docx")
        case "xlsx":
            return download(documents.year_book(found), f"{found.title}.xlsx")
    context = {
        "committee": station.committee,
        "station": station,
        "found": found,
        "years": station_year.years_of(station, today),
        "today": today,
    }
    return render(request, "workstations/station_year.html", context)
