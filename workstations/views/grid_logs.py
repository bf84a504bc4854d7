"""月反馈 on the phone, what was told, and the two ledgers of the office."""

from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from members.models import Member
from workstations.filters.grids import LogFilter
from workstations.forms.grid_logs import GridLogForm
from workstations.gridbook import ledgers as books
from workstations.models import GridLog, GridPosting
from workstations.queries import grids as queries
from workstations.services import grid_logs as services
from workstations.services import grid_moments
from workstations.views.grids import managed_committee

MONTHS = 12


def my_grid(request):
    """The own grids and the form of the month: boxes, five numbers, words, photos; one minute."""
    members = _memberships(request.user)
    member = _chosen(request, members)
    today = timezone.localdate()
    if member is None:
        return render(request, "workstations/my_grid.html", {"committee": request.user.home_committee, "member": None})
    month = _month(request, today)
    logs = GridLog.objects.visible_to(request.user).filter(member=member).order_by("-month")
    logs = list(logs.prefetch_related("acts", "regions")[:MONTHS])
    entry = next((one for one in logs if one.month == month), None)
    closed = services.why_closed(member, month, told=entry is not None, today=today)
    own = list(queries.own_postings(member, month))
    own = list({posting.region_id: posting for posting in own}.values())
    blank = entry or GridLog(member=member, month=month)
    form, status = None, 200
    if not closed and own:
        files = list(store.of(entry)) if entry else []
        form = GridLogForm(request.POST or None, request.FILES or None, entry=blank, own=own, files=files)
    if request.method == "POST":
        if form is None:
            attempt(request, lambda: services.save(member, month, regions=[], acts={}, by=request.user, at=_now()))
        elif form.is_valid():
            saved = _save(request, member, month, form)
            if saved:
                return redirect("grid-log", saved.pk)
        status = 400
    context = {
        "committee": member.committee,
        "member": member,
        "members": members,
        "month": month,
        "months": _offered(member, {one.month for one in logs}, today),
        "form": form,
        "entry": entry,
        "closed": closed,
        "rows": _places(member, own),
        "logs": logs,
    }
    return render(request, "workstations/my_grid.html", context, status=status)


def _now():
    return timezone.now()


def _save(request, member, month, form):
    given = form.cleaned_data
    return attempt(
        request,
        lambda: services.save(
            member, month, regions=given["regions"], acts=form.acts, words=given["words"], photos=given["photos"],
            drop_photos=given.get("drop_photos", []), by=request.user, at=_now(),
        ),
        success="已记下，谢谢您！",
        form=form,
    )  # fmt: skip


def _memberships(user) -> list[Member]:
    """The own memberships that serve grids, now or within the last months, or the only one there is."""
    pks = list(user.member_ids.values())
    members = Member.objects.filter(pk__in=pks).select_related("committee__region", "user", "sector").order_by("pk")
    members = list(members)
    posted = set(GridPosting.objects.filter(member__in=pks).values_list("member", flat=True))
    return [member for member in members if member.pk in posted] or members[:1]


def _chosen(request, members):
    given = request.GET.get("member", "")
    return next((member for member in members if str(member.pk) == given), members[0] if members else None)


def _month(request, today) -> date:
    given = request.GET.get("month", "")
    try:
        return date.fromisoformat(f"{given}-01") if given else grid_moments.first_of(today)
    except ValueError:
        raise Http404 from None


def _offered(member, told, today):
    """The months that may be told or corrected today, with whether they were told."""
    months = grid_moments.months_open(member.committee, today)
    last = grid_moments.add_months(grid_moments.first_of(today), -1)
    return [(month, month in told) for month in dict.fromkeys([*months, *([last] if last in told else [])])]


def _places(member, own):
    """The own grids with where they lie, when one was last there, and who else serves them."""
    codes = [posting.region_id for posting in own]
    names, last = queries.towns_of(codes), queries.last_there(member, codes)
    others = queries.colleagues(member, codes)
    return [
        {
            "posting": posting,
            "place": queries.place_words(posting.region_id, names),
            "last": last.get(posting.region_id),
            "others": others.get(posting.region_id, []),
        }
        for posting in own
    ]


@require_safe
def grid_log(request, pk):
    """What was told of a month: after saving the thanks with what was counted, later the record."""
    logs = GridLog.objects.visible_to(request.user).select_related("member__user", "member__committee__region", "by")
    entry = get_object_or_404(logs.prefetch_related("acts", "regions"), pk=pk)
    is_own = entry.member.user_id == request.user.pk
    acts = list(entry.acts.all())
    year = GridLog.objects.filter(member=entry.member, month__year=entry.month.year)
    context = {
        "committee": entry.member.committee,
        "entry": entry,
        "acts": acts,
        "times": sum(act.times for act in acts),
        "is_own": is_own,
        "closed": services.why_closed(entry.member, entry.month, told=True, today=timezone.localdate()),
        "files": list(store.of(entry)),
        "year_months": year.count(),
        "year_times": sum(queries.times(year).values()),
    }
    return render(request, "workstations/grid_log.html", context)


# --- ledgers -----------------------------------------------------------------------------------------------------


def _logs(request, committee):
    logs = GridLog.objects.visible_to(request.user).filter(committee=committee)
    return LogFilter(request.GET or None, queryset=logs, committee=committee)


@require_safe
def ledgers(request):
    """Both ledgers on one page: figures of the place, what was told, and the files."""
    committee = managed_committee(request)
    filterset = _logs(request, committee)
    shown = filterset.qs.select_related("member__user", "member__sector").prefetch_related("acts", "regions")
    page = keyset(shown, request)
    for entry in page:
        entry.times = sum(act.times for act in entry.acts.all())
    this = grid_moments.first_of(timezone.localdate())
    context = {
        "committee": committee,
        "filterset": filterset,
        "page": page,
        "place": filterset.place,
        "standing": queries.standing(filterset.place),
        "roles": queries.role_bars(filterset.qs),
        "missing": queries.without_log(committee, this).select_related("user", "sector").order_by("pk")[:50],
        "this": this,
    }
    return render(request, "workstations/grid_ledgers.html", context)


@require_POST
def ledger_export(request):
    """导出: the filters of the page stay in the address; who took which ledger stands in the trail."""
    committee = managed_committee(request)
    filterset = _logs(request, committee)
    is_work, kind = request.POST.get("ledger") == "work", "csv" if request.POST.get("kind") == "csv" else "xlsx"
    given = {"by": request.user, "at": _now()}
    if is_work:
        make = books.work_csv if kind == "csv" else books.work_book
        content = make(committee, filterset.qs, filterset.place, **given)
    else:
        make = books.basic_csv if kind == "csv" else books.basic_book
        content = make(committee, filterset.place, **given)
    title = "开展工作情况台账" if is_work else "基本信息台账"
    return download(content, f"{filterset.place}进网格{title}{timezone.localdate():%Y%m%d}.{kind}")
