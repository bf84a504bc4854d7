"""Pages of stations: for everybody, for the office, and for those who keep one."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.doors import attempt
from config.paging import keyset
from config.uploads.forms import PhotosForm
from members.models import Committee
from members.roles import Permission
from workstations.filters.stations import StationFilter
from workstations.forms.stations import (
    CloseForm,
    DemonstrationForm,
    EndDemonstrationForm,
    EndPostForm,
    KeeperForm,
    PostForm,
    StationForm,
)
from workstations.models import StationPost, Workstation
from workstations.queries import station_hub, station_page, station_shown
from workstations.queries import stations as queries
from workstations.rules import stations as rules
from workstations.services import stations as services

SHOWN = ("committee__region", "region__parent", "host", "sector", "member__user")
PEOPLE = ("station", "member__user", "member__sector", "member__committee", "user")


def _committee(request, slug):
    return get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)


def _station(request, pk):
    return get_object_or_404(Workstation.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


# --- for everybody -----------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def station_list(request, slug):
    committee = _committee(request, slug)
    stations = Workstation.objects.visible_to(request.user).open().filter(committee=committee).select_related(*SHOWN)
    filterset = StationFilter(request.GET or None, queryset=stations, committee=committee)
    context = {
        "committee": committee,
        "filterset": filterset,
        "page": keyset(filterset.qs, request),
        "coverage": queries.coverage(committee),
        "may_manage": _manages(request.user, committee),
        "keeps": request.user.is_authenticated and Workstation.objects.kept_by(request.user).exists(),
    }
    return render(request, "workstations/station_list.html", context)


@login_not_required
@require_safe
def station_coverage(request, slug):
    committee = _committee(request, slug)
    coverage = queries.coverage(committee)
    listing = reverse("station-list", args=[slug])
    context = {
        "committee": committee,
        "coverage": coverage,
        "rows": [
            {"name": county.name if county != committee.region else "", "tiles": [_tile(row, listing) for row in towns]}
            for county, towns in coverage.by_county
        ],
        "may_manage": _manages(request.user, committee),
    }
    return render(request, "workstations/coverage.html", context)


def _tile(row, listing):
    covered = row.stations > 0
    return {
        "label": row.town.name,
        "value": f"{row.stations} 个" if covered else "没有",
        "tone": "ok" if covered else "late",
        "url": f"{listing}?place={row.town.pk}" if covered else "",
    }


@login_not_required
@require_safe
def station_detail(request, pk):
    station = _station(request, pk)
    user, now = request.user, timezone.now()
    posts = StationPost.objects.visible_to(user).in_force().filter(station=station)
    posts = list(posts.by_rank().select_related(*PEOPLE))
    coming, held = station_shown.activities(station, now)
    context = {
        "committee": station.committee,
        "station": station,
        "posts": posts,
        "composition": station_shown.composition(posts),
        "here": station_shown.here_today(station, user, timezone.localdate(now)),
        "ties": station_shown.ties(station, user),
        "rooms": station_shown.rooms(station, user),
        "photos": station_shown.photos(station),
        "coming": coming,
        "held": held,
        "consultations": station_shown.consultations(station),
        "may_manage": rules.can_manage(user, station),
        "may_edit": rules.can_edit(user, station),
        "may_read_year": rules.can_read_year(user, station),
        "this_year": timezone.localdate(now).year,
        "extras": station_page.blocks(station, user),
    }
    return render(request, "workstations/station_detail.html", context)


# --- for those who keep a station --------------------------------------------------------------------------------


@require_safe
def my_stations(request):
    """我的工作室: what the keeper of a station needs on the phone."""
    stations = station_hub.kept(request.user)
    context = {
        "stations": stations,
        "letters": station_hub.letters_waiting(request.user) if stations else None,
        "this_year": timezone.localdate().year,
    }
    return render(request, "workstations/my_stations.html", context)


def station_keep(request, pk):
    """The keeper changes what visitors read; name, place and people are the office's."""
    station = _station(request, pk)
    if not rules.can_edit(request.user, station):
        raise PermissionDenied
    form = KeeperForm(request.POST or None, instance=station)
    if form.is_valid() and _edit(request, form):
        return redirect("my-stations")
    return render(request, "workstations/station_keep.html", _form_context(station, form))


def station_photos(request, pk):
    """Pictures of the place: put up and taken down by the office or a keeper."""
    station = _station(request, pk)
    if not rules.can_edit(request.user, station):
        raise PermissionDenied
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PhotosForm(*sent, files=station_shown.photos(station))
    if request.method == "POST" and form.is_valid():
        given = {"removed": (), **form.cleaned_data}
        kept = attempt(
            request,
            lambda: services.keep_photos(station, **given, by=request.user, at=timezone.now()),
            success="照片已更新。",
            form=form,
        )
        if kept:
            return redirect(station)
    return render(request, "workstations/station_photos.html", _form_context(station, form))


# --- for the office ----------------------------------------------------------------------------------------------


def _manages(user, committee) -> bool:
    return user.is_authenticated and committee.pk in user.committees_with(Permission.STATION_MANAGE)


