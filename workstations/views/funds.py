"""Pages of money: the whole committee's year for the office and the auditors, a station's year for its keepers too."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.audit import log
from config.documents.http import download
from config.documents.sheet import Sheet, workbook
from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from members.models import Committee
from workstations.filters.funds import FundFilter
from workstations.forms.funds import FundForm, StrikeForm
from workstations.models import Activity, FundKind, FundLine, Workstation
from workstations.queries import funds as queries
from workstations.rules import funds as rules
from workstations.services import funds as services

SHOWN = ("station", "activity", "by")
HEAD = ("日期", "类别", "金额（元）", "站点", "活动", "来源或收款方", "用途", "登记人", "作废时间", "作废原因")


def _committee(request) -> Committee:
    """The first whose money this person reads as a whole; 403 where there is none."""
    found = rules.overseen_by(request.user).first()
    if found is None:
        raise PermissionDenied
    return found


def _year(given, today) -> int:
    year = int(given) if given.isascii() and given.isdigit() and len(given) == 4 else today.year
    return year if 2000 <= year <= 2100 else today.year


# --- the committee as a whole ------------------------------------------------------------------------------------


@require_safe
def fund_overview(request):
    """One year: budget, granted, raised, spent; each station, the least balance first; where grants came from."""
    committee, today = _committee(request), timezone.localdate()
    lines = FundLine.objects.visible_to(request.user).filter(committee=committee)
    year = _year(request.GET.get("year", ""), today)
    mine = lines.of_year(year)
    sums = queries.sums(mine)
    context = {
        "committee": committee,
        "year": year,
        "years": queries.years_of(lines, today),
        "sums": sums,
        "ledgers": queries.by_station(lines, year),
        "grants": queries.by_source(mine, FundKind.GRANT),
        "raised": queries.by_source(mine, FundKind.RAISED),
        "is_office": rules.is_office(request.user, committee.pk),
    }
    return render(request, "workstations/fund_overview.html", context)


@require_safe
def fund_lines(request):
    committee = _committee(request)
    lines = FundLine.objects.visible_to(request.user).filter(committee=committee)
    years = queries.years_of(lines, timezone.localdate())
    filterset = FundFilter(request.GET or None, queryset=lines, committee=committee, years=years)
    context = {
        "committee": committee,
        "filterset": filterset,
        "page": keyset(filterset.qs.select_related(*SHOWN), request),
        "is_office": rules.is_office(request.user, committee.pk),
    }
    return render(request, "workstations/fund_lines.html", context)


@require_safe
def fund_table(request):
    """The lines of a year as .xlsx, struck ones too."""
    committee = _committee(request)
    year = _year(request.GET.get("year", ""), timezone.localdate())
    lines = FundLine.objects.visible_to(request.user).filter(committee=committee).of_year(year)
    found = lines.select_related(*SHOWN).order_by("on", "pk")
    ledgers = (
        [ledger.name, *(getattr(ledger.sums, name) for name in ("budget", "granted", "raised", "spent", "balance"))]
        for ledger in queries.by_station(lines, year)
    )
    head = ["站点", "年度预算", "拨付奖补", "争取资金", "支出", "结余"]
    above = f"{committee.short_name} {year} 年经费，单位：元；结余＝拨付奖补＋争取资金－支出"
    content = workbook(
        Sheet("各站", head, ledgers, above=above),
        Sheet("明细", HEAD, (_cells(line) for line in found.iterator(2000))),
    )
    return download(content, f"{committee.short_name}{year}年经费.xlsx")


def _cells(line):
    struck = timezone.localtime(line.struck_at).date() if line.struck_at else ""
    return [
        line.on, line.get_kind_display(), line.amount, str(line.station or "全会"), str(line.activity or ""),
        line.source, line.purpose, str(line.by or ""), struck, line.struck_why,
    ]  # fmt: skip


@require_safe
def fund_activity(request, pk):
    """The money of one activity."""
    activity = get_object_or_404(Activity.objects.visible_to(request.user).select_related("committee"), pk=pk)
    lines = FundLine.objects.visible_to(request.user).filter(activity=activity)
    is_office = rules.is_office(request.user, activity.committee_id)
    may_read = is_office or rules.overseen_by(request.user).filter(pk=activity.committee_id).exists()
    if not may_read and not rules.keeps(request.user, activity.station_id):
        raise PermissionDenied
    context = {
        "committee": activity.committee, "activity": activity, "sums": queries.sums(lines), "is_office": is_office,
        "page": keyset(lines.select_related(*SHOWN), request),
    }  # fmt: skip
    return render(request, "workstations/fund_activity.html", context)


# --- one station -------------------------------------------------------------------------------------------------


def _station(request, pk) -> Workstation:
    station = get_object_or_404(Workstation.objects.visible_to(request.user).select_related("committee"), pk=pk)
    if not rules.reads(request.user, station):
        raise PermissionDenied
    return station


@require_safe
def station_funds(request, pk, year):
    if not 2000 <= year <= 2100:
        raise Http404
    station = _station(request, pk)
    lines = FundLine.objects.visible_to(request.user).filter(station=station)
    mine = lines.of_year(year)
    sums = queries.sums(mine)
    context = {
        "committee": station.committee,
        "station": station,
        "year": year,
        "years": queries.years_of(lines, timezone.localdate()),
        "sums": sums,
        "warnings": sums.warnings(station.name, year),
        "sources": queries.by_source(mine.filter(kind__in=[FundKind.GRANT, FundKind.RAISED]), FundKind.GRANT),
        "page": keyset(mine.select_related(*SHOWN), request),
        "may_add": rules.is_office(request.user, station.committee_id) or rules.keeps(request.user, pk),
    }
    return render(request, "workstations/station_funds.html", context)


# --- entering and striking ---------------------------------------------------------------------------------------


def fund_add(request):
    """The office: any kind, for a station, an activity or the whole committee (named in the address)."""
    committee = _committee(request)
    if not rules.is_office(request.user, committee.pk):
        raise PermissionDenied
    asked = {name: request.GET.get(name, "") for name in ("station", "activity", "kind")}
    initial = {name: value for name, value in asked.items() if value and len(value) < 12}
    return _adding(request, FundLine(committee=committee), is_office=True, initial=initial)


def station_fund_add(request, pk):
    """The keeper: what the station spent, with the receipt."""
    station = _station(request, pk)
    if rules.is_office(request.user, station.committee_id):
        return redirect(f"{reverse('fund-add')}?station={pk}")
    if not rules.keeps(request.user, pk):
        raise PermissionDenied
    return _adding(request, FundLine(committee=station.committee, station=station, kind=FundKind.SPENT))


def _adding(request, line, *, is_office=False, initial=None):
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FundForm(*sent, instance=line, is_office=is_office, initial=initial)
    station = line.station if not is_office else None
    if request.method == "POST" and form.is_valid():
        files = {name: form.cleaned_data[name] for name in ("photos", "documents")}
        warnings = attempt(
            request,
            lambda: services.add(form.instance, **files, by=request.user, at=timezone.now()),
            success=f"已登记：{form.instance}。",
            form=form,
        )
        if warnings is not None:
            for words in warnings:
                messages.warning(request, words)
            return redirect(form.instance)
    context = {"committee": line.committee, "form": form, "station": station}
    return render(request, "workstations/fund_form.html", context, status=400 if sent[0] is not None else 200)


def _line(request, pk) -> FundLine:
    return get_object_or_404(
        FundLine.objects.visible_to(request.user).select_related(*SHOWN, "committee"), pk=pk
    )  # fmt: skip


@require_safe
def fund_line(request, pk):
    line = _line(request, pk)
    context = {
        "committee": line.committee,
        "line": line,
        "files": store.of(line),
        "may_strike": line.struck_at is None and rules.can_strike(request.user, line),
        "may_oversee": rules.overseen_by(request.user).filter(pk=line.committee_id).exists(),
        "history": log.history(line),
    }
    return render(request, "workstations/fund_line.html", context)


def fund_strike(request, pk):
    line = _line(request, pk)
    if not rules.can_strike(request.user, line):
        raise PermissionDenied
    form = StrikeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        struck = attempt(
            request,
            lambda: services.strike(line, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="这一笔已作废，不再计入，原始记录保留。",
            form=form,
        )
        if struck:
            return redirect(line)
    context = {"committee": line.committee, "line": line, "form": form}
    return render(request, "workstations/fund_strike.html", context, status=400 if form.is_bound else 200)
