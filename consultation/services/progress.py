"""Steps: copied when a run begins, finished one after the other, each with its evidence."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.refusals import Incomplete, Refusal, WrongState
from config.transitions import take
from config.uploads import store
from config.uploads.models import Attachment
from config.workdays import count
from consultation import notices, rules, threads
from consultation.models import AnnualPlan, Consultation, Procedure, Step
from consultation.states import PUBLIC_OUTCOMES, ConsultationState, GateVerdict, PlanState
from consultation.steps import ON_FILE, Evidence, StepKind

Run = AnnualPlan | Consultation


def copy_steps(run: Run, procedure: Procedure, *, round: int = 1, at) -> None:
    """The run's own copy, with due dates counted one after the other; later edits of the procedure do not touch it."""
    start, copies = timezone.localdate(at), []
    owner = {"plan": run} if isinstance(run, AnnualPlan) else {"consultation": run}
    for row in procedure.steps.select_related("agenda").prefetch_related("agenda__steps"):
        deadline = None
        if row.workdays:
            deadline = count.deadline(
                start, count.Limit(row.workdays, "workdays", f"{row.name} {row.workdays} 个工作日")
            )
            start = deadline.due_on
        copies.append(
            Step(
                **owner,
                round=round,
                position=row.position,
                kind=row.kind,
                name=row.name,
                phase=row.phase,
                responsible=row.responsible,
                workdays=row.workdays,
                evidence=row.evidence,
                may_skip=row.may_skip,
                agenda=[[point.kind, point.name] for point in row.agenda.steps.all()] if row.agenda else [],
                due_on=deadline and deadline.due_on,
                due_why=deadline.as_json() if deadline else {},
            )
        )
    Step.objects.bulk_create(copies)


def steps_of(run: Run):
    """The steps of the present round, in order."""
    present = run.gate_round if isinstance(run, AnnualPlan) else 1
    return run.steps.filter(round=present).order_by("position")


def current_step(run: Run) -> Step | None:
    """The first unfinished step; None when all are done."""
    return steps_of(run).pending().first()


def missing_evidence(step: Step, *, at) -> str:
    """What must still be there before the step can be finished, in words; empty when nothing is missing."""
    sessions = step.consultation.sessions if step.consultation_id else None
    if step.kind == StepKind.SESSION and not sessions.filter(starts_at__lte=at).exists():
        return "已经召开的会议（请先登记会议时间和参会人员）"
    if step.evidence == Evidence.OUTCOMES:
        outcomes = step.consultation.outcomes
        if not outcomes.exists():
            return "协商成果（请先登记成果）"
        waiting = outcomes.exclude(state__in=PUBLIC_OUTCOMES).count()
        return f"还有 {waiting} 项成果没有分类转办" if waiting else ""
    if step.evidence == Evidence.MINUTES and sessions.exclude(minutes="").exists():
        return ""
    if step.evidence in ON_FILE and not store.of(step, step.evidence).exists():
        return Evidence(step.evidence).label
    return ""


@transaction.atomic
def add_evidence(step: Step, file, *, by, at) -> Attachment:
    """Lay a file beside the step that is in hand, as the evidence it asks for."""
    _require(step, by)
    _must_be_current(step, at=at)
    kind = "image" if step.evidence == Evidence.PHOTO else "document"
    try:
        return store.attach(step, file, by=by, at=at, purpose=step.evidence, kind=kind)
    except ValidationError as problem:
        words = " ".join(problem.messages)
        raise Incomplete(words, {"files": words}) from None


