"""委员在身边: the one screen of a committee, from the city down to a village."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.documents.http import download
from config.documents.sheet import Sheet, csv_lines, workbook
from members.models import Committee, RegionLevel
from workstations.coverage import drawing
from workstations.documents import coverage as documents
from workstations.queries import grid_coverage as queries


def _committee(request, slug):
    return get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)


@login_not_required
@require_safe
def where(request, slug):
    """委员在身边: figures, map and table of one division; as a table for office programs with `as=`."""
    committee = _committee(request, slug)
    at = queries.division(committee, request.GET.get("at", ""))
    if at is None:
        raise Http404
    matrix = queries.matrix(committee, at, timezone.localdate())
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        return _table(committee, matrix, wanted)
    address = reverse("where", args=[slug])
    is_list = request.GET.get("show") == "list"
    context = {
        "committee": committee,
        "at": at,
        "matrix": matrix,
        "trail": queries.above(committee, at),
        "below": RegionLevel(min(at.level + 1, RegionLevel.GRID)).label,
        "is_list": is_list,
        "leads_down": at.level < RegionLevel.VILLAGE,
        "maps": [] if is_list or not matrix.rows else drawing.drawings(matrix, address),
        "legend": drawing.LEGEND,
        "marks": drawing.MARKS,
    }
    return render(request, "workstations/where.html", context)


def _table(committee, matrix, kind):
    name = f"{committee.short_name}委员在身边（{matrix.region}）.{kind}"
    header, rows = documents.header(matrix), documents.rows(matrix)
    if kind == "csv":
        return download(b"".join(csv_lines(header, rows)), name)
    return download(workbook(Sheet("覆盖情况", header, rows, above=documents.scope(matrix))), name)
