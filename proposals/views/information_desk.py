"""登记台: the register, what is done with a report, the whole register as a table, numbers and words."""

from tempfile import TemporaryFile

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents import sheet
from config.documents.http import download
from config.doors import attempt
from config.paging import keyset, numbered
from members.models import Committee
from members.roles import Permission
from proposals import rules
from proposals.documents import information as documents
from proposals.filters.information import InformationFilter
from proposals.forms.information import PutInForm, ReturnForm, SameForm, ShelveForm
from proposals.models import Information
from proposals.queries import information as queries
from proposals.queries import information_circular as circular
from proposals.queries import information_figures as figures
from proposals.queries import information_topics as topics
from proposals.services import bulletins
from proposals.services import information_desk as services
from proposals.states import InformationState
from proposals.views import information as one
from proposals.views.information_forms import offered_mains

READERS = "社情民意信息的登记台由政协办和提案委的工作人员、主席会议成员使用。委员的在“我的信息”。"


def committee_of(request, permission=Permission.INFORMATION_VIEW) -> Committee:
    """The committee whose information this person reads: one's home where that is one of several."""
    found = Committee.objects.manageable_by(request.user, permission).select_related("region").order_by("pk")
    asked = one.number(request.GET.get("committee"))
    ranked = sorted(found, key=lambda committee: (committee.pk != asked, committee.pk not in request.user.member_ids))
    if not ranked:
        raise PermissionDenied(READERS)
    return ranked[0]


def _narrowed(request, committee):
    """The register without drafts, and what the address narrows it to."""
    rows = Information.objects.filter(committee=committee).exclude(state__in=queries.UNSEEN)
    return InformationFilter(request.GET or None, queryset=rows, request=request)


@require_safe
def information_desk(request):
    """Everything that was handed in; what waits to be registered is counted above."""
    committee = committee_of(request)
    found = _narrowed(request, committee)
    rows = found.qs.select_related("author__user", "category", "bulletin", "word")
    page = keyset(rows, request)
    context = {
        "committee": committee,
        "filter": found,
        "page": page,
        "rows": [(row, queries.reporter_of(row)) for row in page],
        "keeps": committee.pk in request.user.committees_with(Permission.INFORMATION_EDIT),
        "waiting": Information.objects.filter(committee=committee, state=InformationState.SUBMITTED).count(),
        "query": request.GET.urlencode(),
    }
    return render(request, "proposals/information_desk.html", context)


@require_safe
def information_table(request):
    """The same list, whole, as a workbook with real dates; written to disk row by row."""
    committee = committee_of(request)
    rows = documents.register_rows(_narrowed(request, committee).qs)
    at = timezone.localtime()
    above = f"{committee.name}　社情民意信息登记　{at:%Y-%m-%d %H:%M} 导出"
    file = TemporaryFile()  # noqa: SIM115  (the response closes it)
    sheet.save(file, sheet.Sheet("社情民意信息", documents.REGISTER, rows, above=above))
    file.seek(0)
    return download(file, f"社情民意信息{at:%Y%m%d}.xlsx")


def _kept(request, key):
    rows = Information.objects.visible_to(request.user).select_related(*one.LOADED)
    information = get_object_or_404(rows, key=key)
    rules.require("keep_information", request.user, information)
    return information


def _decide(request, key, name, form_of, do, success):
    """One decision with its form: done, or the page again with what was typed."""
    information = _kept(request, key)
    form = form_of(information)
    if form.is_valid():
        done = attempt(
            request, lambda: do(information, form.cleaned_data, by=request.user, at=timezone.now()), success=success,
            form=form,
        )  # fmt: skip
        if done or not form.errors:
            return redirect("information", key=key)
    information = _kept(request, key)
    return one.page(request, information, forms={name: form}, status=400)


@require_POST
def information_register(request, key):
    information = _kept(request, key)
    attempt(
        request, lambda: services.register(information, by=request.user, at=timezone.now()),
        success="已登记，反映人已收到通知。",
    )  # fmt: skip
    return redirect("information", key=key)


@require_POST
def information_return(request, key):
    return _decide(
        request, key, "return", lambda row: ReturnForm(request.POST, prefix="return"),
        lambda row, data, **who: services.return_(row, **data, **who), "已退回，报送人已收到通知。",
    )  # fmt: skip