def _managed(request):
    """The stations, closed ones too, that the office of this person manages."""
    committees = request.user.committees_with(Permission.STATION_MANAGE)
    if not committees:
        raise PermissionDenied
    return Workstation.objects.visible_to(request.user).filter(committee__in=committees)


def _managed_station(request, pk):
    return get_object_or_404(_managed(request).select_related(*SHOWN), pk=pk)


@require_safe
def office_stations(request):
    stations = _managed(request).with_serving().select_related(*SHOWN)
    committee = (
        Committee.objects.manageable_by(request.user, Permission.STATION_MANAGE).select_related("region").first()
    )
    filterset = StationFilter(request.GET or None, queryset=stations, committee=committee)
    context = {"committee": committee, "filterset": filterset, "page": keyset(filterset.qs, request)}
    return render(request, "workstations/office_list.html", context)


def station_add(request, slug):
    committee = _committee(request, slug)
    if not _manages(request.user, committee):
        raise PermissionDenied
    form = StationForm(request.POST or None, instance=Workstation(committee=committee), user=request.user)
    if form.is_valid():
        opened = attempt(
            request,
            lambda: services.open_station(form.instance, by=request.user, at=timezone.now()),
            success=f"“{form.instance.name}”已开设，请接着派驻人员。",
            form=form,
        )
        if opened:
            return redirect("station-office", opened.pk)
    return render(request, "workstations/station_form.html", {"committee": committee, "form": form})


@require_safe
def station_office(request, pk):
    """One station as the office sees it: who serves here now and who did, and what can be done."""
    station = _managed_station(request, pk)
    posts, today = station.posts.by_rank().select_related(*PEOPLE), timezone.localdate()
    now = [post for post in posts if post.until is None or post.until >= today]
    ties = list(station.ties.in_order().select_related("member__user", "body", "organisation"))
    context = {
        "committee": station.committee,
        "station": station,
        "now": now,
        "composition": station_shown.composition(post for post in now if post.since <= today),
        "ties": [tie for tie in ties if tie.until is None or tie.until >= today],
        "past_ties": [tie for tie in ties if tie.until is not None and tie.until < today],
        "rooms": station.rooms.all(),
        "this_year": today.year,
        "past": [post for post in posts if post.until is not None and post.until < today],
    }
    return render(request, "workstations/station_office.html", context)


def station_edit(request, pk):
    station = _managed_station(request, pk)
    form = StationForm(request.POST or None, instance=station, user=request.user)
    if form.is_valid() and _edit(request, form):
        return redirect("station-office", pk)
    return render(request, "workstations/station_form.html", _form_context(station, form))


def station_post(request, pk):
    station = _managed_station(request, pk)
    form = PostForm(request.POST or None, station=station, user=request.user)
    if form.is_valid():
        held = form.cleaned_data
        posted = attempt(
            request,
            lambda: services.post_member(station, **held, by=request.user, at=timezone.now()),
            success=f"{held['member'] or held['user'] or held['person_name']}已派驻。",
            form=form,
        )
        if posted:
            return redirect("station-office", pk)
    return render(request, "workstations/station_post.html", _form_context(station, form))


def station_end_post(request, pk):
    stations = _managed(request)
    post = get_object_or_404(
        StationPost.objects.filter(station__in=stations).select_related("station__committee"), pk=pk
    )
    form = EndPostForm(request.POST or None)
    if form.is_valid():
        ended = attempt(
            request,
            lambda: services.end_post(post, on=form.cleaned_data["until"], by=request.user, at=timezone.now()),
            success=f"{post.person}的{post.get_post_display()}一职已办理卸任。",
            form=form,
        )
        if ended:
            return redirect("station-office", post.station_id)
    context = {"committee": post.station.committee, "post": post, "station": post.station, "form": form}
    return render(request, "workstations/end_post.html", context)


def station_demonstration(request, pk):
    """评为示范站, or 取消: one page, as the station stands."""
    station = _managed_station(request, pk)
    is_one = station.demonstration_since is not None
    form = (EndDemonstrationForm if is_one else DemonstrationForm)(request.POST or None)
    if form.is_valid():
        verb = services.end_demonstration if is_one else services.grant_demonstration
        done = attempt(
            request,
            lambda: verb(station, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"“{station}”不再是示范站。" if is_one else f"“{station}”已评为示范站。",
            form=form,
        )
        if done:
            return redirect("station-office", pk)
    context = {**_form_context(station, form), "is_one": is_one}
    return render(request, "workstations/station_demonstration.html", context)


def station_close(request, pk):
    station = _managed_station(request, pk)
    form = CloseForm(request.POST or None)
    if form.is_valid():
        closed = attempt(
            request,
            lambda: services.close_station(station, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"“{station}”已关闭。",
            form=form,
        )
        if closed:
            return redirect("station-office", pk)
    return render(request, "workstations/station_close.html", _form_context(station, form))


def _form_context(station, form):
    return {"committee": station.committee, "station": station, "form": form}


def _edit(request, form):
    return attempt(
        request,
        lambda: services.edit_station(form.instance, changed=form.changed_fields, by=request.user, at=timezone.now()),
        success="已保存。",
        form=form,
    )
