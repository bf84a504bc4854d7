"""Pages of inspections: how the county stands, the history of one station, and filling one in on the spot."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset, numbered
from config.refusals import Incomplete, Refusal, WrongState
from members.models import Committee
from workstations.filters.inspections import StandingFilter
from workstations.forms.inspections import BeginForm, FindingForm, FinishForm
from workstations.models import Finding, Inspection, Standard, Workstation
from workstations.queries import inspections as queries
from workstations.rules import inspections as rules
from workstations.services import inspections as services
from workstations.states import InspectionState
from workstations.views.standards import office_committee

SHOWN = ("station__committee", "standard")


# --- how the stations stand --------------------------------------------------------------------------------------


@require_safe
def office_inspections(request):
    """The county's page: stations with most missing first, then never looked at; what all have and lack."""
    return _standing(request, office_committee(request.user), is_office=True)


@login_not_required
@require_safe
def standard_standing(request, slug):
    """The same for everybody."""
    committee = get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)
    return _standing(request, committee, is_office=False)


def _standing(request, committee, *, is_office):
    standards = Standard.objects.visible_to(request.user).filter(committee=committee, is_active=True)
    filterset = StandingFilter(
        request.GET or None, queryset=Workstation.objects.all(), committee=committee, standards=standards
    )
    chosen = filterset.chosen
    context = {"committee": committee, "filterset": filterset, "standard": chosen, "is_office": is_office}
    if chosen:
        filterset.queryset = queries.asked(chosen)
        standing = queries.standing(chosen, filterset.qs)
        context |= {"standing": standing, "page": numbered(standing.rows, request)}
        context["tiles"] = [{"name": "", "tiles": standing.tiles}]
    year = timezone.localdate().year
    context |= {"year": year, "meetings": queries.meetings(committee, year)}
    return render(request, "workstations/inspection_standing.html", context)


# --- one station -------------------------------------------------------------------------------------------------


def _station(request, pk) -> Workstation:
    return get_object_or_404(Workstation.objects.visible_to(request.user).select_related("committee"), pk=pk)


@login_not_required
@require_safe
def station_inspections(request, pk):
    """The history of a station, with the photos."""
    station = _station(request, pk)
    rows = Inspection.objects.visible_to(request.user).filter(station=station, state=InspectionState.DONE)
    page = keyset(queries.counted(rows).select_related("standard"), request, per_page=10)
    missing = queries.missing_of(page.rows)
    findings = list(Finding.objects.filter(inspection__in=[row.pk for row in page.rows]))
    photos = queries.photos_of(findings)
    for row in page.rows:
        row.photos = [photo for one in findings if one.inspection_id == row.pk for photo in photos[one.pk]]
        row.result = queries.Result(row, missing[row.pk])
    kinds = rules.kinds_for(request.user, station)
    context = {"committee": station.committee, "station": station, "page": page, "may_inspect": kinds}
    return render(request, "workstations/inspection_history.html", context)


def inspection_begin(request, pk):
    """Choose the standard; who both keeps and manages the station says as which."""
    station = _station(request, pk)
    kinds = rules.kinds_for(request.user, station)
    if not kinds:
        raise PermissionDenied
    standards = Standard.objects.visible_to(request.user).filter(committee=station.committee_id, is_active=True)
    standards = standards.filter(station_kind__in=["", station.kind])
    sent = request.POST if request.method == "POST" else None
    asked = request.GET.get("standard", "")
    initial = {"standard": asked} if asked.isascii() and asked.isdigit() and len(asked) < 10 else {}
    form = BeginForm(sent, standards=standards, kinds=kinds, initial=initial)
    if sent is not None and form.is_valid():
        begun = attempt(
            request,
            lambda: services.begin(station, **form.cleaned_data, by=request.user, at=timezone.now()),
            form=form,
        )
        if begun:
            return redirect("inspection-fill", begun.pk)
    drafts = Inspection.objects.visible_to(request.user).filter(
        station=station, kind__in=kinds, state=InspectionState.DRAFT
    )
    context = {
        "committee": station.committee, "station": station, "form": form, "standards": standards,
        "drafts": drafts.select_related("standard"),
    }  # fmt: skip
    return render(request, "workstations/inspection_begin.html", context, status=400 if form.errors else 200)


# --- one inspection ----------------------------------------------------------------------------------------------


