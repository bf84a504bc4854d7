"""年度协商计划 in preparation: drafted, filled with items, sent through its gates."""

from django.db import IntegrityError, transaction
from django.db.models import Max

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.transitions import take
from consultation import rules
from consultation.models import AnnualPlan, PlanItem, PlanQuota, Procedure, QuotaFormula
from consultation.services import progress
from consultation.states import EDITABLE_PLANS, TopicState
from consultation.steps import ProcedureKind
from members.models import Committee

SHAPE = ("position", "label", "forms", "count", "open_ended")


@transaction.atomic
def draft_plan(
    committee: Committee, *, year: int, title: str, foreword: str = "", formula: QuotaFormula | None, by, at
):
    """起草: the first version of a year; later ones come from adjustments."""
    plan = AnnualPlan(
        committee=committee, year=year, title=title, foreword=foreword, created_at=at, created_by=by, updated_at=at
    )
    rules.require("edit_plan", by, plan)
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:
        raise WrongState(f"{year}年的计划已经有了；要修改已印发的计划，请走调整程序。") from None
    _copy_formula(plan, formula)
    log.record("annualplan.draft", plan, by=by, at=at, scope=plan.scope, year=year)
    return plan


@transaction.atomic
def change_plan(plan: AnnualPlan, *, title: str, foreword: str, formula: QuotaFormula | None, by, at) -> AnnualPlan:
    """Change the head of a plan in preparation; another formula replaces the quotas."""
    _hold(plan, by=by, at=at, title=title, foreword=foreword)
    if (formula.name if formula else "") != plan.formula_name:
        _copy_formula(plan, formula)
    log.record("annualplan.change", plan, by=by, at=at, scope=plan.scope, title=title, formula=plan.formula_name)
    return plan


def _copy_formula(plan, formula):
    plan.quotas.all().delete()
    plan.formula_name = formula.name if formula else ""
    plan.save(update_fields=["formula_name"])
    lines = formula.lines.all() if formula else []
    PlanQuota.objects.bulk_create(
        PlanQuota(plan=plan, **{name: getattr(line, name) for name in SHAPE}) for line in lines
    )


def _hold(plan, *, by, at, **changes):
    """Keep `plan` from moving on while this transaction changes it; refuses when it is not open to changes."""
    rules.require("edit_plan", by, plan)
    changes["updated_at"] = at
    if not AnnualPlan.objects.filter(pk=plan.pk, state__in=EDITABLE_PLANS).update(**changes):
        plan.refresh_from_db()
        raise WrongState(f"“{plan.get_state_display()}”的计划不能修改。")
    for name, value in changes.items():
        setattr(plan, name, value)


@transaction.atomic
def add_item(plan: AnnualPlan, *, units=(), by, at, **fields) -> PlanItem:
    """增加事项 at the end of the list."""
    _hold(plan, by=by, at=at)
    last = plan.items.aggregate(last=Max("position"))["last"] or 0
    item = PlanItem(plan=plan, position=last + 1, updated_at=at)
    _fill(item, fields, units)
    log.record("planitem.add", item, by=by, at=at, scope=plan.scope, plan=plan.pk)
    return item


@transaction.atomic
def change_item(item: PlanItem, *, seen_at, units=(), by, at, **fields) -> PlanItem:
    """修改事项, unless somebody changed it since `seen_at`, its `updated_at` when the page was opened."""
    _hold(item.plan, by=by, at=at)
    mine = PlanItem.objects.filter(pk=item.pk, updated_at=seen_at, dropped_at=None)
    if not mine.update(updated_at=at):
        raise WrongState("这项内容刚被别人修改过。您填写的内容还在，请核对后再保存。")
    item.updated_at = at
    before = item.title
    _fill(item, fields, units)
    log.record("planitem.change", item, by=by, at=at, scope=item.scope, before=before, after=item.title)
    return item


def _fill(item, fields, units):
    for name, value in fields.items():
        setattr(item, name, value)
    _check(item)
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError:
        raise Incomplete("计划里已有同名的议题。", {"title": "计划里已有同名的议题。"}) from None
    item.units.set(units)


def _check(item):
    wrong, day = {}, item.planned_on
    if day and day.year != item.plan.year:
        wrong["planned_on"] = f"日期须在 {item.plan.year} 年内。"
    elif day and day.month != item.month:
        wrong["planned_on"] = f"日期不在 {item.month} 月，请改日期或月份。"
    if item.topic and item.topic.state not in (TopicState.SELECTED, TopicState.IN_PLAN):
        wrong["topic"] = "只能列入已选定的议题。"
    if wrong:
        raise Incomplete(" ".join(wrong.values()), wrong)


@transaction.atomic
def move_item(item: PlanItem, *, up: bool, by, at) -> None:
    """Change places with the neighbour above or below; at the end of the list nothing moves."""
    _hold(item.plan, by=by, at=at)
    rows = list(item.plan.items.standing())
    here = rows.index(item)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for position, row in enumerate(rows, start=1):
        row.position = position
    PlanItem.objects.bulk_update(rows, ["position"])


@transaction.atomic
def drop_item(item: PlanItem, *, by, at) -> PlanItem:
    """撤出事项: it stays on record and is no longer in the plan."""
    _hold(item.plan, by=by, at=at)
    if not PlanItem.objects.filter(pk=item.pk, dropped_at=None).update(dropped_at=at, updated_at=at):
        raise WrongState("这项议题已经撤出。")
    item.dropped_at = at
    log.record("planitem.drop", item, by=by, at=at, scope=item.scope)
    return item


@transaction.atomic
def submit_plan(plan: AnnualPlan, *, procedure: Procedure, by, at) -> AnnualPlan:
    """提交审批: a new round of gates, copied from the chain chosen."""
    rules.require("submit_plan", by, plan)
    if not plan.items.standing().exists():
        raise Incomplete("计划里还没有议题，请先添加。")
    if procedure.kind != ProcedureKind.PLAN or not procedure.steps.exists():
        raise Incomplete("请选择一个计划审批程序。", {"procedure": "请选择一个计划审批程序。"})
    take(
        plan,
        "submit",
        by=by,
        at=at,
        gate_round=plan.gate_round + 1,
        procedure_name=procedure.name,
        updated_at=at,
        data={"procedure": procedure.name},
    )
    progress.copy_steps(plan, procedure, round=plan.gate_round, at=at)
    return plan
