"""年度协商计划 from approval to the public: signed by the three offices, issued, adjusted into the next version."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, Refusal, WrongState
from config.transitions import take
from consultation import notices, rules
from consultation.models import AnnualPlan, PlanAdjustment, PlanItem, PlanQuota, PlanSignature, Topic
from consultation.services.plans import SHAPE
from consultation.states import PlanState, TopicState
from members.models import THREE_OFFICES

COPIED = ("lineage", "position", "title", "topic_id", "form", "month", "planned_on", "lead", "body_id",
          "participants", "result_kind")  # fmt: skip


@transaction.atomic
def sign_plan(plan: AnnualPlan, *, by, at) -> PlanSignature:
    """会签 for one's own office, once."""
    rules.require("sign_plan", by, plan)
    office = rules.office_of(by, plan)
    _hold_approved(plan, at)
    try:
        with transaction.atomic():
            signature = PlanSignature.objects.create(plan=plan, office=office, by=by, at=at)
    except IntegrityError:
        earlier = signatures(plan).get(office=office)
        when = timezone.localtime(earlier.at).strftime("%m月%d日 %H:%M")
        raise WrongState(f"{earlier.by}已于 {when} 代表{office}会签。") from None
    log.record("annualplan.sign", plan, by=by, at=at, scope=plan.scope, office=str(office))
    if not unsigned_offices(plan):
        notices.plan_to_issue(plan, at=at)
    return signature


def signatures(plan: AnnualPlan):
    """The signatures in force."""
    return plan.signatures.filter(void_at=None).select_related("office", "by")


def unsigned_offices(plan: AnnualPlan) -> list:
    """Those of the three offices whose signature is missing."""
    signed = signatures(plan).values("office")
    return list(plan.committee.organisations.three_offices().exclude(pk__in=signed).order_by("pk"))


def _hold_approved(plan, at):
    if not AnnualPlan.objects.filter(pk=plan.pk, state=PlanState.APPROVED).update(updated_at=at):
        plan.refresh_from_db()
        raise WrongState(f"“{plan.get_state_display()}”的计划不能会签。")


@transaction.atomic
def reopen_plan(plan: AnnualPlan, *, words: str, by, at) -> AnnualPlan:
    """退回修改 before issue: the signatures given so far no longer count."""
    rules.require("reopen_plan", by, plan)
    if not words.strip():
        raise Incomplete("请写明退回的理由。", {"words": "请写明要改什么。"})
    verb = "readjust" if plan.previous_id else "reopen"
    take(plan, verb, by=by, at=at, updated_at=at, data={"words": words.strip()})
    plan.signatures.filter(void_at=None).update(void_at=at)
    notices.plan_reopened(plan, words.strip(), at=at)
    return plan


@transaction.atomic
def issue_plan(plan: AnnualPlan, *, number: str, issued_on: datetime.date, by, at) -> AnnualPlan:
    """三办联合印发: needs all three signatures, number and date; the version before it is superseded."""
    rules.require("issue_plan", by, plan)
    _check_issue(plan, number.strip(), issued_on, today=timezone.localdate(at))
    if plan.previous_id:
        take(plan.previous, "supersede", by=by, at=at, updated_at=at)
    try:
        with transaction.atomic():
            take(
                plan, "issue", by=by, at=at, number=number.strip(), issued_on=issued_on, issued_at=at, updated_at=at,
                data={"number": number.strip()},
            )  # fmt: skip
    except IntegrityError:
        raise Incomplete("这个文号已经用过。", {"number": "这个文号已经用过。"}) from None
    plan.items.update(updated_at=at)  # what can be read from now on is news
    _settle_topics(plan, by=by, at=at)
    notices.plan_issued(plan, at=at)
    return plan


def _check_issue(plan, number, issued_on, *, today):
    offices = plan.committee.organisations.three_offices().count()
    if offices != len(THREE_OFFICES):
        raise Refusal("联合印发须由党委办、政府办、政协办三办会签，请先登记三办。")
    if missing := unsigned_offices(plan):
        raise Refusal(f"还缺会签：{'、'.join(map(str, missing))}。三办都会签后才能印发。")
    wrong = {}
    if not number:
        wrong["number"] = "请填写文号，如：嘉政协办发〔2026〕3号。"
    if issued_on is None:
        wrong["issued_on"] = "请填写印发日期。"
    elif issued_on > today:
        wrong["issued_on"] = "印发日期不能晚于今天。"
    elif issued_on.year not in (plan.year - 1, plan.year):
        wrong["issued_on"] = f"{plan.year}年的计划须在 {plan.year - 1} 年或 {plan.year} 年印发。"
    if wrong:
        raise Incomplete(" ".join(wrong.values()), wrong)


