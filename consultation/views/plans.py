"""Pages of the annual plan for the office: drafted, approved, signed, issued, adjusted."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from consultation import queries, rules, services
from consultation.filters import PlanFilter
from consultation.forms import AdjustmentForm, DecisionForm, IssueForm, PlanForm, PlanItemForm, ProcedureForm, WordsForm
from consultation.models import AnnualPlan, PlanAdjustment, PlanItem
from consultation.services.issue import signatures, unsigned_offices
from consultation.services.progress import steps_of
from consultation.states import AdjustmentState, PlanState
from consultation.steps import ProcedureKind
from consultation.views.steps import step_context, with_papers
from consultation.views.trail import trail
from consultation.views.verbs import do
from members.models import Committee
from members.roles import Permission


def _get(request, pk):
    rows = AnnualPlan.objects.at_office(request.user).select_related("committee__region", "previous", "created_by")
    return get_object_or_404(rows, pk=pk)


def _to_edit(request, pk):
    plan = _get(request, pk)
    rules.require("edit_plan", request.user, plan)
    return plan


@require_safe
def plan_list(request):
    user = request.user
    if not (user.committees_with(Permission.OFFICE_WORK) or user.organisations_with(Permission.PLAN_ISSUE)):
        raise PermissionDenied("这一页供政协办和三办使用。")
    found = PlanFilter(request.GET, queryset=AnnualPlan.objects.at_office(user), request=request)
    context = {
        "filterset": found,
        "page": keyset(found.qs.select_related("committee"), request),
        "to_sign": queries.plans_to_sign(user),
        "may_add": bool(user.committees_with(Permission.PLAN_MANAGE)),
    }
    return render(request, "consultation/plan_list.html", context)


def plan_new(request):
    pk = rules.home_of(request.user, request.user.committees_with(Permission.PLAN_MANAGE))
    if pk is None:
        raise PermissionDenied("编制计划由政协办负责。")
    committee = Committee.objects.get(pk=pk)
    form = PlanForm(request.POST or None, committee=committee)
    if form.is_valid():
        plan = attempt(
            request,
            lambda: services.draft_plan(committee, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success="已建立，请添加议题。",
        )
        if plan:
            return redirect(plan)
    context = {"form": form, "committee": committee}
    return render(request, "consultation/plan_form.html", context, status=400 if request.method == "POST" else 200)


def plan_edit(request, pk):
    plan = _to_edit(request, pk)
    form = PlanForm(request.POST or None, instance=plan, committee=plan.committee)
    if form.is_valid():
        given = form.cleaned_data
        if attempt(
            request, lambda: services.change_plan(plan, by=request.user, at=timezone.now(), **given), success="已保存。"
        ):
            return redirect(plan)
    context = {"form": form, "plan": plan, "committee": plan.committee}
    return render(request, "consultation/plan_form.html", context, status=400 if request.method == "POST" else 200)


def plan_detail(request, pk):
    return show(request, _get(request, pk))


def show(request, plan, *, status=200, **forms):
    """One plan on one page: where it stands, what is to be done now, its items and figures, its story."""
    user = request.user
    manages = rules.may("edit_plan", user, plan)
    past = plan.is_public and not request.GET.get("history")
    steps = with_papers(steps_of(plan).select_related("finished_by")) if plan.gate_round and not past else []
    signed = list(signatures(plan)) if plan.is_public or plan.state == PlanState.APPROVED else []
    missing = unsigned_offices(plan) if plan.state == PlanState.APPROVED else []
    every_item = list(plan.items.select_related("topic", "body").prefetch_related("units"))
    items = [item for item in every_item if item.dropped_at is None]
    held = queries.consultations_by_lineage(items, user) if plan.is_public else {}
    adjustments = list(plan.adjustments.select_related("proposed_by", "decided_by")) if plan.is_public else []
    open_one = next((a for a in adjustments if a.state in (AdjustmentState.PROPOSED, AdjustmentState.APPROVED)), None)
    mine = user.organisations_with(Permission.PLAN_ISSUE)
    context = {
        "plan": plan,
        "committee": plan.committee,
        "rows": [(item, held.get(item.lineage, [])) for item in items],
        "dropped": [item for item in every_item if item.dropped_at],
        "figures": queries.quota_figures(plan, items=items),
        "step_bar": queries.step_bar(steps),
        "steps": steps,
        "verdicts": _signature_cards(signed, missing),
        "my_office": next((office for office in missing if office.pk in mine), None),
        "adjustments": adjustments,
        "open_adjustment": open_one,
        "versions": _versions(user, plan) if plan.version > 1 or adjustments else [],
        "manages": manages,
        "may_edit": manages and plan.is_editable,
        "may_start": plan.state == PlanState.ISSUED and rules.may("open_consultation", user, plan.committee),
        "reopen_form": WordsForm(label="退回的理由"),
        "entries": trail(request, plan),
    }
    if manages:
        context |= _next_forms(plan, missing, open_one)
    context |= step_context(user, plan, steps) | forms
    return render(request, "consultation/plan_detail.html", context, status=status)


def _versions(user, plan):
    return AnnualPlan.objects.at_office(user).filter(committee=plan.committee, year=plan.year).order_by("version")


def _signature_cards(signed, missing):
    given = [{"office": s.office, "text": "已会签", "tone": "ok", "by": s.by, "at": s.at} for s in signed]
    return given + [{"office": office} for office in missing]


def _next_forms(plan, missing, open_adjustment):
    """The forms for what the staff can do next with a plan in this state."""
    if plan.state == PlanState.DRAFTING:
        return {"submit_form": ProcedureForm(committee=plan.committee, kind=ProcedureKind.PLAN)}
    if plan.state == PlanState.APPROVED and not missing:
        return {"issue_form": IssueForm()}
    if plan.state != PlanState.ISSUED:
        return {}
    if open_adjustment is None:
        return {"adjustment_form": AdjustmentForm()}
    return {"decision_form": DecisionForm()} if open_adjustment.state == AdjustmentState.PROPOSED else {}


# --- items -------------------------------------------------------------------------------------------------------


def item_new(request, pk):
    plan = _to_edit(request, pk)
    return _item(request, PlanItem(plan=plan), lambda given: services.add_item(plan, **given))


def item_edit(request, pk, item):
    plan = _to_edit(request, pk)
    row = get_object_or_404(plan.items.standing(), pk=item)
    return _item(request, row, lambda given: services.change_item(row, **given))


def _item(request, item, do):
    plan = item.plan
    form = PlanItemForm(request.POST or None, instance=item)
    if form.is_valid():
        given = form.for_service() | {"by": request.user, "at": timezone.now()}
        if attempt(request, lambda: do(given), form=form, success="已保存。"):
            return redirect(plan)
    context = {"form": form, "plan": plan, "committee": plan.committee, "item": item if item.pk else None}
    return render(request, "consultation/plan_item_form.html", context, status=400 if request.method == "POST" else 200)


@require_POST
def item_move(request, pk, item):
    plan = _to_edit(request, pk)
    row = get_object_or_404(plan.items.standing(), pk=item)
    up = request.POST.get("to") == "up"
    attempt(request, lambda: services.move_item(row, up=up, by=request.user, at=timezone.now()))
    return redirect(f"{plan.get_absolute_url()}#item-{row.pk}")


@require_POST
def item_drop(request, pk, item):
    plan = _to_edit(request, pk)
    row = get_object_or_404(plan.items, pk=item)
    attempt(request, lambda: services.drop_item(row, by=request.user, at=timezone.now()), success="已撤出。")
    return redirect(plan)


# --- approval, signatures, issue ---------------------------------------------------------------------------------


@require_POST
def plan_submit(request, pk):
    plan = _get(request, pk)
    form = ProcedureForm(request.POST, committee=plan.committee, kind=ProcedureKind.PLAN)
    said = "已提交审批，请逐级登记审批结果。"
    return do(request, plan, "submit_plan", form, services.submit_plan, show=show, slot="submit_form", success=said)


@require_POST
def plan_settle(request, pk):
    plan = _get(request, pk)
    attempt(
        request,
        lambda: services.settle_plan(plan, by=request.user, at=timezone.now()),
        success="调整完成，已请三办会签。",
    )
    return redirect(plan)


@require_POST
def plan_sign(request, pk):
    plan = _get(request, pk)
    attempt(request, lambda: services.sign_plan(plan, by=request.user, at=timezone.now()), success="已会签。")
    return redirect(plan)


@require_POST
def plan_reopen(request, pk):
    plan = _get(request, pk)
    form = WordsForm(request.POST, label="退回的理由")
    done = do(
        request, plan, "reopen_plan", form, services.reopen_plan, show=show, slot="reopen_form", success="已退回修改。"
    )
    visible = AnnualPlan.objects.at_office(request.user).filter(pk=plan.pk).exists()
    return done if visible else redirect("plan-list")


@require_POST
def plan_issue(request, pk):
    plan, form, said = _get(request, pk), IssueForm(request.POST), "已印发，公开页已更新。"
    return do(request, plan, "issue_plan", form, services.issue_plan, show=show, slot="issue_form", success=said)


# --- adjustment --------------------------------------------------------------------------------------------------


@require_POST
def adjustment_new(request, pk):
    plan = _get(request, pk)
    form = AdjustmentForm(request.POST)
    said = "已登记，请报批后填写审批结果。"
    return do(
        request, plan, "adjust_plan", form, services.propose_adjustment, show=show, slot="adjustment_form", success=said
    )


def _adjustment(plan, pk):
    return get_object_or_404(PlanAdjustment.objects.select_related("plan__committee"), plan=plan, pk=pk)


@require_POST
def adjustment_decide(request, pk, adjustment):
    plan = _get(request, pk)
    row = _adjustment(plan, adjustment)
    service = services.refuse_adjustment if "refuse" in request.POST else services.approve_adjustment

    def decide(plan, **given):
        return service(row, **given)

    form, said = DecisionForm(request.POST), "审批结果已登记。"
    return do(request, plan, "adjust_plan", form, decide, show=show, slot="decision_form", success=said)


@require_POST
def adjustment_apply(request, pk, adjustment):
    plan = _get(request, pk)
    row = _adjustment(plan, adjustment)
    following = attempt(
        request,
        lambda: services.open_next_version(row, by=request.user, at=timezone.now()),
        success="已按现行计划复制出新版，请写入调整内容。",
    )
    return redirect(following or plan)