def _inspection(request, pk) -> Inspection:
    return get_object_or_404(Inspection.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


def _filled_by(request, pk) -> Inspection:
    inspection = _inspection(request, pk)
    if not rules.can_fill(request.user, inspection):
        raise PermissionDenied
    return inspection


@login_not_required
@require_safe
def inspection(request, pk):
    """What was found; one that is being filled in leads to its cards."""
    found = _inspection(request, pk)
    kinds = rules.kinds_for(request.user, found.station)
    if found.may_be_filled and found.kind in kinds:
        return redirect("inspection-fill", pk)
    findings, photos = _with_photos(found)
    missing = [finding.name for finding in findings if finding.passed is False]
    is_latest = found.state == InspectionState.DONE and queries.latest().filter(pk=found.pk).exists()
    context = {
        "committee": found.station.committee,
        "station": found.station,
        "inspection": found,
        "findings": findings,
        "have": sum(finding.passed is True for finding in findings),
        "missing": missing,
        "mend_by": queries.mend_by(found) if missing and is_latest else None,
        "stars": queries.shown_stars(found.stars),
        "may_inspect": kinds,
    }
    for finding in findings:
        finding.photos = photos[finding.pk]
    return render(request, "workstations/inspection_detail.html", context)


def _with_photos(inspection):
    findings = list(inspection.findings.all())
    return findings, queries.photos_of(findings)


def inspection_fill(request, pk):
    """One item per card. With scripts every card saves itself (`finding`), without them the form saves all."""
    found = _filled_by(request, pk)
    if not found.may_be_filled:
        return redirect(found)
    findings, photos = _with_photos(found)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    cards = [FindingForm(*sent, finding=finding, photos=photos[finding.pk]) for finding in findings]
    refused = False
    if request.method == "POST":
        refused = not all([_keep(request, card) for card in cards])
        if not refused:
            if "finish" in request.POST:
                return redirect("inspection-finish", pk)
            messages.success(request, "已保存，可以接着填。")
            return redirect("inspection-fill", pk)
    context = {
        "committee": found.station.committee,
        "station": found.station,
        "inspection": found,
        "cards": cards,
        "answered": sum(finding.passed is not None for finding in findings),
    }
    return render(request, "workstations/inspection_fill.html", context, status=400 if refused else 200)


def _keep(request, card) -> bool:
    """Save one card; False where its errors say why not."""
    if not card.is_valid():
        return False
    if not card.is_changed:
        return True
    try:
        services.answer(card.finding, **card.said(), by=request.user, at=timezone.now())
    except Incomplete as refusal:
        for name, words in refusal.fields.items():
            card.add_error(name if name in card.fields else None, words)
        return False
    except WrongState as refusal:
        card.add_error(None, str(refusal))
        return False
    return True


@require_POST
def finding(request, pk):
    """One card by itself: JSON, {"saved": true, "at": "15:32", "photos": html}, or 400 with a sentence in `error`."""
    found = get_object_or_404(
        Finding.objects.visible_to(request.user).select_related("inspection__station__committee"), pk=pk
    )
    if not rules.can_fill(request.user, found.inspection):
        raise PermissionDenied
    card = FindingForm(request.POST, request.FILES, finding=found, photos=queries.photos_of([found])[found.pk])
    if not _keep(request, card):
        told = "".join(words for errors in card.errors.values() for words in errors)
        return JsonResponse({"error": told}, status=400)
    fresh = FindingForm(finding=found, photos=queries.photos_of([found])[found.pk])
    drawn = render_to_string("workstations/_finding_photos.html", {"card": fresh})
    return JsonResponse({"saved": True, "at": f"{timezone.localtime():%H:%M}", "photos": drawn})


def inspection_finish(request, pk):
    """The last look: what is there, what is not; stars and words by the office; then nothing changes any more."""
    found = _filled_by(request, pk)
    if not found.may_be_filled:
        return redirect(found)
    findings, _ = _with_photos(found)
    form = FinishForm(request.POST if request.method == "POST" else None, inspection=found)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in form.fields}
        try:
            missing = services.finish(found, **given, by=request.user, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("inspection-fill", pk)
        told = f"还缺 {len(missing)} 项，补齐后请再查一次。" if missing else "各项都有。"
        messages.success(request, f"{found.get_kind_display()}已完成：{told}")
        return redirect(found)
    context = {
        "committee": found.station.committee, "station": found.station, "inspection": found, "form": form,
        "have": [one for one in findings if one.passed], "missing": [one for one in findings if one.passed is False],
        "open": [one for one in findings if one.passed is None], "findings": findings,
    }  # fmt: skip
    return render(request, "workstations/inspection_finish.html", context, status=400 if form.errors else 200)


@require_POST
def inspection_drop(request, pk):
    found = _filled_by(request, pk)
    attempt(request, lambda: services.drop(found, by=request.user, at=timezone.now()), success="已作废。")
    return redirect("station-inspections", found.station_id)