@transaction.atomic
def finish_step(
    step: Step, *, words: str = "", verdict: str = "", held_on: datetime.date | None = None, by, at
) -> Step:
    """完成 the step in hand; refuses out of order, without the evidence, or a gate without its verdict."""
    _require(step, by)
    _must_be_current(step, at=at)
    if lacking := missing_evidence(step, at=at):
        raise Incomplete(f"“{step.name}”还不能完成，缺：{lacking}。", {"files": f"还缺：{lacking}。"})
    _check_gate(step, verdict, words, held_on, at)
    take(
        step,
        "finish",
        by=by,
        at=at,
        words=words.strip(),
        verdict=verdict if step.is_gate else "",
        held_on=held_on if step.is_gate else None,
        finished_at=at,
        finished_by=by,
    )
    _go_on(step, by=by, at=at)
    return step


@transaction.atomic
def skip_step(step: Step, *, words: str, by, at) -> Step:
    """跳过 the step in hand where the procedure allows it, with a reason."""
    _require(step, by)
    _must_be_current(step, at=at)
    if not step.may_skip:
        raise Refusal(f"“{step.name}”是必经环节，不能跳过。")
    if not words.strip():
        raise Incomplete("请写明跳过的理由。", {"words": "请写明跳过的理由。"})
    take(step, "skip", by=by, at=at, words=words.strip(), finished_at=at, finished_by=by)
    _go_on(step, by=by, at=at)
    return step


def _require(step, by):
    rules.require("finish_plan_step" if step.plan_id else "run_consultation", by, step)


def _must_be_current(step, *, at):
    """The run is under way and stays so until this transaction ends; the step is the first unfinished one of it."""
    run, active = step.run, PlanState.APPROVING if step.plan_id else ConsultationState.RUNNING
    held = type(run).objects.filter(pk=run.pk, state=active).update(updated_at=at)
    run.refresh_from_db(fields=["state", "updated_at"])
    step.refresh_from_db(fields=["state", "finished_at", "finished_by"])
    if step.finished_at:
        when = timezone.localtime(step.finished_at).strftime("%m月%d日 %H:%M")
        raise WrongState(f"{step.finished_by}已于 {when} 办理“{step.name}”，现在是“{step.get_state_display()}”。")
    if not held:
        raise WrongState(f"“{run.get_state_display()}”的{run._meta.verbose_name}不能办理环节。")
    current = current_step(run)
    if current.pk != step.pk:
        raise WrongState(f"请先完成“{current.name}”，再办“{step.name}”。")


def _check_gate(step, verdict, words, held_on, at):
    if not step.is_gate:
        return
    wrong = {}
    if verdict not in GateVerdict.values:
        wrong["verdict"] = "请选择结论。"
    elif verdict == GateVerdict.RETURNED and step.consultation_id:
        wrong["verdict"] = "未通过的，请取消这次协商并说明原因。"
    elif verdict == GateVerdict.RETURNED and not words.strip():
        wrong["words"] = "退回修改时，请写明意见。"
    if held_on is None:
        wrong["held_on"] = "请填写审定日期。"
    elif held_on > timezone.localdate(at):
        wrong["held_on"] = "审定日期不能晚于今天。"
    if wrong:
        raise Incomplete(" ".join(wrong.values()), wrong)


def _go_on(step, *, by, at):
    """What follows from a finished step: the plan goes back or is approved, the consultation was held or is over."""
    over = current_step(step.run) is None
    if plan := step.plan:
        if step.verdict == GateVerdict.RETURNED:
            take(plan, "return_", by=by, at=at, updated_at=at, data={"words": step.words})
        elif over:
            take(plan, "approve", by=by, at=at, updated_at=at)
            notices.plan_to_sign(plan, at=at)
        return
    consultation = step.consultation
    if step.kind == StepKind.SESSION and consultation.held_on is None:
        last = consultation.sessions.filter(starts_at__lte=at).latest("starts_at")
        consultation.held_on = timezone.localdate(last.starts_at)
        Consultation.objects.filter(pk=consultation.pk).update(held_on=consultation.held_on)
    if over:
        held_on = consultation.held_on or timezone.localdate(at)
        take(consultation, "conclude", by=by, at=at, held_on=held_on)
        threads.consulted(consultation, by=by, at=at)
