"""来访登记: one minute on the phone, the log by day, and its table."""

from itertools import groupby

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.documents.http import download
from config.documents.sheet import Sheet, workbook
from config.doors import attempt
from config.paging import keyset
from workstations.forms.reception import VisitForm
from workstations.models import Visit
from workstations.queries import reception as queries
from workstations.rules import reception as rules
from workstations.services import visits as services
from workstations.views.word_desk import kept, served, slip


@require_safe
def visit_list(request, pk):
    station = kept(request, pk)
    today = timezone.localdate()
    asked = request.GET.get("year", "")
    years = [today.year, today.year - 1, today.year - 2]
    year = int(asked) if asked in {str(each) for each in years} else today.year
    rows = Visit.objects.filter(station=station).select_related("shift__member__user", "word", "by")
    if request.GET.get("as") == "xlsx":
        return download(_book(station, year, rows), f"{station}{year}年来访登记.xlsx")
    page = keyset(rows, request)
    sums = queries.sums(station, [visit.on for visit in page])
    by_day = sorted(page.rows, key=lambda visit: visit.on, reverse=True)  # what was entered later stands at its day
    context = {
        "committee": station.committee,
        "station": station,
        "page": page,
        "days": [(day, sums[day], list(some)) for day, some in groupby(by_day, key=lambda visit: visit.on)],
        "figures": queries.figures(station, year, today),
        "years": years,
        "year": year,
    }
    return render(request, "workstations/visit_list.html", context)


def _book(station, year, rows) -> bytes:
    """Who spoke and how to reach them stands in no table."""
    of_year = rows.filter(on__year=year).order_by("on", "pk")
    lines = [
        (
            visit.on, visit.people, visit.matter, str(visit.shift.member) if visit.shift else "",
            visit.word.get_state_display() if visit.word else "", str(visit.by),
        )
        for visit in of_year
    ]  # fmt: skip
    header = ("日期", "人数", "事由", "值班委员", "群众反映", "登记人")
    return workbook(Sheet("来访登记", header, lines, above=f"{station}　{year}年　共 {len(lines)} 次"))


@never_cache
def visit_new(request, pk):
    """登记一次来访; where something was said, the receipt slip follows."""
    station = served(request, pk)
    may_back_date = rules.can_plan(request.user, station)
    form = VisitForm(request.POST or None, may_back_date=may_back_date)
    if form.is_valid():
        logged = attempt(
            request,
            lambda: services.log_visit(station, **form.given(), by=request.user, at=timezone.now()),
            form=form,
        )
        if logged:
            visit, code = logged
            if code:
                return slip(request, visit.word, code)
            context = {"committee": station.committee, "station": station, "visit": visit}
            return render(request, "workstations/visit_logged.html", {**context, "may_list": may_back_date})
    context = {"committee": station.committee, "station": station, "form": form, "may_list": may_back_date}
    status = 400 if request.method == "POST" else 200
    return render(request, "workstations/visit_form.html", context, status=status)
