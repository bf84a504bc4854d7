"""协商成果: written down, classed A / B / C, routed exactly once, and looked at again until they are settled."""

import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, Refusal, WrongState
from config.transitions import take
from config.workdays import count
from consultation import notices, rules
from consultation.models import Consultation, Look, Outcome, OutcomeTask
from consultation.states import ROUTES, ConsultationState, OutcomeClass, OutcomeRoute, OutcomeState, TaskState
from members.models import OrganisationKind
from members.roles import Permission
from proposals import services as proposals
from proposals.states import FIVE

ROUTING, LOOKING, TASK = "outcome-route", "outcome-look", "outcome-task"
FIXINGS = ("unit", "leader_name", "leader_post", "handler", "due_on", "duty", "quality")
FOLLOWED = ("responsible", "village", "look_again_on")
TELLING_TIME = datetime.time(9)
LIMITS = {
    OutcomeRoute.SPECIAL_REPORT: ("outcome.workdays", "转办之日起"),
    OutcomeRoute.VILLAGE_COMMITTEE: ("outcome.workdays", "转办之日起"),
    OutcomeRoute.EXPLANATION: ("explanation.workdays", "宣传解释"),
}


@transaction.atomic
def add_outcome(key: UUID, consultation: Consultation, *, text: str, by, at) -> Outcome:
    """登记成果 of a consultation that is under way or over; the same `key` is one outcome."""
    rules.require("run_consultation", by, consultation)
    alive = [ConsultationState.RUNNING, ConsultationState.CONCLUDED]
    held = Consultation.objects.filter(pk=consultation.pk, state__in=alive).update(updated_at=at)
    # Asked for while the consultation is held: of two clicks at the same moment the second finds the first one's row.
    if there := Outcome.objects.filter(key=key, consultation=consultation).first():
        return there
    if not held:
        consultation.refresh_from_db()
        raise WrongState(f"“{consultation.get_state_display()}”的协商活动不能登记成果。")
    number = (consultation.outcomes.aggregate(last=Max("number"))["last"] or 0) + 1
    outcome = Outcome.objects.create(
        key=key, committee_id=consultation.committee_id, consultation=consultation, number=number, text=text,
        created_at=at, created_by=by, updated_at=at,
    )  # fmt: skip
    log.record("outcome.add", outcome, by=by, at=at, scope=outcome.scope)
    return outcome


@transaction.atomic
def classify(
    outcome: Outcome,
    *,
    seen: int,
    outcome_class: str,
    route: str = "",
    unit=None,
    leader_name: str = "",
    leader_post: str = "",
    handler=None,
    due_on: datetime.date | None = None,
    duty: str = "",
    quality: str = "",
    responsible=None,
    village=None,
    look_again_on: datetime.date | None = None,
    by,
    at,
) -> Outcome:
    """分类: A with the five fixings, B with its route chosen, B and C with a date to look again; then it is routed.

    `seen` is its `classification` when the page was opened: who was slower is told. The routing itself is a row that
    any worker may take (config.milestones).
    """
    rules.require("classify", by, outcome)
    route = route or _only_route(outcome_class)
    given = {
        "unit": unit, "leader_name": leader_name.strip(), "leader_post": leader_post.strip(), "handler": handler,
        "due_on": due_on, "duty": duty.strip(), "quality": quality.strip(), "responsible": responsible,
        "village": village, "look_again_on": look_again_on,
    }  # fmt: skip
    _check(outcome, outcome_class, route, given, today=timezone.localdate(at))
    _be_first(outcome, seen)
    asked = set(_asked(outcome_class, route))
    blank = {name: "" if isinstance(value, str) else None for name, value in given.items()}
    take(
        outcome,
        "classify",
        by=by,
        at=at,
        outcome_class=outcome_class,
        route=route,
        classification=seen + 1,
        classified_at=at,
        classified_by=by,
        updated_at=at,
        **{name: value if name in asked else blank[name] for name, value in given.items()},
        data={"class": outcome_class, "route": route},
    )
    clock.once(outcome, kind=ROUTING, code="route", due_at=at, scope=outcome.scope, round=outcome.classification)
    return outcome


def _be_first(outcome, seen):
    """Hold the row; whoever classified it since `seen` is named."""
    if Outcome.objects.filter(pk=outcome.pk, classification=seen).update(classification=seen + 1):
        return
    outcome.refresh_from_db()
    when = timezone.localtime(outcome.classified_at).strftime("%m月%d日 %H:%M")
    raise WrongState(
        f"{outcome.classified_by}已于 {when} 把它分为“{outcome.get_outcome_class_display()}”。"
        "您填写的内容还在，请核对后再提交。"
    )


