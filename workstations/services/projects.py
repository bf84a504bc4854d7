"""项目清单: a need and who helps, put together, done step by step, confirmed by another person (rows 91, 107)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.privacy import require_plain
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import save
from config.transitions import take
from members.facts import Fact
from members.models import Body, Member, User
from members.services import duty
from workstations.models import (
    Demand,
    Project,
    ProjectEffect,
    ProjectStep,
    ProjectTemplate,
    Resource,
)
from workstations.models.projects import MOST_STEPS
from workstations.rules import lists as rules
from workstations.services.lists import attach, keepers, release, said, tell
from workstations.states import DemandState, ProjectState

STEP = "project-step"  # the kind of its milestones


@dataclass(frozen=True)
class Planned:
    """One step as it is typed: the key of a step there is, or None for a new one."""

    name: str
    due_on: date | None = None
    pk: int | None = None


@transaction.atomic
def start(
    demand: Demand,
    *,
    leader: Member,
    title: str = "",
    group: Body | None = None,
    resources: Iterable[Resource] = (),
    template: ProjectTemplate | None = None,
    why: str = "",
    by: User | None,
    at: datetime,
) -> Project:
    """立项: the need is claimed for `leader`, the steps of `template` are copied with their days from today."""
    rules.require("keep", by, demand)
    resources = list(resources)
    _check(demand, leader, group, resources, template)
    if demand.state == DemandState.CLAIMED and demand.claimed_by_id == leader.pk:
        # A claim already there becomes the project; writing the row holds it against a giving back meanwhile.
        if not Demand.objects.filter(pk=demand.pk, state=DemandState.CLAIMED, claimed_by=leader).update(claimed_at=at):
            raise WrongState("这项需求刚刚被退回，请刷新后再看。")
    else:
        take(demand, "claim", by=by, at=at, claimed_by=leader, claimed_at=at)
    if demand.projects.filter(state=ProjectState.RUNNING).exists():
        raise WrongState("这项需求已经立项，请先办结或中止那个项目。")
    title = title.strip() or demand.title
    require_plain(title=title)
    project = Project(
        committee=demand.committee, title=title, demand=demand, leader=leader, group=group, why=why[:200],
        created_at=at, updated_at=at,
    )  # fmt: skip
    save(project)
    project.resources.set(resources)
    log.record("project.start", project, by=by, at=at, scope=project.scope, leader=str(leader))
    today = timezone.localdate(at)
    steps = [
        Planned(step["name"], None if step.get("days") is None else today + timedelta(days=step["days"]))
        for step in (template.steps if template else [])
    ]
    _write_steps(project, steps, at=at)
    if by is None or leader.user_id != by.pk:
        tell({leader.user_id}, project, "started", f"请您领办：{project}", body=why, at=at)
    return project


def _check(demand, leader, group, resources, template):
    committee = demand.committee_id
    if leader.committee_id != committee or not leader.is_in_force:
        raise Incomplete("领办委员须是本会的在任委员。", {"leader": "领办委员须是本会的在任委员。"})
    if group is not None and group.committee_id != committee:
        raise Incomplete("活动小组须属于本会。", {"group": "活动小组须属于本会。"})
    if any(resource.committee_id != committee or not resource.is_active for resource in resources):
        raise Incomplete("选的资源里有不属于本会或已停止提供的。", {"resources": "有的资源不属于本会或已停止提供。"})
    if template is not None and template.committee_id != committee:
        raise Incomplete("模板须属于本会。", {"template": "模板须属于本会。"})


# --- steps -------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_steps(project: Project, steps: list[Planned], *, by: User | None, at: datetime) -> None:
    """安排步骤: these steps in this order; a step that is done can be moved, not changed or left out."""
    rules.require("work", by, project)
    _hold(project, at)
    _write_steps(project, steps, at=at)
    log.record("project.steps", project, by=by, at=at, scope=project.scope, steps=[step.name for step in steps])


def _hold(project, at):
    """Writing the row holds it: nobody finishes it meanwhile."""
    if not Project.objects.filter(pk=project.pk, state=ProjectState.RUNNING).update(updated_at=at):
        raise WrongState("这个项目已经完成或中止，不能再改。")


def _write_steps(project, steps, *, at):
    names = [step.name.strip() for step in steps]
    if not all(names) or len(set(names)) < len(names):
        raise Incomplete("每个步骤都要有名称，名称不能重复。")
    if len(steps) > MOST_STEPS:
        raise Incomplete(f"最多 {MOST_STEPS} 个步骤。")
    for name in names:
        require_plain(steps=name)
    there = {step.pk: step for step in project.steps.all()}
    kept = {step.pk for step in steps if step.pk in there}
    gone = [step for pk, step in there.items() if pk not in kept]
    if any(step.done_on for step in gone):
        raise Refusal("已经完成的步骤不能删去。")
    for step in gone:
        clock.cancel(step, kind=STEP, reason="步骤已删去", at=at)
        step.delete()
    _make_way(project, kept)
    for position, (name, planned) in enumerate(zip(names, steps, strict=True), start=1):
        step = there.get(planned.pk) or ProjectStep(project=project)
        before = step.due_on if step.pk else None
        step.position = position
        if not step.done_on:
            step.name, step.due_on = name, planned.due_on
        step.project = project
        save(step)
        _remind(step, before, project, at=at)


def _make_way(project, kept):
    """Names may change places: those that stay step aside first."""
    for step in project.steps.filter(pk__in=kept, done_on__isnull=True):
        ProjectStep.objects.filter(pk=step.pk).update(name=f"\u2063{step.pk}")


def _remind(step, before, project, *, at):
    if step.done_on or step.due_on == before:
        return
    if step.due_on is None:
        clock.cancel(step, kind=STEP, reason="没有计划日期", at=at)
    else:
        clock.replan(step, kind=STEP, due_on=step.due_on, scope=project.scope, reason="计划日期已调整", at=at)


@transaction.atomic
def do_step(step: ProjectStep, *, on: date, words: str = "", by: User | None, at: datetime) -> None:
    """完成一步, on a day up to today."""
    project = step.project
    rules.require("work", by, project)
    if on > timezone.localdate(at):
        raise Incomplete("完成日期不能晚于今天。", {"on": "完成日期不能晚于今天。"})
    if on < timezone.localdate(project.created_at):
        raise Incomplete("完成日期不能早于立项。", {"on": "完成日期不能早于立项的日子。"})
    require_plain(words=words)
    _hold(project, at)
    if not ProjectStep.objects.filter(pk=step.pk, done_on__isnull=True).update(done_on=on, words=words.strip()):
        raise WrongState("这一步已经登记为完成。")
    step.done_on, step.words = on, words.strip()
    clock.cancel(step, kind=STEP, reason="已完成", at=at)
    log.record("project.step", project, by=by, at=at, scope=project.scope, step=step.name, on=on)


# --- the end -----------------------------------------------------------------------------------------------------


@transaction.atomic
def report(
    project: Project, *, result: str, effects: list[ProjectEffect], photos: Iterable = (), by: User | None, at: datetime
) -> None:
    """申请办结: what came of it, in words and figures; another person looks and finishes it."""
    rules.require("work", by, project)
    result = said(result, "result", "请写明成效。")
    _check_effects(effects)
    if not Project.objects.filter(pk=project.pk, state=ProjectState.RUNNING).update(
        result=result, reported_at=at, updated_at=at
    ):
        raise WrongState("这个项目已经完成或中止。")
    project.result, project.reported_at = result, at
    _write_effects(project, effects)
    attach(project, photos, by=by, at=at)
    log.record("project.report", project, by=by, at=at, scope=project.scope)
    told = keepers(project.demand) - ({by.pk} if by else set())
    tell(told, project, f"reported:{at:%y%m%d%H%M%S}", f"请核对办结：{project}", body=result, at=at)


@transaction.atomic
def finish(
    project: Project, *, result: str, effects: list[ProjectEffect], photos: Iterable = (), by: User | None, at: datetime
) -> None:
    """完成: the need is met, and it is a fact of the leader's duty."""
    rules.require("finish", by, project)
    result = said(result, "result", "请写明成效。")
    _check_effects(effects)
    take(project, "finish", by=by, at=at, result=result, settled_at=at)
    _write_effects(project, effects)
    attach(project, photos, by=by, at=at)
    take(project.demand, "finish", by=by, at=at, result=result[:500], settled_at=at)
    _cancel_steps(project, "项目已完成", at)
    deed = duty.Deed(
        member=project.leader_id, on=timezone.localdate(at), fact=Fact.PROJECT, key=f"project:{project.pk}",
        title=f"领办：{project}", url=project.get_absolute_url(),
    )  # fmt: skip
    duty.record([deed], by=by, at=at)
    tell({project.leader.user_id}, project, "done", f"项目已完成，记入履职：{project}", body=result, at=at)
    raised_by = {project.demand.raised_by_id} - {project.leader.user_id, by.pk if by else None}
    tell(raised_by, project.demand, "done", f"已实现：{project.demand}", body=result, at=at)


