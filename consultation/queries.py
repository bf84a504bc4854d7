"""Figures with their sources, the bars that show where things stand, and what waits for whom."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from consultation.models import AnnualPlan, Consultation, Outcome, OutcomeTask, PlanItem, Session, Step
from consultation.states import ConsultationForm, OutcomeState, PlanState, StepState, TaskState
from members.models import Organisation
from members.roles import Permission


@dataclass(frozen=True)
class Figure:
    """A ratio with everything it needs to be believed: numerator, denominator, and what they count."""

    label: str
    done: int
    total: int | None
    what: str


@dataclass(frozen=True)
class QuotaFigure(Figure):
    planned: int
    open_ended: bool


def quota_figures(plan: AnnualPlan, *, items: list[PlanItem] | None = None) -> list[QuotaFigure]:
    """Done of due for each line of the plan's formula, counted now: held consultations of the year, by form.

    `items` are the plan's standing ones, where the caller has them at hand.
    """
    held = Consultation.objects.filter(committee=plan.committee_id, year=plan.year, held_on__isnull=False)
    done = dict(held.order_by().values_list("form").annotate(Count("pk")))
    planned = Counter(
        plan.items.standing().values_list("form", flat=True) if items is None else [item.form for item in items]
    )
    quotas = list(plan.quotas.all())
    named = {form for quota in quotas for form in quota.forms}
    rest = set(ConsultationForm.values) - named
    figures = []
    for quota in quotas:
        forms = quota.forms or rest
        in_plan = sum(planned.get(form, 0) for form in forms)
        total = in_plan if quota.open_ended else quota.count
        against = "列入计划的次数（不限次）" if quota.open_ended else "计划定额"
        figures.append(
            QuotaFigure(
                label=quota.label,
                done=sum(done.get(form, 0) for form in forms),
                total=total,
                what=f"{plan.year} 年已开会 / {against}",
                planned=in_plan,
                open_ended=quota.open_ended,
            )
        )
    return figures


def conversion(outcomes, what: str) -> Figure:
    """Settled outcomes of all outcomes in `outcomes`; `what` says which these are."""
    counted = outcomes.aggregate(done=Count("pk", filter=Q(state=OutcomeState.DONE)), total=Count("pk"))
    return Figure("成果落实率", counted["done"], counted["total"], f"已落实 / 全部成果（{what}）")


# --- where things stand ------------------------------------------------------------------------------------------


def step_bar(steps: list[Step]) -> list[dict]:
    """Steps as the step bar draws them; the first unfinished one is now."""
    bar, now_found = [], False
    for step in steps:
        pending = step.state == StepState.PENDING
        now = pending and not now_found
        now_found = now_found or now
        when = _day(step.held_on or timezone.localdate(step.finished_at)) if step.finished_at else _due(step)
        note = "已跳过" if step.state == StepState.SKIPPED else "、".join(title for _, title in step.agenda)
        state = "now" if now else "next" if pending else "done"
        bar.append({"name": step.name, "state": state, "when": when, "note": note})
    return bar


def _due(step):
    return f"应于 {_day(step.due_on)}" if step.due_on else ""


def _day(date):
    return f"{date.month}月{date.day}日"


def four_stages(consultation: Consultation, sessions: list[Session], outcomes: list[Outcome]) -> list[dict]:
    """回音壁 in four words: collected, discussed, decided, done; `outcomes` are those that the reader may see."""
    done = [o for o in outcomes if o.state == OutcomeState.DONE]
    asked = consultation.topic.created_at if consultation.topic else consultation.created_at
    now = timezone.now()
    held = [s for s in sessions if s.starts_at <= now]
    coming = [s for s in sessions if s.starts_at > now]
    reached = [
        ("收集", _collected(timezone.localdate(asked), consultation.year), True),
        ("商量", _discussed(held, coming), bool(held)),
        ("议定", f"{len(outcomes)} 项成果" if outcomes else "", bool(outcomes)),
        (
            "落实",
            f"{len(done)} / {len(outcomes)} 项" if outcomes else "",
            bool(outcomes) and len(done) == len(outcomes),
        ),
    ]
    first_open = next((i for i, (_, _, is_done) in enumerate(reached) if not is_done), len(reached))
    return [
        {"name": name, "when": when, "state": "done" if is_done else "now" if i == first_open else "next"}
        for i, (name, when, is_done) in enumerate(reached)
    ]


def _collected(day, year):
    """A topic is often collected in the year before."""
    return _day(day) if day.year == year else f"{day.year}年{_day(day)}"


def _discussed(held, coming):
    if held:
        return f"已开会 {len(held)} 次"
    return f"{_day(timezone.localdate(coming[0].starts_at))}开会" if coming else ""


def consultations_by_lineage(items: list[PlanItem], user) -> dict:
    """Lineage → the consultations of an item in any version of its plan that `user` may see, newest first."""
    found = {}
    rows = Consultation.objects.visible_to(user).filter(plan_item__lineage__in={item.lineage for item in items})
    for row in rows.select_related("plan_item", "committee").order_by("-pk"):
        found.setdefault(row.plan_item.lineage, []).append(row)
    return found


# --- what waits for whom -----------------------------------------------------------------------------------------


def plans_to_sign(user):
    """Plans that wait for the signature of this person's office."""
    offices = user.organisations_with(Permission.PLAN_ISSUE)
    committees = Organisation.objects.filter(pk__in=offices).values("committee")
    waiting = AnnualPlan.objects.filter(state=PlanState.APPROVED, committee__in=committees)
    return waiting.exclude(signatures__void_at=None, signatures__office__in=offices)


def outcomes_to_classify(user):
    return Outcome.objects.filter(
        state=OutcomeState.DRAFTED, committee__in=user.committees_with(Permission.CONSULTATION_MANAGE)
    )


def tasks_of(user):
    """Open tasks of this person, the nearest first."""
    return OutcomeTask.objects.filter(state=TaskState.OPEN, responsible=user).order_by("due_on")


def outcomes_to_look_at(user, today):
    """B and C outcomes whose date has come, for the staff and for who is responsible."""
    mine = Q(responsible=user) | Q(committee__in=user.committees_with(Permission.CONSULTATION_MANAGE))
    return Outcome.objects.filter(mine, state=OutcomeState.ROUTED, look_again_on__lte=today)


def sessions_on(user, day):
    """Sessions of the committees in whose office this person works that begin on `day`."""
    committees = user.committees_with(Permission.OFFICE_WORK)
    return Session.objects.filter(starts_at__date=day, consultation__committee__in=committees).order_by("starts_at")
