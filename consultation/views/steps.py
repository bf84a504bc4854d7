"""The step in hand of a plan or of a consultation: finished with its evidence, or skipped with a reason."""

from collections import defaultdict

from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from config.doors import attempt
from config.uploads.models import Attachment
from consultation import rules, services
from consultation.forms import StepForm, WordsForm
from consultation.models import Step
from consultation.services.progress import current_step, missing_evidence
from consultation.states import StepState


def step_context(user, run, steps) -> dict:
    """What the page of a run shows about its step in hand."""
    step = next((step for step in steps if step.state == StepState.PENDING), None)
    active = step is not None and run.state in run.TRANSITIONS["approve" if step.plan_id else "conclude"].sources
    if not active or not rules.may("finish_plan_step" if step.plan_id else "run_consultation", user, run):
        return {}
    return {
        "step": step,
        "step_form": StepForm(step=step),
        "skip_form": WordsForm(label="跳过的理由", auto_id="skip_%s") if step.may_skip else None,
        "step_files": step.papers,
        "step_lacks": missing_evidence(step, at=timezone.now()),
    }


def with_papers(steps) -> list[Step]:
    """The steps with their evidence, for one query."""
    steps = list(steps)
    papers = Attachment.objects.filter(target_type=Step._meta.label_lower, target_id__in=[str(s.pk) for s in steps])
    by_step = defaultdict(list)
    for paper in papers:
        by_step[int(paper.target_id)].append(paper)
    for step in steps:
        step.papers = by_step[step.pk]
    return steps


def _get(request, pk):
    rows = Step.objects.visible_to(request.user).select_related("consultation__committee", "plan__committee__region")
    return get_object_or_404(rows, pk=pk)


@require_POST
def step_finish(request, pk):
    """Files are kept even when something else is still missing: nobody uploads twice."""
    step = _get(request, pk)
    rules.require("finish_plan_step" if step.plan_id else "run_consultation", request.user, step)
    only_upload = "upload" in request.POST
    form = StepForm(request.POST, request.FILES, step=step, only_upload=only_upload)
    if form.is_valid():
        given, now = dict(form.cleaned_data), timezone.now()
        files = given.pop("files", [])
        kept = attempt(request, lambda: _keep(step, files, by=request.user, at=now), form=form)
        if kept and (
            only_upload
            or attempt(
                request,
                lambda: services.finish_step(step, by=request.user, at=now, **given),
                form=form,
                success=f"“{step.name}”已完成。",
            )
        ):
            return redirect(step.get_absolute_url())
    return _again(request, step, step_form=form)


@transaction.atomic
def _keep(step, files, *, by, at):
    for file in files:
        services.add_evidence(step, file, by=by, at=at)


@require_POST
def step_skip(request, pk):
    step = _get(request, pk)
    rules.require("finish_plan_step" if step.plan_id else "run_consultation", request.user, step)
    form = WordsForm(request.POST, label="跳过的理由", auto_id="skip_%s")
    if form.is_valid():
        deed = lambda: services.skip_step(step, by=request.user, at=timezone.now(), **form.cleaned_data)  # noqa: E731
        if attempt(request, deed, form=form, success=f"“{step.name}”已跳过。"):
            return redirect(step.get_absolute_url())
    return _again(request, step, skip_form=form)


def _again(request, step, **forms):
    """The page of the run with what was typed, unless the run has moved on."""
    from consultation.views import consultations, plans  # their pages show steps, steps come back to their pages

    page = plans if step.plan_id else consultations
    run = step.run
    run.refresh_from_db()
    current = current_step(run)
    if current is None or current.pk != step.pk:
        return redirect(run)
    return page.show(request, run, status=400, **forms)
