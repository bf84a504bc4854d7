"""The year of activities in figures."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.documents.http import download
from config.documents.sheet import Sheet, workbook
from members.models import Committee
from members.roles import Permission
from workstations.queries import figures as queries
from workstations.rules import activities as rules

SPANS = (1, 3, 5)


@require_safe
def activity_figures(request):
    committee = _committee(request)
    today = timezone.localdate()
    years = queries.years_with_activities(committee, today)
    year = _number(request, "year", today.year, range(2000, today.year + 2))
    span = _number(request, "years", 1, SPANS)
    found = queries.figures(committee, year, span, today)
    if request.GET.get("as") == "xlsx":
        return download(_book(found), f"{committee.short_name}{found.span}履职活动统计.xlsx")
    listing = reverse("activity-list")
    context = {
        "committee": committee, "found": found, "year": year, "years": years, "spans": SPANS, "span": span,
        "tables": [(title, unit, [_row(bar, listing) for bar in bars]) for title, unit, bars in found.tables()],
    }  # fmt: skip
    return render(request, "workstations/activity_figures.html", context)


def _committee(request) -> Committee:
    """The one that the address names, else one's own."""
    may = Committee.objects.manageable_by(request.user, Permission.OFFICE_WORK)
    asked = request.GET.get("committee", "").replace("\0", "")
    found = get_object_or_404(may, slug=asked) if asked else may.order_by("pk").first()
    if found is None or not rules.can_see_figures(request.user, found):
        raise PermissionDenied
    return found


def _number(request, name, usual, allowed) -> int:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 and int(value) in allowed else usual


def _row(bar, listing):
    return {**bar.as_row(), "url": f"{listing}?{bar.url}" if bar.url else ""}


def _book(found) -> bytes:
    numbers = [(n.label, n.value, n.unit, "" if n.distinct is None else n.distinct, n.what) for n in found.numbers]
    numbers.append(
        ("党派和工商联牵头", found.led_by_parties, "次", "", f"占有牵头单位的 {found.led} 次活动")
    )  # fmt: skip
    sheets = [Sheet("合计", ("指标", "数量", "单位", "不重复", "统计口径"), numbers)]
    sheets += [
        Sheet(title, (title.removeprefix("按"), f"数量（{unit}）"), [(bar.label, bar.value) for bar in bars])
        for title, unit, bars in found.tables()
    ]
    sheets.append(Sheet("预警", ("提示",), [(words,) for words in found.warnings]))
    return workbook(*sheets)
