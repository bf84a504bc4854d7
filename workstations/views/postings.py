"""Pages of postings: who serves where, post members by hand, end one, the page of one member."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.doors import attempt
from config.paging import keyset
from members.models import Member
from workstations.filters.grids import PostingFilter
from workstations.forms.grids import EndForm, PostForm
from workstations.models import GridLog, GridPosting
from workstations.queries import grids as queries
from workstations.rules import grids as rules
from workstations.services import postings as services
from workstations.views.grids import managed_committee

NAMED = 200  # so many grids ticked in the list go into the form


@require_safe
def posting_list(request):
    committee = managed_committee(request)
    rows = GridPosting.objects.visible_to(request.user).filter(committee=committee)
    rows = rows.select_related("member__user", "member__sector", "member__committee__region", "region")
    filterset = PostingFilter(request.GET or None, queryset=rows, committee=committee)
    page = keyset(filterset.qs, request)
    names = queries.towns_of([row.region_id for row in page])
    for row in page:
        row.place = queries.place_words(row.region_id, names)
    context = {
        "committee": committee,
        "filterset": filterset,
        "page": page,
        "standing": queries.standing(committee.region),
    }
    return render(request, "workstations/posting_list.html", context)


def posting_new(request):
    """Members to places; grids ticked in the list, and a member, may be named in the address."""
    committee = managed_committee(request)
    initial = {"regions": "\n".join(_named(request)), "members": _who(request, committee)}
    form = PostForm(request.POST or None, committee=committee, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        rows = [(member.pk, region.pk, given["why"]) for member in given["members"] for region in given["regions"]]
        done = attempt(
            request,
            lambda: services.post_many(committee, rows, by=request.user, at=timezone.now()),
            form=form,
        )
        if done:
            kept = f"，另有 {done.kept} 个已经在任" if done.kept else ""
            attempt(request, lambda: True, success=f"新派驻 {done.created} 个{kept}，{done.told} 位委员收到通知。")
            return redirect("posting-list")
    context = {"committee": committee, "form": form}
    return render(request, "workstations/posting_new.html", context, status=200 if request.method == "GET" else 400)


def _named(request):
    return [code for code in request.GET.getlist("region")[:NAMED] if code.isascii() and code.isdigit()]


def _who(request, committee):
    """A member by key in the address: the number, or the name with its sector."""
    given = request.GET.get("member", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        return ""
    found = Member.objects.filter(pk=int(given), committee__in=list(committee.upwards())).select_related(
        "user", "sector"
    )
    return next((member.number or f"{member}（{member.sector}）" for member in found), "")


def posting_end(request, pk):
    posting = get_object_or_404(
        GridPosting.objects.visible_to(request.user).select_related("member__user", "region", "committee__region"),
        pk=pk,
    )
    if not rules.can_manage(request.user, posting.committee_id):
        raise PermissionDenied
    form = EndForm(request.POST or None)
    if request.method == "POST":
        ended = form.is_valid() and attempt(
            request,
            lambda: services.end(posting, on=form.cleaned_data["on"], by=request.user, at=timezone.now()),
            success=f"{posting.member}在{posting.region}的派驻已结束。",
            form=form,
        )
        if ended:
            return redirect("posting-member", posting.member_id)
    context = {"committee": posting.committee, "posting": posting, "form": form}
    return render(request, "workstations/posting_end.html", context, status=200 if request.method == "GET" else 400)


@require_safe
def posting_member(request, pk):
    """One member: where the member serves and has served in this region, and what was told this year."""
    committee = managed_committee(request)
    members = Member.objects.filter(committee__in=list(committee.upwards()))
    member = get_object_or_404(members.select_related("user", "sector", "committee__region"), pk=pk)
    rows = GridPosting.objects.visible_to(request.user).within(committee.region).filter(member=member)
    rows = list(rows.select_related("region"))
    names = queries.towns_of([row.region_id for row in rows])
    today = timezone.localdate()
    for row in rows:
        row.place = queries.place_words(row.region_id, names)
    logs = GridLog.objects.visible_to(request.user).filter(member=member, month__year=today.year)
    context = {
        "committee": committee,
        "member": member,
        "level": queries.level_of(member),
        "postings": [row for row in rows if row.until is None or row.until >= today],
        "past": [row for row in rows if row.until and row.until < today],
        "logs": logs.order_by("-month").prefetch_related("acts", "regions"),
        "year": today.year,
        "managed": request.user.committees_with("station_manage"),
    }
    return render(request, "workstations/posting_member.html", context)
