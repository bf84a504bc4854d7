"""Pages of grids: the office's list, one grid, generating; the public page of a grid or village."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.doors import attempt
from config.paging import Page
from members.models import Committee, Region, RegionLevel
from members.models.regions import CODE_LENGTH, DIGITS
from members.roles import Permission
from workstations.filters.grids import GridFilter
from workstations.forms.grids import GenerateForm, GridForm, NewGridForm, RetireForm
from workstations.models import Grid, GridLog, GridPosting, Workstation
from workstations.queries import grids as queries
from workstations.rules import grids as rules
from workstations.services import grids as services

PER_PAGE = 30


def managed_committee(request) -> Committee:
    """The committee whose grids this person manages: the one that the address names, else the first."""
    held = Committee.objects.manageable_by(request.user, Permission.STATION_MANAGE).select_related("region", "upper")
    named = request.GET.get("committee") or request.POST.get("of")
    committee = next((one for one in held if one.slug == named), None) if named else held.first()
    if committee is None:
        raise PermissionDenied
    return committee


def page_by_code(rows, request) -> Page:
    """Grids in the order of their codes, on from the code that the address names; only as many as are shown."""
    after, before = (_code(request, name) for name in ("after", "before"))
    if before:
        found = list(rows.filter(pk__lt=before).order_by("-pk")[: PER_PAGE + 1])
        more, shown = len(found) > PER_PAGE, found[:PER_PAGE][::-1]
        return _page(request, shown, older=True, newer=more)
    found = list((rows.filter(pk__gt=after) if after else rows).order_by("pk")[: PER_PAGE + 1])
    return _page(request, found[:PER_PAGE], older=len(found) > PER_PAGE, newer=bool(after))


def _code(request, name):
    value = request.GET.get(name, "")
    return value if value.isascii() and value.isdigit() and len(value) <= DIGITS[RegionLevel.GRID] else ""


def _page(request, shown, *, older, newer):
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    further, back = query.copy(), query.copy()
    if shown:
        further["after"], back["before"] = shown[-1].pk, shown[0].pk
    return Page(
        rows=shown,
        next_url=f"?{further.urlencode()}" if older and shown else "",
        previous_url=f"?{back.urlencode()}" if newer else "",
        total_text=f"本页 {len(shown)} 个" if older or newer else f"共 {len(shown)} 个",
    )


@require_safe
def grid_list(request):
    """All grids inside the committee's region, with who serves them; boxes to post members to several at once."""
    committee = managed_committee(request)
    inside = Grid.objects.visible_to(request.user).within(committee.region).select_related("region", "committee")
    filterset = GridFilter(request.GET or None, queryset=inside, committee=committee)
    page = page_by_code(filterset.qs, request)
    codes = [grid.pk for grid in page]
    serving = queries.serving([*codes, *{code[:CODE_LENGTH] for code in codes}])
    names = queries.towns_of(codes)
    for grid in page:
        grid.place = queries.place_words(grid.pk, names)
        grid.members = [row.member for row in serving[grid.pk] + serving[grid.pk[:CODE_LENGTH]]]
    context = {
        "committee": committee,
        "filterset": filterset,
        "page": page,
        "place": filterset.place,
        "standing": queries.standing(filterset.place),
    }
    return render(request, "workstations/grid_list.html", context)


def _grid(request, code) -> tuple[Committee, Grid]:
    """A grid inside the region of a committee that this person manages; what is elsewhere is not there."""
    committee = managed_committee(request)
    grids = Grid.objects.visible_to(request.user).within(committee.region)
    return committee, get_object_or_404(grids.select_related("region__parent", "committee"), pk=code)


def grid_edit(request, code):
    """One grid for the office: what is known of it, who serves there, who did."""
    committee, grid = _grid(request, code)
    may_edit = rules.can_manage(request.user, grid.committee_id) and grid.region.valid_to is None
    form = GridForm(request.POST or None, instance=grid) if may_edit else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        before = Grid.objects.select_related("region", "committee").get(pk=grid.pk)
        saved = form.is_valid() and attempt(
            request,
            lambda: services.edit(
                before, name=form.cleaned_data["name"], about=form.about, by=request.user, at=timezone.now()
            ),
            success="已保存，网格代码不变。",
            form=form,
        )
        if saved:
            return redirect("grid-edit", code)
        status = 400
    postings = GridPosting.objects.visible_to(request.user).filter(region__in=[grid.pk, grid.pk[:CODE_LENGTH]])
    postings = postings.select_related("member__user", "member__sector", "member__committee__region", "region")
    today = timezone.localdate()
    rows = list(postings.order_by("-pk")[:100])
    context = {
        "committee": committee,
        "grid": grid,
        "form": form,
        "place": queries.place_words(grid.pk, queries.towns_of([grid.pk])),
        "postings": [row for row in rows if row.until is None or row.until >= today],
        "past": [row for row in rows if row.until and row.until < today],
        "managed": request.user.committees_with(Permission.STATION_MANAGE),
    }
    return render(request, "workstations/grid_edit.html", context, status=status)


