"""What everybody may read: the plan in force and its older versions, consultations and what became of them."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.documents.http import download
from config.paging import keyset
from consultation import documents, queries
from consultation.filters import PublicConsultationFilter
from consultation.models import AnnualPlan, Consultation, Outcome
from consultation.services.issue import signatures
from consultation.services.progress import steps_of
from members.models import Committee
from proposals.models import MicroProposal

EVERYBODY = AnonymousUser()  # staff see here what a visitor sees


def _committee(slug):
    return get_object_or_404(Committee.objects.visible_to(EVERYBODY).select_related("region"), slug=slug)


def _plans(committee):
    return AnnualPlan.objects.visible_to(EVERYBODY).filter(committee=committee)


def _plan(slug, year, version):
    return get_object_or_404(_plans(_committee(slug)).select_related("committee__region"), year=year, version=version)


@login_not_required
@require_safe
def plan_public(request, slug, year=None, version=None):
    """The plan in force (of this year or the latest), or one version by its number."""
    committee = _committee(slug)
    plans = list(_plans(committee).order_by("-year", "-version").select_related("committee__region"))
    plan = _chosen(plans, year, version, today=timezone.localdate())
    if plan is None and (year or version):
        raise Http404
    context = {"committee": committee, "plan": plan}
    if plan:
        items = documents.items_of(plan)
        held = queries.consultations_by_lineage(items, EVERYBODY)
        context |= {
            "rows": [(item, held.get(item.lineage, [])) for item in items],
            "figures": queries.quota_figures(plan, items=items),
            "offices": [signature.office for signature in signatures(plan)],
            "versions": [other for other in plans if other.year == plan.year],
            "years": sorted({other.year for other in plans}, reverse=True),
            "following": next((other for other in plans if other.previous_id == plan.pk), None),
        }
    return render(request, "consultation/plan_public.html", context)


def _chosen(plans, year, version, *, today):
    """By number; otherwise the current version of `year`, or of this year, or the latest there is."""
    if version:
        return next((p for p in plans if (p.year, p.version) == (year, version)), None)
    current = [p for p in plans if p.is_current]
    if year:
        return next((p for p in current if p.year == year), None)
    return next((p for p in current if p.year == today.year), current[0] if current else None)


@login_not_required
@require_safe
def plan_docx(request, slug, year, version):
    plan = _plan(slug, year, version)
    return download(documents.plan_document(plan), f"{plan}.docx")


@login_not_required
@require_safe
def plan_csv(request, slug, year, version):
    plan = _plan(slug, year, version)
    return download(b"".join(documents.plan_table(plan)), f"{plan}.csv")


@login_not_required
@require_safe
def plan_ics(request, slug, year):
    """The calendar of the version in force, at an address that stays: for subscribing."""
    plan = get_object_or_404(_plans(_committee(slug)).current(), year=year)
    body = documents.plan_calendar(plan, host=request.get_host().partition(":")[0])
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{year}.ics"'
    return response


@login_not_required
@require_safe
def consultation_list(request, slug):
    committee = _committee(slug)
    rows = Consultation.objects.visible_to(EVERYBODY).filter(committee=committee)
    found = PublicConsultationFilter(request.GET, queryset=rows, request=request)
    outcomes = Outcome.objects.visible_to(EVERYBODY).filter(committee=committee)
    context = {
        "committee": committee,
        "filterset": found,
        "page": keyset(found.qs, request),
        "figure": queries.conversion(outcomes, "已转办的公开成果"),
    }
    return render(request, "consultation/consultation_public_list.html", context)


@login_not_required
@require_safe
def consultation(request, slug, pk):
    """收集、商量、议定、落实: one consultation as everybody may follow it."""
    committee = _committee(slug)
    rows = Consultation.objects.visible_to(EVERYBODY).filter(committee=committee)
    run = get_object_or_404(rows.select_related("topic", "plan_item__plan__committee", "workstation"), pk=pk)
    sessions = list(run.sessions.order_by("starts_at").prefetch_related("agenda"))
    outcomes = list(
        Outcome.objects.visible_to(EVERYBODY)
        .filter(consultation=run)
        .order_by("number")
        .select_related("unit", "village", "assignment")
    )
    context = {
        "committee": committee,
        "consultation": run,
        "stages": queries.four_stages(run, sessions, outcomes),
        "step_bar": queries.step_bar(list(steps_of(run))),
        "sessions": sessions,
        "involvements": run.involvements.select_related("organisation"),
        "outcomes": outcomes,
        "done": sum(1 for outcome in outcomes if outcome.done_at),
        "plan_url": _plan_url(run),
        "micro": run.micro_id and MicroProposal.objects.visible_to(EVERYBODY).filter(pk=run.micro_id).first(),
    }
    return render(request, "consultation/consultation_public.html", context)


def _plan_url(run):
    return reverse("plan-public-year", args=[run.committee.slug, run.year]) if run.plan_item_id else ""
