"""Projects: suggested and started from a need, done step by step, ended; templates of their steps."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.uploads import store
from members.models import Committee, Member
from members.roles import Permission
from workstations.forms.lists import SayForm
from workstations.forms.projects import DoneForm, EndForm, StartForm, Steps, TemplateForm
from workstations.models import Project, ProjectStep, ProjectTemplate, Resource
from workstations.presets import lists as presets
from workstations.queries import lists_match
from workstations.rules import lists as rules
from workstations.services import projects as services
from workstations.states import ProjectState
from workstations.views.lists import find_demand, is_inside

SHOWN = ("committee__region", "demand__region", "demand__station", "demand__committee", "leader__user", "group")


def _project(request, pk):
    return get_object_or_404(Project.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


# --- suggested and started ---------------------------------------------------------------------------------------


def _kept_demand(request, pk):
    found = find_demand(request, pk)
    if not rules.keeps(request.user, found):
        raise PermissionDenied("由跟进的站点和政协办立项。")
    return found


def demand_match(request, pk):
    """谁能帮上忙: suggestions with reasons; one click asks one of them to lead, with the steps of a template."""
    found = _kept_demand(request, pk)
    matches = lists_match.helpers(found)
    templates = list(ProjectTemplate.objects.filter(committee=found.committee_id, is_active=True))
    if request.method == "POST":
        chosen = next(
            (match for match in matches if isinstance(match.subject, Member)
             and str(match.subject.pk) == request.POST.get("leader")), None,
        )  # fmt: skip
        template = next((one for one in templates if str(one.pk) == request.POST.get("template")), None)
        if chosen is None:
            return redirect("project-new", pk)
        started = attempt(
            request,
            lambda: services.start(
                found,
                leader=chosen.subject,
                resources=chosen.resources,
                template=template,
                why=chosen.why,
                by=request.user,
                at=timezone.now(),
            ),
            success=f"已立项，请{chosen.subject}委员领办。步骤和日期还可以改。",
        )
        return redirect(started or "demand", *([] if started else [pk]))
    context = {"committee": found.committee, "demand": found, "matches": matches, "templates": templates}
    for match in matches:
        match.is_member = isinstance(match.subject, Member)
    return render(request, "workstations/demand_match.html", context)


def project_new(request, pk):
    """立项 by hand."""
    found = _kept_demand(request, pk)
    form = StartForm(request.POST or None, demand=found, initial=_suggested(request, found))
    if form.is_valid():
        given = form.cleaned_data
        started = attempt(
            request,
            lambda: services.start(found, **given, by=request.user, at=timezone.now()),
            success="已立项。",
            form=form,
        )
        if started:
            return redirect(started)
    context = {"committee": found.committee, "demand": found, "form": form}
    return render(request, "workstations/project_new.html", context, status=400 if form.errors else 200)


def _suggested(request, found):
    """What the address names: a resource to use, and the member who claimed the wish already."""
    given = request.GET.get("resource", "")
    one = given.isascii() and given.isdigit() and len(given) < 10
    resource = Resource.objects.offered().filter(committee=found.committee_id, pk=int(given)).first() if one else None
    leader = resource.member_id if resource and resource.member_id else found.claimed_by_id
    return {"resources": [resource.pk] if resource else [], "leader": leader}


# --- one project -------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def project(request, pk):
    found = _project(request, pk)
    user, running = request.user, found.state == ProjectState.RUNNING
    steps = list(found.steps.all())
    inside = is_inside(user, found.committee_id)
    works = running and rules.works_on(user, found)
    context = {
        "committee": found.committee,
        "project": found,
        "steps": steps,
        "late": [step for step in steps if step.is_late] if running else [],
        "done": sum(1 for step in steps if step.done_on),
        "effects": found.effects.all(),
        "photos": store.of(found, "done"),
        "inside": inside,
        "resources": found.resources.select_related("member__user", "body", "organisation"),
        "works": works,
        "done_form": DoneForm() if works else None,
        "keeps": running and rules.keeps_project(user, found),
        "may_finish": running and rules.can_finish(user, found),
    }
    return render(request, "workstations/project_detail.html", context)


def project_steps(request, pk):
    """安排步骤: names and days of all steps on one page."""
    found = _project(request, pk)
    rules.require("work", request.user, found)
    steps = list(found.steps.all())
    forms = Steps(request.POST if request.method == "POST" else None, steps)
    if request.method == "POST" and forms.is_valid():
        saved = attempt(
            request,
            lambda: services.plan_steps(found, forms.planned(), by=request.user, at=timezone.now()),
            success="步骤已保存，到期前提醒领办委员。",
        )
        if saved:
            return redirect(found)
    context = {"committee": found.committee, "project": found, "rows": forms}
    return render(request, "workstations/project_steps.html", context, status=400 if request.method == "POST" else 200)


@require_POST
def step_done(request, pk):
    steps = ProjectStep.objects.visible_to(request.user).select_related(*(f"project__{name}" for name in SHOWN))
    step = get_object_or_404(steps, pk=pk)
    rules.require("work", request.user, step.project)
    form = DoneForm(request.POST)
    if form.is_valid():
        attempt(
            request,
            lambda: services.do_step(step, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"“{step.name}”已完成。",
            form=form,
        )
    if form.errors:
        context = {"committee": step.project.committee, "project": step.project, "step": step, "form": form}
        return render(request, "workstations/project_step.html", context, status=400)
    return redirect(step.project)


def project_end(request, pk):
    """申请办结 by the leader; 完成 by who keeps it and does not lead it."""
    found = _project(request, pk)
    finishes = rules.can_finish(request.user, found)
    if not finishes:
        rules.require("work", request.user, found)
    form = EndForm(
        request.POST or None, request.FILES or None, effects=list(found.effects.all()),
        initial={"result": found.result},
    )  # fmt: skip
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("result", "photos")}
        service = services.finish if finishes else services.report
        ended = attempt(
            request,
            lambda: service(found, **given, effects=form.figures(), by=request.user, at=timezone.now()),
            success="项目已完成，需求已实现，记入领办委员的履职。" if finishes else "已提交，请等待核对办结。",
            form=form,
        )
        if ended:
            return redirect(found)
    context = {"committee": found.committee, "project": found, "form": form, "finishes": finishes}
    failed = request.method == "POST"
    return render(request, "workstations/project_end.html", context, status=400 if failed else 200)


def project_drop(request, pk):
    found = _project(request, pk)
    rules.require("keep_project", request.user, found)
    form = SayForm(request.POST or None, name="reason", label="中止的原因")
    if form.is_valid() and attempt(
        request,
        lambda: services.drop(found, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="项目已中止，需求重新等待认领。",
        form=form,
    ):
        return redirect("demand", found.demand_id)
    context = {
        "committee": found.committee, "form": form, "title": "中止项目", "submit": "中止", "danger": True,
        "lead": "中止后，需求回到“待认领”，可以另请委员领办。", "back": found.get_absolute_url(),
    }  # fmt: skip
    return render(request, "workstations/lists_form.html", context, status=400 if form.errors else 200)


# --- templates ---------------------------------------------------------------------------------------------------


def _managed(request) -> Committee:
    managed = Committee.objects.manageable_by(request.user, Permission.STATION_MANAGE)
    committee = managed.select_related("region").first()
    if committee is None:
        raise PermissionDenied("项目模板由政协办管理。")
    return committee


@require_safe
def template_list(request):
    committee = _managed(request)
    rows = list(ProjectTemplate.objects.filter(committee=committee).order_by("-is_active", "pk"))
    taken = {row.name for row in rows}
    offers = [preset for preset in presets.templates().values() if preset["name"] not in taken]
    context = {"committee": committee, "rows": rows, "presets": offers}
    return render(request, "workstations/project_templates.html", context)


def template_new(request):
    """From nothing, or from a preset named in the address."""
    committee = _managed(request)
    preset = presets.templates().get(request.GET.get("preset", ""))
    fresh = presets.make_template(preset, committee) if preset else ProjectTemplate(committee=committee)
    return _template(request, fresh)


def template_edit(request, pk):
    committee = _managed(request)
    return _template(request, get_object_or_404(ProjectTemplate, committee=committee, pk=pk))


def _template(request, instance):
    form = TemplateForm(request.POST or None, instance=instance)
    if form.is_valid():
        saved = attempt(
            request,
            lambda: services.save_template(form.instance, by=request.user, at=timezone.now()),
            success="模板已保存；已经立项的项目不受影响。",
            form=form,
        )
        if saved:
            return redirect("project-templates")
    context = {"committee": instance.committee, "form": form, "template": instance if instance.pk else None}
    return render(request, "workstations/project_template.html", context, status=400 if form.errors else 200)