def grid_new(request):
    committee = managed_committee(request)
    form = NewGridForm(request.POST or None, committee=committee, initial={"place": request.GET.get("place", "")})
    if request.method == "POST":
        made = form.is_valid() and attempt(
            request,
            lambda: services.add(
                committee, form.cleaned_data["place"], name=form.cleaned_data["name"], kind=form.cleaned_data["kind"],
                about=form.about, by=request.user, at=timezone.now(),
            ),
            success="已新增网格。",
            form=form,
        )  # fmt: skip
        if made:
            return redirect("grid-edit", made.pk)
    context = {"committee": committee, "form": form}
    return render(request, "workstations/grid_new.html", context, status=200 if request.method == "GET" else 400)


def grid_retire(request, code):
    committee, grid = _grid(request, code)
    if not rules.can_manage(request.user, grid.committee_id):
        raise PermissionDenied
    form = RetireForm(request.POST or None)
    if request.method == "POST":
        done = form.is_valid() and attempt(
            request,
            lambda: (services.retire(grid, **form.cleaned_data, by=request.user, at=timezone.now()),),
            success="已停用，代码不再使用；派驻在这里的委员已收到通知。",
            form=form,
        )
        if done:
            return redirect("grid-edit", code)
    serving = GridPosting.objects.filter(region=grid.pk, until__isnull=True).count()
    context = {"committee": committee, "grid": grid, "form": form, "serving": serving}
    return render(request, "workstations/grid_retire.html", context, status=200 if request.method == "GET" else 400)


def grid_generate(request):
    """First how many it would be; the second button makes exactly these."""
    committee = managed_committee(request)
    form = GenerateForm(request.POST or None, committee=committee)
    draft, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            within, expected = form.cleaned_data["within"], request.POST.get("expected", "")
            if expected.isascii() and expected.isdigit() and len(expected) < 7:
                made = attempt(
                    request,
                    lambda: services.generate(
                        committee, within, expected=int(expected), by=request.user, at=timezone.now(), **form.how
                    ),
                    success=f"已生成 {expected} 个网格。",
                )
                if made:
                    return redirect("grid-list")
            draft, status = services.draft(committee, within, **form.how), 200
    context = {"committee": committee, "form": form, "draft": draft}
    return render(request, "workstations/grid_generate.html", context, status=status)


# --- for everybody -----------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def grid_public(request, code):
    """Who serves here, where to find them, how to speak, what was done this year; no contact, no warden."""
    region = get_object_or_404(Region.objects.visible_to(request.user).select_related("parent"), pk=code)
    if region.level < RegionLevel.VILLAGE:
        raise Http404
    committee = _nearest(region)
    postings = GridPosting.objects.visible_to(request.user).in_force()
    places = Q(pk__in=postings.within(region).values("pk"))
    if region.level == RegionLevel.GRID:
        places |= Q(region=region.parent_id)
    postings = postings.filter(places, member__is_public=True)
    rows = list(postings.select_related("member__user", "member__sector", "member__committee__region", "region")[:60])
    for row in rows:
        row.level = queries.level_of(row.member)
        row.sector = None if row.member.sector.is_sensitive else row.member.sector
    year = timezone.localdate().year
    low, high = region.span
    there = GridLog.regions.through.objects.filter(region__gte=low, region__lt=high, gridlog__month__year=year)
    logs = GridLog.objects.filter(pk__in=there.values("gridlog"))
    grids = Grid.objects.within(region).in_force().select_related("region")
    context = {
        "committee": committee,
        "region": region,
        "place": queries.place_words(code, queries.towns_of([code])),
        "rows": rows,
        "stations": _stations_near(request.user, region),
        "year": year,
        "visits": logs.count(),
        "done": queries.role_bars(logs),
        "grids": list(grids[:60]) if region.level == RegionLevel.VILLAGE else [],
    }
    return render(request, "workstations/grid_public.html", context)


def _nearest(region):
    above = Committee.objects.filter(region__in=region.ancestor_codes).select_related("region")
    return max(above, key=lambda committee: committee.region.level, default=None)


def _stations_near(user, region):
    """Open stations of the village, else of the town."""
    stations = Workstation.objects.visible_to(user).open().select_related("region")
    for level in (RegionLevel.VILLAGE, RegionLevel.TOWN):
        place = Region(code=region.code[: DIGITS[level]].ljust(CODE_LENGTH, "0"), level=level)
        if found := list(stations.within(place)[:3]):
            return found
    return []
