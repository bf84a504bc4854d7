"""Pages of consultations for the office."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from consultation import queries, rules, services
from consultation.filters import ConsultationFilter
from consultation.fitting import fitting
from consultation.forms import ConsultationEditForm, OutcomeForm, ProcedureForm, WordsForm
from consultation.forms.involvements import InvolvementForm
from consultation.models import Consultation, PlanItem, Topic
from consultation.services.progress import steps_of
from consultation.states import ConsultationState, TopicState
from consultation.steps import ProcedureKind
from consultation.views.steps import step_context, with_papers
from consultation.views.trail import trail
from consultation.views.verbs import do
from members.models import Committee
from members.roles import Permission
from proposals.models import MicroProposal

SHOWN = ("committee__region", "plan_item__plan", "topic__suggested_by__user", "workstation", "created_by")


def _get(request, pk):
    rows = Consultation.objects.at_office(request.user).select_related(*SHOWN)
    return get_object_or_404(rows, pk=pk)


@require_safe
def consultation_list(request):
    if not request.user.committees_with(Permission.OFFICE_WORK):
        raise PermissionDenied("这一页供政协办使用。")
    found = ConsultationFilter(request.GET, queryset=Consultation.objects.at_office(request.user), request=request)
    context = {
        "filterset": found,
        "page": keyset(found.qs, request),
        "may_add": bool(request.user.committees_with(Permission.CONSULTATION_MANAGE)),
    }
    return render(request, "consultation/consultation_list.html", context)


def consultation_new(request):
    """From an item of the plan in force, from a topic, or on its own."""
    user = request.user
    managed = user.committees_with(Permission.CONSULTATION_MANAGE)
    pk = rules.home_of(user, managed)
    if pk is None:
        raise PermissionDenied("组织协商由政协办负责。")
    committee = Committee.objects.get(pk=pk)
    item = _number(request.GET.get("item"))
    item = item and get_object_or_404(
        PlanItem.objects.standing().select_related("plan"), plan__committee=committee, pk=item
    )
    form = ConsultationEditForm(
        request.POST or None,
        committee=committee,
        instance=Consultation(committee=committee, plan_item=item),
        initial=_prefilled(committee, item, _number(request.GET.get("topic"))),
    )
    if form.is_valid():
        given = dict(form.cleaned_data)
        key = given.pop("key")
        if item:
            given["topic"] = item.topic
        run = attempt(
            request,
            lambda: services.open_consultation(key, committee, plan_item=item, by=user, at=timezone.now(), **given),
            form=form,
            success="已建立，请选择规程后启动。",
        )
        if run:
            return redirect(run)
    context = {"form": form, "committee": committee, "item": item}
    return render(
        request, "consultation/consultation_form.html", context, status=400 if request.method == "POST" else 200
    )


def _prefilled(committee, item, topic_pk):
    if item:
        return {"title": item.title, "form": item.form}
    topic = Topic.objects.filter(committee=committee, pk=topic_pk).exclude(state=TopicState.DECLINED).first()
    return {"title": topic.title, "topic": topic, "summary": topic.reason} if topic else {}


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def consultation_detail(request, pk):
    return show(request, _get(request, pk))


def show(request, run, *, status=200, **forms):
    """One consultation on one page: where it stands, what is to be done now, sessions, outcomes, story."""
    user = request.user
    manages = rules.may("run_consultation", user, run)
    steps = with_papers(steps_of(run).select_related("finished_by"))
    outcomes = run.outcomes.order_by("number").select_related("unit", "village", "responsible")
    context = {
        "consultation": run,
        "committee": run.committee,
        "step_bar": queries.step_bar(steps),
        "steps": steps,
        "sessions": run.sessions.order_by("starts_at"),
        "involvements": run.involvements.select_related("organisation"),
        "micro": run.micro_id and MicroProposal.objects.visible_to(user).filter(pk=run.micro_id).first(),
        "outcomes": outcomes,
        "figure": queries.conversion(run.outcomes, "本次协商"),
        "manages": manages,
        "may_change": manages and run.is_open,
        "may_archive": manages and run.state == ConsultationState.CONCLUDED,
        "entries": trail(request, run),
    }
    if manages and run.state == ConsultationState.PLANNED:
        context |= _start(run)
    if manages and run.state in (ConsultationState.RUNNING, ConsultationState.CONCLUDED):
        context["outcome_form"] = OutcomeForm()
    if manages and run.state not in (ConsultationState.CALLED_OFF, ConsultationState.ARCHIVED):
        context["involvement_form"] = InvolvementForm(committee=run.committee, auto_id="unit_%s")
    if manages and run.is_open:
        context["call_off_form"] = WordsForm(label="取消的原因", auto_id="off_%s")
    context |= step_context(user, run, steps) | forms
    return render(request, "consultation/consultation_detail.html", context, status=status)


def _start(run):
    """The procedures to start by, the one that suits the topic chosen beforehand, and why."""
    form = ProcedureForm(committee=run.committee, kind=ProcedureKind.CONSULTATION)
    fit, reason = fitting(run.topic, form.fields["procedure"].queryset)
    if fit:
        form.initial["procedure"] = fit.pk
    form.fields["procedure"].help_text = reason
    return {"start_form": form}


def consultation_edit(request, pk):
    run = _get(request, pk)
    rules.require("run_consultation", request.user, run)
    form = ConsultationEditForm(request.POST or None, committee=run.committee, instance=run, initial={"key": run.key})
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        if attempt(
            request,
            lambda: services.change_consultation(run, by=request.user, at=timezone.now(), **given),
            form=form,
            success="已保存。",
        ):
            return redirect(run)
    context = {"form": form, "committee": run.committee, "consultation": run}
    return render(
        request, "consultation/consultation_form.html", context, status=400 if request.method == "POST" else 200
    )


@require_POST
def consultation_start(request, pk):
    run = _get(request, pk)
    form = ProcedureForm(request.POST, committee=run.committee, kind=ProcedureKind.CONSULTATION)
    return do(request, run, "run_consultation", form, services.start, show=show, slot="start_form", success="已启动。")


@require_POST
def consultation_call_off(request, pk):
    run, form = _get(request, pk), WordsForm(request.POST, label="取消的原因", auto_id="off_%s")
    return do(
        request, run, "run_consultation", form, services.call_off, show=show, slot="call_off_form", success="已取消。"
    )


@require_POST
def consultation_archive(request, pk):
    run = _get(request, pk)
    attempt(request, lambda: services.archive(run, by=request.user, at=timezone.now()), success="已归档。")
    return redirect(run)