def _settle_topics(plan, *, by, at):
    """Topics of the issued version are in the plan; those that only the version before it had are free again."""
    now = Topic.objects.filter(items__plan=plan, items__dropped_at=None)
    for topic in now.filter(state=TopicState.SELECTED):
        take(topic, "put_in_plan", by=by, at=at, updated_at=at)
    if plan.previous_id:
        before = Topic.objects.filter(items__plan=plan.previous, items__dropped_at=None, state=TopicState.IN_PLAN)
        for topic in before.exclude(pk__in=now.values("pk")):
            take(topic, "take_out_of_plan", by=by, at=at, updated_at=at)


@transaction.atomic
def propose_adjustment(plan: AnnualPlan, *, reason: str, words: str, by, at) -> PlanAdjustment:
    """提出调整 of the plan in force; nothing changes before it is approved."""
    rules.require("adjust_plan", by, plan)
    if not AnnualPlan.objects.filter(pk=plan.pk, state=PlanState.ISSUED).update(updated_at=at):
        plan.refresh_from_db()
        raise WrongState(f"“{plan.get_state_display()}”的计划不能调整，只有已印发的计划走调整程序。")
    try:
        with transaction.atomic():
            adjustment = PlanAdjustment.objects.create(
                plan=plan, reason=reason, words=words, proposed_at=at, proposed_by=by
            )
    except IntegrityError:
        raise WrongState("这份计划已有一项调整在办理。") from None
    log.record("planadjustment.propose", adjustment, by=by, at=at, scope=plan.scope, reason=reason)
    return adjustment


@transaction.atomic
def approve_adjustment(
    adjustment: PlanAdjustment, *, meeting: str, decided_on: datetime.date, words: str = "", by, at
) -> PlanAdjustment:
    """登记批准: which meeting approved the change, and when."""
    rules.require("adjust_plan", by, adjustment)
    _decide(adjustment, "approve", meeting, decided_on, words, by=by, at=at)
    return adjustment


@transaction.atomic
def refuse_adjustment(
    adjustment: PlanAdjustment, *, meeting: str, decided_on: datetime.date, words: str = "", by, at
) -> PlanAdjustment:
    """登记未获批准: the plan stays as it is."""
    rules.require("adjust_plan", by, adjustment)
    _decide(adjustment, "refuse", meeting, decided_on, words, by=by, at=at)
    return adjustment


def _decide(adjustment, verb, meeting, decided_on, words, *, by, at):
    wrong = {}
    if not meeting.strip():
        wrong["meeting"] = "请填写是哪个会议审批的。"
    if decided_on is None or decided_on > timezone.localdate(at):
        wrong["decided_on"] = "请填写审批日期，不能晚于今天。"
    if wrong:
        raise Incomplete(" ".join(wrong.values()), wrong)
    take(
        adjustment, verb, by=by, at=at, approved_by_meeting=meeting.strip(), decided_on=decided_on,
        decision_words=words.strip(), decided_at=at, decided_by=by,
    )  # fmt: skip


@transaction.atomic
def open_next_version(adjustment: PlanAdjustment, *, by, at) -> AnnualPlan:
    """形成新版: an approved adjustment copies the plan in force; the copy is edited, signed and issued in its turn."""
    rules.require("adjust_plan", by, adjustment)
    take(adjustment, "apply", by=by, at=at)
    old = adjustment.plan
    new = AnnualPlan.objects.create(
        committee=old.committee,
        year=old.year,
        version=old.version + 1,
        title=old.title,
        foreword=old.foreword,
        formula_name=old.formula_name,
        procedure_name=old.procedure_name,
        state=PlanState.ADJUSTING,
        previous=old,
        created_at=at,
        created_by=by,
        updated_at=at,
    )
    PlanQuota.objects.bulk_create(
        PlanQuota(plan=new, **{name: getattr(quota, name) for name in SHAPE}) for quota in old.quotas.all()
    )
    for item in old.items.standing().prefetch_related("units"):
        copy = PlanItem.objects.create(plan=new, updated_at=at, **{name: getattr(item, name) for name in COPIED})
        copy.units.set(item.units.all())
    log.record("annualplan.copy", new, by=by, at=at, scope=new.scope, version=new.version)
    return new


@transaction.atomic
def settle_plan(plan: AnnualPlan, *, by, at) -> AnnualPlan:
    """完成调整: the approved changes are written in; the three offices may sign."""
    rules.require("edit_plan", by, plan)
    take(plan, "settle", by=by, at=at, updated_at=at)
    notices.plan_to_sign(plan, at=at)
    return plan
