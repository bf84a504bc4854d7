"""Pages of outcomes and of the tasks that came of them."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from consultation import queries, rules, services
from consultation.filters import OutcomeFilter, OutcomeTaskFilter
from consultation.forms import ClassifyForm, LookForm, OutcomeForm, WordsForm
from consultation.models import Consultation, Outcome, OutcomeTask
from consultation.states import OutcomeClass, OutcomeState, TaskState
from consultation.views.consultations import show as show_consultation
from consultation.views.trail import trail
from members.roles import Permission

SHOWN = (
    "committee__region",
    "consultation",
    "unit",
    "handler",
    "village",
    "responsible",
    "classified_by",
    "assignment",
)
CLASSES = [
    (OutcomeClass.A, "达成共识、可以实施", "交由承办单位办理，五定齐全才能转办。"),
    (OutcomeClass.B, "需党委政府研究，或属村民自治", "选定去向：专报党委政府决策，或交村（居）“两委”处理。"),
    (OutcomeClass.C, "短期内不能解决", "做好宣传解释，到期再看。"),
]


@require_safe
def outcome_list(request):
    if not request.user.committees_with(Permission.OFFICE_WORK):
        raise PermissionDenied("这一页供政协办使用。")
    outcomes = Outcome.objects.at_office(request.user)
    found = OutcomeFilter(request.GET, queryset=outcomes, request=request)
    context = {
        "filterset": found,
        "page": keyset(found.qs.select_related("consultation", "unit", "village"), request),
        "figure": queries.conversion(outcomes, "本会历次协商"),
    }
    return render(request, "consultation/outcome_list.html", context)


@require_POST
def outcome_new(request, pk):
    run = get_object_or_404(Consultation.objects.at_office(request.user).select_related("committee__region"), pk=pk)
    rules.require("run_consultation", request.user, run)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        key, text = form.cleaned_data["key"], form.cleaned_data["text"]
        deed = lambda: services.add_outcome(key, run, text=text, by=request.user, at=timezone.now())  # noqa: E731
        if outcome := attempt(request, deed, form=form, success="成果已登记，请分类。"):
            return redirect("outcome-classify", outcome.pk)
        run.refresh_from_db()
    return show_consultation(request, run, status=400, outcome_form=form)


def _get(request, pk):
    return get_object_or_404(Outcome.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


def _to_manage(request, pk):
    outcome = get_object_or_404(Outcome.objects.at_office(request.user).select_related(*SHOWN), pk=pk)
    rules.require("classify", request.user, outcome)
    return outcome


@require_safe
def outcome_detail(request, pk):
    return _show(request, _get(request, pk))


def _show(request, outcome, *, status=200, **forms):
    user = request.user
    inside = outcome.committee_id in user.committees_with(Permission.OFFICE_WORK)
    manages = rules.may("classify", user, outcome)
    followed = outcome.state == OutcomeState.ROUTED and outcome.outcome_class != OutcomeClass.A
    context = {
        "outcome": outcome,
        "consultation": outcome.consultation,
        "committee": outcome.committee,
        "inside": inside,
        "tasks": outcome.tasks.exclude(state=TaskState.WITHDRAWN).select_related("responsible", "organisation"),
        "looked": outcome.looked.select_related("by"),
        "may_classify": manages and outcome.state in Outcome.TRANSITIONS["classify"].sources,
        "may_route": manages and outcome.state == OutcomeState.CLASSIFIED,
        "look_form": LookForm() if followed and rules.may("look_again", user, outcome) else None,
        "back_form": WordsForm(label="收回的理由", auto_id="back_%s") if followed and manages else None,
        "entries": trail(request, outcome, allowed=inside),
    }
    return render(request, "consultation/outcome_detail.html", context | forms, status=status)


def outcome_classify(request, pk):
    """First the class, then the fields that this class asks for."""
    outcome = _to_manage(request, pk)
    asked = request.POST.get("outcome_class") or request.GET.get("class") or outcome.outcome_class
    form = None
    if asked in OutcomeClass.values:
        form = ClassifyForm(request.POST or None, outcome=outcome, outcome_class=asked)
        if form.is_valid():
            deed = lambda: services.classify(outcome, by=request.user, at=timezone.now(), **form.cleaned_data)  # noqa: E731
            if attempt(request, deed, form=form, success="已分类，即将自动转办。"):
                return redirect(outcome)
    context = {"outcome": outcome, "form": form, "asked": asked, "classes": CLASSES, "committee": outcome.committee}
    return render(
        request, "consultation/outcome_classify.html", context, status=400 if request.method == "POST" else 200
    )


@require_POST
def outcome_route(request, pk):
    """立即转办 by hand what the worker has not taken yet; both are the same deed and only one wins."""
    outcome = _to_manage(request, pk)
    attempt(request, lambda: services.route(outcome, by=request.user, at=timezone.now()), success="已转办。")
    return redirect(outcome)


@require_POST
def outcome_take_back(request, pk):
    outcome = _to_manage(request, pk)
    form = WordsForm(request.POST, label="收回的理由", auto_id="back_%s")
    if form.is_valid():
        deed = lambda: services.take_back(outcome, by=request.user, at=timezone.now(), **form.cleaned_data)  # noqa: E731
        if attempt(request, deed, form=form, success="已收回，请重新分类。"):
            return redirect(outcome)
    return _again(request, outcome, back_form=form)


@require_POST
def outcome_look(request, pk):
    outcome = _get(request, pk)
    rules.require("look_again", request.user, outcome)
    form = LookForm(request.POST)
    if form.is_valid():
        deed = lambda: services.look_again(outcome, by=request.user, at=timezone.now(), **form.cleaned_data)  # noqa: E731
        if attempt(request, deed, form=form, success="已登记。"):
            return redirect(outcome)
    return _again(request, outcome, look_form=form)


def _again(request, outcome, **forms):
    """The page with what was typed, unless the outcome has moved on."""
    seen = outcome.looks
    outcome.refresh_from_db()
    if outcome.state != OutcomeState.ROUTED or outcome.looks != seen:
        return redirect(outcome)
    return _show(request, outcome, status=400, **forms)


# --- tasks -------------------------------------------------------------------------------------------------------


@require_safe
def task_list(request):
    """My tasks; for the staff, those of the committee."""
    found = OutcomeTaskFilter(request.GET, queryset=OutcomeTask.objects.visible_to(request.user), request=request)
    rows = found.qs.select_related("outcome", "responsible", "organisation")
    return render(request, "consultation/task_list.html", {"filterset": found, "page": keyset(rows, request)})


def task_detail(request, pk):
    rows = OutcomeTask.objects.visible_to(request.user).select_related(
        "committee__region", "outcome__consultation", "responsible", "organisation", "done_by"
    )
    task = get_object_or_404(rows, pk=pk)
    may_finish = task.state == TaskState.OPEN and rules.may("finish_task", request.user, task)
    form = WordsForm(request.POST or None, label="完成情况", help_text="做了什么、对方怎么说、结果怎样。")
    if request.method == "POST":
        rules.require("finish_task", request.user, task)
        if form.is_valid():
            deed = lambda: services.finish_task(task, by=request.user, at=timezone.now(), **form.cleaned_data)  # noqa: E731
            if attempt(request, deed, form=form, success="已完成。") or not form.errors:
                return redirect(task)
    context = {"task": task, "outcome": task.outcome, "committee": task.committee, "form": form if may_finish else None}
    return render(request, "consultation/task_detail.html", context, status=400 if form.errors else 200)
