"""承办单位考核: the years, one table, its indicators, scores by hand, and each figure opened case by case."""

import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset, numbered
from members.models import Committee, Organisation
from members.roles import Permission
from proposals import rules
from proposals.documents import appraisals as documents
from proposals.forms.appraisals import AppraisalForm, LeastForm, ScoreForm, indicator_forms
from proposals.models import Indicator, Measure, UnitAppraisal, UnitScore
from proposals.queries import appraisal as queries
from proposals.services import appraisals as services
from proposals.states import AppraisalState


@require_safe
def appraisal_list(request):
    """The office's of every year; those that are published and about the user's units."""
    user = request.user
    if not (user.committees_with(Permission.MATTER_VIEW) or user.organisations_with(Permission.MATTER_HANDLE)):
        raise PermissionDenied
    rows = UnitAppraisal.objects.visible_to(request.user).select_related("committee")
    may_new = bool(request.user.committees_with(Permission.MATTER_SUPERVISE))
    return render(request, "proposals/appraisal_list.html", {"page": keyset(rows, request), "may_new": may_new})


def appraisal_new(request):
    committees = Committee.objects.manageable_by(request.user, Permission.MATTER_SUPERVISE)
    committee = committees.order_by("pk").first()
    if committee is None:
        raise PermissionDenied
    form = AppraisalForm(request.POST or None, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: services.create(committee, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success="考核已建立，指标可以再改。",
        )
        if made:
            return redirect(made)
    context = {"form": form, "committee": committee}
    return render(request, "proposals/appraisal_form.html", context, status=400 if request.method == "POST" else 200)


def _appraisal(request, pk) -> UnitAppraisal:
    rows = UnitAppraisal.objects.visible_to(request.user).select_related("committee")
    return get_object_or_404(rows, pk=pk)


def _sees_all(user, appraisal) -> bool:
    return appraisal.committee_id in user.committees_with(Permission.MATTER_VIEW)


def _own(user, appraisal, table):
    """A unit's people read their own rows; the rank says how many were ranked."""
    if _sees_all(user, appraisal):
        return table
    mine = user.organisations_with(Permission.MATTER_HANDLE)
    return queries.Table(
        table.indicators,
        [row for row in table.ranked if row.organisation.pk in mine],
        [row for row in table.unranked if row.organisation.pk in mine],
    )


@require_safe
def appraisal(request, pk):
    """The table, best first; who has too little to be compared stands apart; `by` compares under one indicator."""
    found = _appraisal(request, pk)
    today = timezone.localdate()
    whole = queries.table(found, today)
    table = _own(request.user, found, whole)
    may_edit = found.state == AppraisalState.DRAFT and rules.may("appraise", request.user, found)
    context = {
        "appraisal": found,
        "committee": found.committee,
        "table": table,
        "ranked": len(whole.ranked),
        "by": (by := next((one for one in table.indicators if str(one.pk) == request.GET.get("by")), None)),
        "bars": queries.bars(table, by),
        "runs": today <= datetime.date(found.year, 12, 31),
        "meanings": queries.meanings(table.indicators),
        "may_edit": may_edit,
        "unscored": len(whole.unscored) if may_edit else 0,
        "sees_all": _sees_all(request.user, found),
    }
    return render(request, "proposals/appraisal_detail.html", context)


@require_safe
def appraisal_export(request, pk):
    found = _appraisal(request, pk)
    today = timezone.localdate()
    table = _own(request.user, found, queries.table(found, today))
    return download(documents.appraisal_book(found, table, today), f"{found.committee.short_name}{found}.xlsx")


def appraisal_indicators(request, pk):
    found = _appraisal(request, pk)
    rules.require("appraise", request.user, found)
    typed = request.POST if request.method == "POST" else None
    forms, least_form = indicator_forms(found, typed), LeastForm(typed, initial={"least": found.least})
    if typed is not None and forms.is_valid() & least_form.is_valid():
        lines, least = forms.lines(), least_form.cleaned_data["least"]
        done = attempt(
            request,
            lambda: services.keep_indicators(found, lines, least=least, by=request.user, at=timezone.now()),
            success="指标已保存。",
        )
        if done:
            return redirect(found)
    context = {"appraisal": found, "committee": found.committee, "forms": forms, "least_form": least_form}
    status = 400 if request.method == "POST" else 200
    return render(request, "proposals/appraisal_indicators.html", context, status=status)


def _figure(request, pk, indicator, organisation) -> tuple[UnitAppraisal, Indicator, Organisation]:
    found = _appraisal(request, pk)
    line = get_object_or_404(found.indicators.select_related("appraisal__committee"), pk=indicator)
    unit = get_object_or_404(Organisation.objects.filter(committee=found.committee_id), pk=organisation)
    if not _sees_all(request.user, found) and unit.pk not in request.user.organisations_with(Permission.MATTER_HANDLE):
        raise Http404
    return found, line, unit


def appraisal_score(request, pk, indicator, organisation):
    """人工评分."""
    found, line, unit = _figure(request, pk, indicator, organisation)
    rules.require("appraise", request.user, found)
    if line.measure != Measure.BY_HAND:
        raise Http404
    given = UnitScore.objects.filter(indicator=line, organisation=unit).first()
    initial = {"points": given.points, "words": given.words} if given else {}
    form = ScoreForm(request.POST or None, most=line.weight, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: services.score(line, unit, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success=f"已给{unit}评分。",
        )
        if done:
            return redirect(found)
    context = {"appraisal": found, "committee": found.committee, "indicator": line, "unit": unit, "form": form}
    status = 400 if request.method == "POST" else 200
    return render(request, "proposals/appraisal_score.html", context, status=status)


@require_POST
def appraisal_publish(request, pk):
    found = _appraisal(request, pk)
    attempt(
        request, lambda: services.publish(found, by=request.user, at=timezone.now()),
        success="考核已发布，各单位会收到通知。",
    )  # fmt: skip
    return redirect(found)


@require_safe
def appraisal_cases(request, pk, indicator, organisation):
    """One figure opened: `only=1` what is in the numerator, `only=0` what is not."""
    found, line, unit = _figure(request, pk, indicator, organisation)
    if line.measure == Measure.BY_HAND:
        raise Http404
    things = queries.things(line, unit, timezone.localdate())
    only = request.GET.get("only", "")
    shown = [thing for thing in things if only not in ("0", "1") or thing[1] == (only == "1")]
    page = numbered(shown, request)
    names = queries.named(line, [number for number, _ in page.rows])
    (meaning,) = queries.meanings([line])
    done = sum(does_well for _, does_well in things)
    context = {
        "appraisal": found, "committee": found.committee, "indicator": line, "unit": unit, "page": page, "only": only,
        "rows": [(names[number], does_well) for number, does_well in page.rows if number in names],
        "meaning": meaning, "done": done, "total": len(things),
    }  # fmt: skip
    return render(request, "proposals/appraisal_cases.html", context)
