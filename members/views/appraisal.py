"""Pages of the year's appraisal for the staff: the years, one year, what follows from it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from members import documents
from members.filters.appraisal import MeasureFilter, ResultFilter
from members.forms.appraisal import AnswerForm, CorrectForm, FreezeForm, TalkForm, UpholdForm, WaiveForm
from members.models import Appraisal, Measure, Objection, ScoreScheme
from members.queries import appraisal as queries
from members.roles import Permission
from members.rules import appraisal as rules
from members.services import appraisal as services
from members.services import measures, objections
from members.states import AppraisalState, MeasureState, ObjectionState, SchemeState

PERSON = ("member__user", "member__sector")


def _managed(request) -> set[int]:
    held = request.user.committees_with(Permission.DUTY_MANAGE)
    if not held:
        raise PermissionDenied("年度考评由政协办的考评工作人员办理。您自己的结果在“我的考评”里。")
    return held


def _appraisal(request, pk):
    appraisal = get_object_or_404(
        Appraisal.objects.visible_to(request.user).select_related("committee", "scheme"), pk=pk
    )
    if not rules.can_manage(request.user, appraisal):
        raise PermissionDenied("排名和全体结果只给考评工作人员看。您自己的结果在“我的考评”里。")
    return appraisal


@require_safe
def appraisal_list(request):
    """Every year, and the schemes whose year can be frozen."""
    held = _managed(request)
    appraisals = Appraisal.objects.visible_to(request.user).filter(committee__in=held).select_related("committee")
    schemes = ScoreScheme.objects.visible_to(request.user).filter(committee__in=held, state=SchemeState.IN_FORCE)
    waiting = Objection.objects.visible_to(request.user).filter(
        state=ObjectionState.RAISED, result__appraisal__committee__in=held
    )
    context = {
        "page": keyset(appraisals, request),
        "schemes": schemes.order_by("year", "pk"),
        "waiting": waiting.select_related("result__appraisal", "result__member__user").order_by("due_on", "pk")[:20],
        "several": len(held) > 1,
        "this_year": timezone.localdate().year,
    }
    return render(request, "members/appraisal_list.html", context)


def appraisal_freeze(request, pk):
    """The last look before a year is kept as it is."""
    schemes = ScoreScheme.objects.visible_to(request.user).filter(committee__in=_managed(request))
    scheme = get_object_or_404(schemes.select_related("committee"), pk=pk)
    early = timezone.localdate().year <= scheme.year
    form = FreezeForm(request.POST if request.method == "POST" else None, early=early)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: services.freeze(scheme, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"{scheme.year} 年度已定格。请核对后提出结果运用，再反馈给委员。",
            form=form,
        )
        if made:
            return redirect(made)
    context = {"committee": scheme.committee, "scheme": scheme, "form": form, "early": early}
    return render(request, "members/appraisal_freeze.html", context)


@require_safe
def appraisal(request, pk):
    """One year: how the grades fall, who has which, what follows, who objects."""
    appraisal = _appraisal(request, pk)
    distribution = queries.distribution(appraisal)
    results = appraisal.results.visible_to(request.user).select_related(*PERSON, "objection").defer("lines")
    grades = [row["label"] for row in distribution if row["url"] != "?grade=-"]
    filterset = ResultFilter(request.GET or None, queryset=results, appraisal=appraisal, grades=grades)
    measures_here = Measure.objects.filter(result__appraisal=appraisal)
    context = {
        "committee": appraisal.committee,
        "appraisal": appraisal,
        "distribution": distribution,
        "graded": sum(row["value"] for row in distribution if row["url"] != "?grade=-"),
        "filterset": filterset,
        "page": keyset(filterset.qs, request, per_page=50),
        "measures": measures_here.filter(state=MeasureState.PROPOSED).select_related("result__member__user")[:20],
        "objections": Objection.objects.filter(result__appraisal=appraisal).select_related("result__member__user"),
        "hints": queries.absence_hints(appraisal),
        "window_over": appraisal.objections_until and timezone.localdate() > appraisal.objections_until,
    }
    return render(request, "members/appraisal_detail.html", context)


@require_safe
def appraisal_table(request, pk):
    appraisal = _appraisal(request, pk)
    return download(documents.results_table(appraisal), f"{appraisal}.xlsx")


@require_POST
def appraisal_propose(request, pk):
    appraisal = _appraisal(request, pk)
    proposed = attempt(request, lambda: (measures.propose_measures(appraisal, by=request.user, at=timezone.now()),))
    if proposed:
        messages.success(request, f"按方案的结果运用，新提出 {proposed[0]} 件。")
    return redirect(appraisal)


def appraisal_publish(request, pk):
    """What every member will be told, and from when until when one may object."""
    appraisal = _appraisal(request, pk)
    if request.method == "POST":
        done = attempt(
            request,
            lambda: services.publish(appraisal, by=request.user, at=timezone.now()),
            success="已反馈，每位委员都收到了自己的结果。",
        )
        if done:
            return redirect(appraisal)
    context = {
        "committee": appraisal.committee,
        "appraisal": appraisal,
        "count": appraisal.results.count(),
        "days": appraisal.committee.parameter("objection.workdays"),
        "is_frozen": appraisal.state == AppraisalState.FROZEN,
        "untalked": Measure.objects.filter(result__appraisal=appraisal, state=MeasureState.PROPOSED).count(),
    }
    return render(request, "members/appraisal_publish.html", context)


@require_POST
def appraisal_close(request, pk):
    appraisal = _appraisal(request, pk)
    attempt(request, lambda: services.close(appraisal, by=request.user, at=timezone.now()), success="年度考评已归档。")
    return redirect(appraisal)


# --- what follows ------------------------------------------------------------------------------------------------


@require_safe
def measure_list(request):
    held = _managed(request)
    rows = Measure.objects.visible_to(request.user).filter(result__appraisal__committee__in=held)
    asked = request.GET if {"state", "kind"} & set(request.GET) else {"state": MeasureState.PROPOSED}
    filterset = MeasureFilter(
        asked, queryset=rows.select_related("result__member__user", "result__appraisal").defer("result__lines")
    )
    context = {"filterset": filterset, "page": keyset(filterset.qs, request)}
    return render(request, "members/measure_list.html", context)


def measure(request, pk):
    """One measure: the talk is recorded here, on the phone, right after it was held."""
    rows = Measure.objects.visible_to(request.user)
    measure = get_object_or_404(
        rows.select_related("result__member__user", "result__member__sector", "result__appraisal__committee"), pk=pk
    )
    result = measure.result
    if not rules.can_manage(request.user, result.appraisal):
        return redirect(result)
    may = rules.can_apply(request.user, measure) and measure.state == MeasureState.PROPOSED
    waiving = "waive" in request.GET
    talk = TalkForm(None if waiving else request.POST or None, initial={"speaker": measure.speaker})
    waive = WaiveForm(request.POST or None if waiving else None)
    if request.method == "POST":
        verb, form = (measures.waive, waive) if waiving else (measures.record_talk, talk)
        if form.is_valid():
            done = attempt(
                request,
                lambda: verb(measure, **form.cleaned_data, by=request.user, at=timezone.now()),
                success="已登记。",
                form=form,
            )
            if done:
                return redirect("measure-list")
    context = {
        "committee": result.appraisal.committee, "measure": measure, "result": result,
        "talk_form": talk if may else None, "waive_form": waive if may else None,
        "is_own": result.member.user_id == request.user.pk,
    }  # fmt: skip
    return render(request, "members/measure_detail.html", context)


def objection(request, pk):
    """One objection: prepare the correction, confirm it as the second person, or keep the result."""
    rows = Objection.objects.visible_to(request.user)
    objection = get_object_or_404(
        rows.select_related(
            "result__member__user", "result__member__sector", "result__appraisal__committee",
            "result__appraisal__scheme", "corrected_by", "answered_by",
        ),
        pk=pk,
    )  # fmt: skip
    user, verb = request.user, request.GET.get("do", "")
    if objection.result.member.user_id == user.pk:
        return redirect(objection.result)
    waiting = objection.state == ObjectionState.RAISED
    may_correct, may_uphold = rules.can_correct(user, objection), rules.can_uphold(user, objection)
    posted = {name: request.POST or None if verb == name else None for name in ("correct", "uphold", "refuse")}
    forms = {
        "correct": CorrectForm(posted["correct"], objection=objection),
        "uphold": UpholdForm(posted["uphold"], auto_id="uphold_%s", initial={"seen": objection.correction}),
        "refuse": AnswerForm(posted["refuse"], auto_id="refuse_%s"),
    }
    services_by = {"correct": objections.correct, "uphold": objections.uphold, "refuse": objections.refuse}
    form = forms.get(verb)
    if request.method == "POST" and form is not None and form.is_valid():
        done = attempt(
            request,
            lambda: services_by[verb](objection, **form.cleaned_data, by=user, at=timezone.now()),
            success={"correct": "已提交，请另一位工作人员复核确认。"}.get(verb, "已答复，委员会收到通知。"),
            form=form,
        )
        if done:
            return redirect(objection)
    is_second = waiting and objection.correction and may_uphold
    context = {
        "committee": objection.result.appraisal.committee, "objection": objection, "result": objection.result,
        "uphold_form": forms["uphold"] if is_second else None,
        "correct_form": forms["correct"] if waiting and may_correct and not is_second else None,
        "refuse_form": forms["refuse"] if waiting and may_correct else None,
    }  # fmt: skip
    return render(request, "members/objection_detail.html", context)