@require_POST
def information_shelve(request, key):
    return _decide(
        request, key, "shelve", lambda row: ShelveForm(request.POST, prefix="shelve"),
        lambda row, data, **who: services.shelve(row, **data, **who), "已留存，反映人已收到通知。",
    )  # fmt: skip


@require_POST
def information_take_up(request, key):
    information = _kept(request, key)
    attempt(
        request, lambda: services.take_up(information, by=request.user, at=timezone.now()), success="已重新登记。"
    )  # fmt: skip
    return redirect("information", key=key)


@require_POST
def information_same(request, key):
    return _decide(
        request, key, "same",
        lambda row: SameForm(request.POST, prefix="same", offered=offered_mains(row)[1]),
        lambda row, data, **who: services.mark_same(row, **data, **who), "已记为重复，署名保留。",
    )  # fmt: skip


@require_POST
def information_apart(request, key):
    information = _kept(request, key)
    attempt(
        request, lambda: services.set_apart(information, by=request.user, at=timezone.now()), success="已撤销重复。"
    )  # fmt: skip
    return redirect("information", key=key)


@require_POST
def information_put_in(request, key):
    """编入 an issue under way, or begin a new one with it."""
    information = _kept(request, key)
    form = PutInForm(request.POST, prefix="put-in", committee=information.committee)
    if form.is_valid():
        issue, who = form.cleaned_data["bulletin"], {"by": request.user, "at": timezone.now()}
        if issue is None:
            made = attempt(
                request, lambda: bulletins.begin([information], committee=information.committee, **who),
                success="已开始采编，原件不变。",
            )  # fmt: skip
            return redirect("bulletin-edit", pk=made.pk) if made else redirect("information", key=key)
        if attempt(request, lambda: bulletins.add(issue, information, **who), success="已编入，请把内容写进正文。"):
            return redirect("bulletin-edit", pk=issue.pk)
        return redirect("information", key=key)
    return one.page(request, information, forms={"put-in": form}, status=400)


# --- numbers and words -------------------------------------------------------------------------------------------


def _year(request, committee):
    """The years there are, the one that the address asks for, and its days so far."""
    today = timezone.localdate()
    years = figures.years_of(committee, today)
    year = one.number(request.GET.get("year"))
    year = year if year in years else today.year
    return years, year, figures.span_of(year, today)


@require_safe
def information_figures(request):
    """信息工作统计 of a year, beside the same days of the year before; every number leads to its rows."""
    committee, base = committee_of(request), reverse("information-desk")
    years, year, span = _year(request, committee)
    earlier = figures.before(span)
    now, then = figures.counted(committee, span), figures.counted(committee, earlier)
    context = {
        "committee": committee, "year": year, "years": years, "span": span, "earlier": earlier, "now": now,
        "then": then, "changes": figures.changes(now, then, base=base),
        "categories": figures.by_category(committee, span, base=base),
        "kinds": figures.by_kind(committee, span, base=base), "papers": figures.papers_in(committee, span),
        "used_url": figures.address(base, span, state=InformationState.ISSUED),
        "adopted_url": figures.address(base, span, adopted="any"),
    }  # fmt: skip
    return render(request, "proposals/information_figures.html", context)


@require_safe
def information_circular(request):
    """通报 of a year: who reported how much and what came of it."""
    committee = committee_of(request)
    years, year, span = _year(request, committee)
    lines = circular.lines_of(committee, span, base=reverse("information-desk"))
    context = {
        "committee": committee, "year": year, "years": years, "span": span, "page": numbered(lines, request),
        "header": circular.HEADER,
    }  # fmt: skip
    return render(request, "proposals/information_circular.html", context)


@require_safe
def information_circular_table(request):
    """The same, whole, as a workbook."""
    committee = committee_of(request)
    _, year, span = _year(request, committee)
    lines = circular.lines_of(committee, span, base=reverse("information-desk"))
    above = f"{committee.name}　{span}社情民意信息报送和采用情况"
    book = sheet.workbook(sheet.Sheet("报送采用情况", circular.HEADER, circular.table_of(lines), above=above))
    return download(book, f"社情民意信息通报{year}.xlsx")


@require_safe
def information_topics(request):
    """反映集中在哪里: words that recur and groups of reports, each with what made it (row 142)."""
    committee = committee_of(request)
    context = {"committee": committee, "topics": topics.topics_of(committee), "newest": topics.NEWEST,
               "least": topics.LEAST}  # fmt: skip
    return render(request, "proposals/information_topics.html", context)