def _only_route(outcome_class):
    """The route that goes without saying; B has two, so somebody must say which."""
    routes = ROUTES.get(outcome_class, ())
    return routes[0] if len(routes) == 1 else ""


def _asked(outcome_class, route):
    if outcome_class == OutcomeClass.A:
        return FIXINGS
    return FOLLOWED if route == OutcomeRoute.VILLAGE_COMMITTEE else ("responsible", "look_again_on")


WORDS = {
    "route": "B 类请选择去向：专报党委政府，或交村（居）“两委”。",
    "unit": "请选择承办单位。",
    "leader_name": "请填写分管领导。",
    "leader_post": "请填写领导职务。",
    "handler": "请选择承办人。",
    "due_on": "请填写办结日期。",
    "duty": "请写明办什么、负什么责。",
    "quality": "请写明办到什么程度。",
    "responsible": "请选择责任人。",
    "village": "请选择交给哪个村（居）“两委”。",
    "look_again_on": "请填写再看日期。",
}


def _check(outcome, outcome_class, route, given, *, today):
    if outcome_class not in OutcomeClass.values:
        raise Incomplete("请选择类别。", {"outcome_class": "请选择 A、B、C 类中的一类。"})
    if route not in ROUTES[outcome_class]:
        words = WORDS["route"] if outcome_class == OutcomeClass.B else "去向与类别不符。"
        raise Incomplete(words, {"route": words})
    wrong = {name: WORDS[name] for name in _asked(outcome_class, route) if not given[name]}
    for name, words in (("due_on", "办结日期不能早于今天。"), ("look_again_on", "再看日期须在今天之后。")):
        day = given[name]
        if name in _asked(outcome_class, route) and day and (day < today or (name == "look_again_on" and day == today)):
            wrong[name] = words
    committee = outcome.committee_id
    if given["unit"] and given["unit"].committee_id != committee:
        wrong["unit"] = WORDS["unit"]
    village = given["village"]
    if village and (village.committee_id != committee or village.kind != OrganisationKind.VILLAGE_COMMITTEE):
        wrong["village"] = WORDS["village"]
    responsible = given["responsible"]
    if responsible and committee not in responsible.committee_ids:
        wrong["responsible"] = WORDS["responsible"]
    handler, unit = given["handler"], given["unit"]
    if outcome_class == OutcomeClass.A and handler and unit and not _handles(handler, unit):
        wrong["handler"] = f"{handler}不是{unit}的承办人，请先授权或另选一人。"
    if wrong:
        said = " ".join(f"{FIVE[name]}：{words}" if name in FIVE else words for name, words in wrong.items())
        raise Incomplete(f"还不能分类。{said}", wrong)


def _handles(user, unit):
    return unit.pk in user.organisations_with(Permission.MATTER_HANDLE)


@transaction.atomic
def route(outcome: Outcome, *, by, at) -> Outcome:
    """转办, exactly once: whoever wins the state makes the assignment or the task in the same transaction.

    The planned routing is left alone: a worker may hold its row and wait for this one. It finds nothing to do.
    """
    rules.require("route", by, outcome)
    take(outcome, "route", by=by, at=at, routed_at=at, updated_at=at)
    outcome.refresh_from_db()
    if outcome.route == OutcomeRoute.HANDLING_UNIT:
        _hand_to_unit(outcome, by=by, at=at)
    else:
        _give_task(outcome, at=at)
    return outcome


def _hand_to_unit(outcome, *, by, at):
    consultation = outcome.consultation
    topic = consultation.topic
    rater = topic.suggested_by.user if topic and topic.suggested_by_id else outcome.classified_by
    assignment = proposals.open_assignment(
        committee=outcome.committee,
        title=" ".join(outcome.text.split())[:100],
        text=outcome.text,
        rater=rater,
        by=by,
        at=at,
        **{name: getattr(outcome, name) for name in FIXINGS},
    )
    Outcome.objects.filter(pk=outcome.pk).update(assignment=assignment)
    outcome.assignment = assignment


def _give_task(outcome, *, at):
    parameter, words = LIMITS[outcome.route]
    days = outcome.committee.parameter(parameter)
    deadline = count.deadline(
        timezone.localdate(at),
        count.Limit(days, "workdays", f"{words} {days} 个工作日"),
        fixed=outcome.look_again_on,
    )
    task = OutcomeTask.objects.create(
        committee_id=outcome.committee_id,
        outcome=outcome,
        kind=outcome.route,
        responsible=outcome.responsible,
        organisation=outcome.village,
        due_on=deadline.due_on,
        due_why=deadline.as_json(),
        opened_at=at,
    )
    clock.plan(task, kind=TASK, due_on=task.due_on, round=1, scope=outcome.scope, at=at)
    _look_again_later(outcome)
    notices.task_given(task, at=at)


