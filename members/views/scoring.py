"""Pages of points: ranks of a year, averages of groups, a member's ledger. Ranks are for staff and oneself only."""

from bisect import bisect_right
from operator import itemgetter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import Page, keyset
from members.exports import score_table
from members.filters.scoring import RankFilter
from members.models import Member, ScoreLine, ScoreScheme
from members.queries import scoring as queries
from members.roles import Permission
from members.services import scoring as services
from members.states import SchemeState
from members.views.schemes import managed_committee

PER_PAGE = 50


@require_safe
def rank_list(request):
    """履职积分: everybody by points, narrowed by words, sector and body; the place is that in the whole committee."""
    committee = managed_committee(request)
    scheme, year, years = _scheme(request, committee)
    filterset = _filterset(request, committee)
    context = {
        "committee": committee,
        "scheme": scheme,
        "year": year,
        "years": years,
        "filterset": filterset,
        "is_in_force": scheme and scheme.state == SchemeState.IN_FORCE,
    }
    if scheme:
        ranked = queries.ranks(scheme)
        page = _page(request, _narrowed(ranked, filterset))
        context |= {"page": page, "rows": _rows(scheme, ranked, page.rows), "of": len(ranked)}
    return render(request, "members/score_ranks.html", context)


@require_safe
def rank_table(request):
    """The same list, whole, as a spreadsheet."""
    committee = managed_committee(request)
    scheme, *_ = _scheme(request, committee)
    if scheme is None:
        return redirect("score-ranks")
    filterset = _filterset(request, committee)
    ranked = queries.ranks(scheme)
    book = score_table(scheme, _rows(scheme, ranked, _narrowed(ranked, filterset)), at=timezone.now())
    return download(book, f"{scheme}履职积分.xlsx")


@require_safe
def group_list(request):
    """Average points of the duty groups (row 178)."""
    committee = managed_committee(request)
    scheme, year, years = _scheme(request, committee)
    rows = queries.group_averages(scheme) if scheme else []
    context = {
        "committee": committee, "scheme": scheme, "year": year, "years": years, "rows": rows,
        "fewest": queries.FEWEST,
        "bars": [{"label": row.body.name, "value": row.average} for row in rows if row.rank],
    }  # fmt: skip
    return render(request, "members/score_groups.html", context)


@require_POST
def recompute(request):
    """Compare the whole ledger with the facts; what differs is posted as corrections."""
    committee = managed_committee(request)
    scheme, year, _ = _scheme(request, committee)
    if scheme is None or scheme.state != SchemeState.IN_FORCE:
        raise PermissionDenied
    added = attempt(request, lambda: (services.check(scheme, by=request.user, at=timezone.now()),))
    if added:
        told = f"补记了 {added[0]} 行更正。" if added[0] else "台账与履职记录完全一致，没有需要更正的。"
        messages.success(request, f"已按全部履职记录重新核算 {year} 年积分：{told}")
    return redirect("score-ranks")


@require_safe
def ledger(request, pk):
    """One member's card and every line of the ledger, corrections too; for staff, and for the member."""
    looked_after = Member.objects.looked_after_by(request.user)
    members = Member.objects.filter(Q(user=request.user) | Q(pk__in=looked_after.values("pk")))
    member = get_object_or_404(members.select_related("user", "sector", "committee"), pk=pk)
    scheme, year, years = _scheme(request, member.committee)
    lines = ScoreLine.objects.visible_to(request.user).filter(member=member, scheme=scheme).select_related("record")
    context = {
        "committee": member.committee,
        "member": member,
        "scheme": scheme,
        "year": year,
        "years": years,
        "card": queries.card(scheme, member) if scheme else None,
        "page": keyset(lines, request, per_page=50),
        "is_staff": member.committee_id in request.user.committees_with(Permission.DUTY_MANAGE),
    }
    return render(request, "members/score_ledger.html", context)


# --- what is asked for --------------------------------------------------------------------------------------------


def _scheme(request, committee) -> tuple[ScoreScheme | None, int, list[int]]:
    """The scheme of the year that was asked for, else the latest that counts; and the years that have one."""
    schemes = queries.schemes_of(committee)
    asked = (request.POST if request.method == "POST" else request.GET).get("year", "")
    if asked.isascii() and asked.isdigit() and len(asked) == 4:
        year = int(asked)
    else:
        year = next(iter(schemes), timezone.localdate().year)
    return schemes.get(year), year, list(schemes)


def _filterset(request, committee):
    members = Member.objects.visible_to(request.user).filter(committee=committee)
    return RankFilter(request.GET or None, queryset=members, committee=committee)


def _narrowed(ranked, filterset):
    """(position, row) of those that the filters leave; without filters all."""
    rows = list(enumerate(ranked, start=1))
    if not any(filterset.data.get(name) for name in filterset.filters if name != "year"):
        return rows
    left = set(filterset.qs.values_list("pk", flat=True))
    return [(position, row) for position, row in rows if row.member in left]


def _page(request, rows) -> Page:
    """From the position after the one in the address on: stable while one reads, however many rows there are."""
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
    start = bisect_right(rows, after, key=itemgetter(0))
    shown = rows[start : start + PER_PAGE]
    more, before = start + PER_PAGE < len(rows), max(0, start - PER_PAGE)
    return Page(
        rows=shown,
        next_url=_address(request, shown[-1][0]) if more else "",
        previous_url=_address(request, rows[before - 1][0] if before else 0) if start else "",
        total_text=f"本页 {len(shown)} 人，共 {len(rows)} 人",
    )


def _address(request, after) -> str:
    query = request.GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}"


def _rows(scheme, ranked, shown) -> list[dict]:
    """Members with their points and grades, for the rows shown."""
    pks = [row.member for _, row in shown]
    people = Member.objects.select_related("user", "sector").in_bulk(pks)
    bands = queries.bands_of(scheme, members=pks, ranked=ranked)
    return [{"member": people[row.member], "score": row, "band": bands.get(row.member)} for _, row in shown]