@transaction.atomic
def drop(project: Project, *, reason: str, by: User | None, at: datetime) -> None:
    """中止, with the reason: the need waits for somebody again."""
    rules.require("keep_project", by, project)
    reason = said(reason, "reason", "请写明中止的原因。")
    take(project, "drop", by=by, at=at, result=reason, settled_at=at)
    release(project.demand, reason=f"项目中止：{reason}", by=by, at=at)
    _cancel_steps(project, "项目已中止", at)
    told = {project.leader.user_id} - ({by.pk} if by else set())
    tell(told, project, "dropped", f"项目已中止：{project}", body=f"原因：{reason}", at=at)


def _check_effects(effects):
    """Before anything is changed: each figure says where it is from, and reaches nobody."""
    for effect in effects:
        require_plain(source=effect.source)
        if not effect.source.strip():
            raise Incomplete("每个成效数字都要写明数据来源。")


def _write_effects(project, effects):
    """These figures are the whole."""
    project.effects.all().delete()
    for effect in effects:
        effect.pk, effect.project = None, project
        save(effect)


def _cancel_steps(project, reason, at):
    for step in project.steps.filter(done_on__isnull=True):
        clock.cancel(step, kind=STEP, reason=reason, at=at)


# --- templates ---------------------------------------------------------------------------------------------------


@transaction.atomic
def save_template(template: ProjectTemplate, *, by: User | None, at: datetime) -> ProjectTemplate:
    """保存项目模板; projects under way keep the steps they have."""
    rules.require("template", by, template)
    verb = "projecttemplate.edit" if template.pk else "projecttemplate.create"
    save(template)
    log.record(verb, template, by=by, at=at, scope=template.committee_id)
    return template
