"""三张清单 for everybody, one need and one resource with what can be done about them, and a member's own part."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from members.models import Committee, Member
from workstations.filters.lists import DemandFilter, ProjectFilter, ResourceFilter
from workstations.forms.lists import DemandForm, SayForm
from workstations.models import Demand, DemandKind, Project, Resource, Workstation
from workstations.queries import lists as queries
from workstations.rules import lists as rules
from workstations.services import lists as services
from workstations.states import DemandState, ProjectState

GIVERS = ("member__user", "body", "organisation")
NEEDS = ("committee__region", "region", "station", "claimed_by__user", "raised_by")


def committee_of(request, slug):
    return get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)


def find_demand(request, pk):
    return get_object_or_404(Demand.objects.visible_to(request.user).select_related(*NEEDS), pk=pk)


def is_inside(user, committee: int) -> bool:
    """Whether names of members whom visitors do not find may be shown."""
    return user.is_authenticated and committee in user.committee_ids


# --- for everybody -----------------------------------------------------------------------------------------------


def _list(request, slug, which, filterset, found, **more):
    committee = found.pop("committee")
    asked = filterset(request.GET or None, queryset=found["rows"], **more)
    context = {
        "committee": committee,
        "which": which,
        "filterset": asked,
        "page": keyset(asked.qs, request),
        "figures": queries.figures(committee),
        "inside": is_inside(request.user, committee.pk),
        "is_member": request.user.is_authenticated and committee.pk in request.user.member_ids,
        "keeps": request.user.is_authenticated and rules.may_open(request.user),
    }
    return render(request, "workstations/lists_public.html", context)


@login_not_required
@require_safe
def demands(request, slug):
    """基层需要: what was looked at, whoever looks."""
    committee = committee_of(request, slug)
    rows = Demand.objects.public().filter(committee=committee).select_related("region", "claimed_by__user")
    return _list(request, slug, "demands", DemandFilter, {"committee": committee, "rows": rows}, committee=committee)


@login_not_required
@require_safe
def resources(request, slug):
    """我们能提供."""
    committee = committee_of(request, slug)
    rows = Resource.objects.public().filter(committee=committee).select_related(*GIVERS)
    return _list(request, slug, "resources", ResourceFilter, {"committee": committee, "rows": rows})


@login_not_required
@require_safe
def projects(request, slug):
    """正在做和做成的."""
    committee = committee_of(request, slug)
    rows = Project.objects.filter(committee=committee).exclude(state=ProjectState.DROPPED)
    rows = queries.with_late(rows).select_related("leader__user", "demand__region")
    return _list(request, slug, "projects", ProjectFilter, {"committee": committee, "rows": rows})


@login_not_required
@require_safe
def demand(request, pk):
    found = find_demand(request, pk)
    user = request.user
    keeps, claimant = rules.keeps(user, found), rules.is_claimant(user, found)
    projects = Project.objects.visible_to(user).filter(demand=found).select_related("leader__user").order_by("-pk")
    projects = list(projects)
    running = any(project.state == ProjectState.RUNNING for project in projects)
    open_for_claim = found.state == DemandState.OPEN and found.kind == DemandKind.WISH
    waits = found.state in (DemandState.RAISED, DemandState.OPEN)
    taken = found.state == DemandState.CLAIMED and not running
    context = {
        "committee": found.committee,
        "demand": found,
        "keeps": keeps,
        "claimant": claimant,
        "who": found.who if rules.sees_whom(user, found) else "",
        "named": is_inside(user, found.committee_id) or (found.claimed_by_id and found.claimed_by.is_public),
        "projects": projects,
        "photos": store.of(found, "done"),
        "may_accept": keeps and found.state == DemandState.RAISED,
        "may_edit": keeps and waits,
        "may_match": keeps and (found.state == DemandState.OPEN or taken),
        "may_claim": open_for_claim and rules.can_claim(user, found),
        "may_settle": taken and (claimant or keeps),
        "may_thank": found.state == DemandState.DONE and not found.thanks and rules.can_thank(user, found),
        "may_drop": keeps and (waits or taken),
    }
    return render(request, "workstations/demand_detail.html", context)


# --- needs: raised, looked at, claimed, settled ------------------------------------------------------------------


def demand_new(request, slug):
    """登记需求, by the office, a keeper, or a member on a visit."""
    committee = committee_of(request, slug)
    user = request.user
    member = committee.pk in user.member_ids
    if not (member or rules.is_office(user, committee.pk) or _kept(user, committee).exists()):
        raise PermissionDenied("需求由站点、办公室和委员登记。")
    fresh = Demand(committee=committee, station=_kept(user, committee).first())
    if fresh.station:
        fresh.region = fresh.station.region
    form = DemandForm(request.POST or None, instance=fresh, user=user)
    if form.is_valid():
        verified = form.cleaned_data.get("verified", False)
        raised = attempt(
            request,
            lambda: services.raise_demand(form.instance, verified=verified, by=user, at=timezone.now()),
            success="已登记并公开。" if verified else "已登记，核实后公开。",
            form=form,
        )
        if raised:
            return redirect(raised)
    lead = "写清楚要什么、在哪里。为谁只有站点、办公室和认领的委员看得到。"
    return form_page(request, committee, form, "登记需求", lead, "登记", reverse("lists", args=[slug]))


def _kept(user, committee):
    return Workstation.objects.kept_by(user).filter(committee=committee, is_open=True).select_related("region")


def demand_edit(request, pk):
    found = find_demand(request, pk)
    if not rules.keeps(request.user, found):
        raise PermissionDenied
    form = DemandForm(request.POST or None, instance=found, user=request.user)
    if form.is_valid() and attempt(
        request,
        lambda: services.edit_demand(form.instance, by=request.user, at=timezone.now()),
        success="已保存。",
        form=form,
    ):
        return redirect("demand", pk)
    return form_page(request, found.committee, form, "修改需求", "", "保存", reverse("demand", args=[pk]))


def form_page(request, committee, form, title, lead, submit, back):
    context = {
        "committee": committee, "form": form, "title": title, "lead": lead, "submit": submit, "back": back,
    }  # fmt: skip
    return render(request, "workstations/lists_form.html", context, status=400 if form.errors else 200)


@require_POST
def demand_accept(request, pk):
    found = find_demand(request, pk)
    attempt(
        request,
        lambda: services.accept(found, by=request.user, at=timezone.now()),
        success="已核实，公开在需求清单里。",
    )
    return redirect("demand", pk)


@require_POST
def demand_claim(request, pk):
    """认领 in one tap."""
    found = find_demand(request, pk)
    own = request.user.member_ids.get(found.committee_id)
    if own is None:
        raise PermissionDenied("微心愿由本会委员认领。")
    member = Member.objects.get(pk=own)
    attempt(
        request,
        lambda: services.claim(found, member, by=request.user, at=timezone.now()),
        success="已由您认领，谢谢。办好后请来填写结果。",
    )
    return redirect("demand", pk)


VERBS = {
    "give-back": (
        "退回认领", "退回后别的委员可以认领。", "退回", services.give_back, "settle",
        {"name": "reason", "label": "退回的原因"}, "已退回，别的委员可以认领了。",
    ),
    "finish": (
        "办好了", "写明办得怎么样，可以附照片。提交后公开。", "提交", services.finish, "settle",
        {"name": "result", "label": "结果", "help_text": "会公开，不写姓名和电话", "most": 500, "photos": True},
        "已公开，谢谢您。",
    ),
    "thank": (
        "致谢", "替受益的人说声谢谢；微心愿由此记入委员的履职。", "致谢", services.thank, "thank",
        {"name": "words", "label": "感谢的话", "help_text": "会公开，不写姓名和电话"}, "已致谢，并告诉了委员。",
    ),
    "drop": (
        "不再办理", "登记人和认领的委员会看到原因。", "不再办理", services.drop, "keep",
        {"name": "reason", "label": "原因"}, "已登记为不再办理。",
    ),
}  # fmt: skip
"""The verbs that take a sentence: title, what follows, the button, the service, the rule, the field, what is said."""


def demand_say(request, pk, verb):
    """One sentence about a need, and what it leads to."""
    title, lead, submit, service, rule, field, success = VERBS[verb]
    found = find_demand(request, pk)
    rules.require(rule, request.user, found)
    form = SayForm(request.POST or None, request.FILES or None, **field)
    if form.is_valid() and attempt(
        request,
        lambda: service(found, **form.cleaned_data, by=request.user, at=timezone.now()),
        success=success,
        form=form,
    ):
        return redirect("demand", pk)
    context = {"demand": found, "danger": verb == "drop"}
    context |= {"committee": found.committee, "form": form, "title": title, "lead": lead, "submit": submit}
    context["back"] = found.get_absolute_url()
    return render(request, "workstations/lists_form.html", context, status=400 if form.errors else 200)