def _look_again_later(outcome):
    due_at = timezone.make_aware(datetime.datetime.combine(outcome.look_again_on, TELLING_TIME))
    clock.once(outcome, kind=LOOKING, code="look", due_at=due_at, scope=outcome.scope, round=_look_round(outcome))


def _look_round(outcome):
    """Unlike any other look of this outcome, also after it was taken back and routed again."""
    return outcome.classification * 100 + outcome.looks + 1


@transaction.atomic
def finish_task(task: OutcomeTask, *, words: str, by, at) -> OutcomeTask:
    """完成任务: the report was sent, the village took it over, it was explained; the matter itself stays open."""
    rules.require("finish_task", by, task)
    if not words.strip():
        raise Incomplete("请写明完成情况。", {"words": "请写明做了什么、结果怎样。"})
    take(task, "finish", by=by, at=at, words=words.strip(), done_at=at, done_by=by)
    clock.cancel(task, reason="已完成", at=at)
    Outcome.objects.filter(pk=task.outcome_id).update(updated_at=at)
    notices.task_finished(task, at=at)
    return task


@transaction.atomic
def look_again(outcome: Outcome, *, words: str, settled: bool, next_on: datetime.date | None = None, by, at) -> Look:
    """再看 a B or C outcome: settled closes it, otherwise the next date is set."""
    rules.require("look_again", by, outcome)
    wrong = {}
    if not words.strip():
        wrong["words"] = "请写明看到的情况。"
    if not settled and (next_on is None or next_on <= timezone.localdate(at)):
        wrong["next_on"] = "还没有落实的，请填写下次再看的日期（今天之后）。"
    if wrong:
        raise Incomplete(" ".join(wrong.values()), wrong)
    if outcome.outcome_class == OutcomeClass.A:
        raise Refusal("A 类成果由承办单位办理，办结后自动落实。")
    if settled and outcome.tasks.open().exists():
        raise Refusal("任务还没有完成，请先填写完成情况。")
    mine = Outcome.objects.filter(pk=outcome.pk, state=OutcomeState.ROUTED, looks=outcome.looks)
    date = None if settled else next_on
    if not mine.update(looks=F("looks") + 1, look_again_on=date or F("look_again_on"), updated_at=at):
        raise WrongState("这项成果的情况刚被别人登记过，请刷新后再看。")
    outcome.refresh_from_db()
    look = Look.objects.create(
        outcome=outcome, number=outcome.looks, words=words.strip(), settled=settled, next_on=date, by=by, at=at
    )
    clock.cancel(outcome, kind=LOOKING, reason="已再看", at=at)
    if settled:
        take(outcome, "finish", by=by, at=at, done_at=at, result=words.strip(), updated_at=at)
    else:
        _look_again_later(outcome)
        log.record("outcome.look", outcome, by=by, at=at, scope=outcome.scope, next_on=date)
    return look


@transaction.atomic
def take_back(outcome: Outcome, *, words: str, by, at) -> Outcome:
    """收回重新分类 a B or C outcome that went the wrong way; an A outcome comes back when the unit returns it."""
    rules.require("classify", by, outcome)
    if not words.strip():
        raise Incomplete("请写明收回的理由。", {"words": "请写明收回的理由。"})
    if outcome.assignment_id:
        raise Refusal("已交承办单位的成果，由承办单位退回后再重新分类。")
    _take_back(outcome, words.strip(), by=by, at=at)
    return outcome


def _take_back(outcome, words, *, by, at):
    take(outcome, "take_back", by=by, at=at, routed_at=None, assignment=None, updated_at=at, data={"words": words})
    for task in outcome.tasks.filter(state=TaskState.OPEN):
        take(task, "withdraw", by=by, at=at)
        clock.cancel(task, reason="已收回", at=at)
    clock.cancel(outcome, reason="已收回", at=at)


# --- news from the handling of A outcomes (consultation/receivers.py) -------------------------------------------


def assignment_closed(assignment, *, by, at) -> None:
    """The unit's matter is closed: the outcome is settled with it."""
    for outcome in Outcome.objects.filter(assignment=assignment, state=OutcomeState.ROUTED):
        take(outcome, "finish", by=by, at=at, done_at=at, result=f"{assignment.unit}已办结", updated_at=at)


def assignment_returned(assignment, *, by, at) -> None:
    """The unit gave it back inside its window: the outcome waits for classification again, with the reason."""
    for outcome in Outcome.objects.filter(assignment=assignment, state=OutcomeState.ROUTED):
        _take_back(outcome, assignment.return_reason, by=by, at=at)
        notices.outcome_came_back(outcome, assignment, at=at)
