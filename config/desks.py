"""What waits for one person, whoever the person is: the lists of the front page, a few statements for all of them.

A list of somebody else's work costs nothing: without the permission its query is known to be empty, and never asked.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from config import matters_desk, places_desk
from config.duty_desk import waiting, when
from consultation import queries as talks
from consultation.models import AnnualPlan, Outcome, OutcomeTask, Session
from consultation.states import PLANS_UNDER_WAY, OutcomeState
from members.models import User
from members.roles import Permission
from proposals.models import Assignment, MicroProposal
from proposals.notices.matters import subject
from proposals.queries import matters
from proposals.states import AssignmentState, MicroState
from workstations.models import DutyRule, ReceptionShift
from workstations.queries.activities import in_preparation, my_seats
from workstations.queries.duty_rules import standings

SHOWN = 5  # rows of a list; the rest is behind 全部
MOST = 100  # rows that are counted one by one
SESSIONS_AHEAD = timedelta(days=21)
MINE_TO_DO = {MicroState.RETURNED: "补正后重新提交", MicroState.DRAFT: "写好后提交"}
OVER = (MicroState.CLOSED, MicroState.DECLINED, MicroState.WITHDRAWN)


@dataclass(frozen=True)
class Desk:
    """The front page of one person: what to do, what is under way, what is near; for a unit also its board."""

    to_do: list[dict]
    under_way: list[dict]
    near: list[dict]
    board: dict | None

    @property
    def lead(self) -> str:
        """What the page says first: how much waits, and how the unit's lights stand."""
        waiting = sum(question["total"] for question in self.to_do)
        said = [f"有 {waiting} 件事等您办理"] if waiting else []
        late, soon = (len((self.board or {}).get(light, [])) for light in ("late", "soon"))
        said += [f"本单位 {late} 件已逾期"] if late else []
        said += [f"{soon} 件 7 天内到期"] if soon else []
        return "，".join(said or ["现在没有等您办理的事"]) + "。"


def desk_of(user: User, today: date) -> Desk:
    """All of one person's work on one page, whatever the person's faces; the most pressing first."""
    spoken = _waiting_for_a_word(user, today)
    mine = (
        list(MicroProposal.objects.by(user).exclude(state__in=OVER).order_by("-pk")[:MOST]) if user.member_ids else []
    )
    board = matters.board_of(user, today) if user.organisations_with(Permission.MATTER_HANDLE) else None
    to_do = [
        _to_sign(user),
        _to_accept(board),
        _to_rate(spoken),
        _to_finish(mine),
        _to_review(user),
        _to_assign(user),
        _to_decide(spoken),
        _plans(user),
        _outcomes(user, today),
        _matters(user, today),
        _duty(user, today),
        _places(user, today),
    ]
    under_way = [_overdue(user, today)] if user.committees_with(Permission.MATTER_VIEW) else []
    if user.bodies_with(Permission.DUTY_LOOK_AFTER):
        under_way += [_to_organise(user), _looked_after(user)]
    if user.member_ids:
        seen = {assignment.micro_id for assignment in spoken if assignment.rater_id == user.pk}
        under_way.append(_mine([micro for micro in mine if micro.pk not in seen]))
    return Desk(
        to_do=[question for question in to_do if question["rows"]],
        under_way=under_way,
        near=[question for question in [_sessions(user), _activities(user), _shifts(user, today)] if question["rows"]],
        board=board,
    )


def _question(title, rows, more="", **rest) -> dict:
    return {"title": title, "rows": rows[:SHOWN], "total": len(rows), "more": more if len(rows) > SHOWN else "", **rest}


def _row(thing, title, **rest) -> dict:
    return {"title": title, "url": thing.get_absolute_url(), **rest}


# --- micro-proposals and assignments -----------------------------------------------------------------------------


def _waiting_for_a_word(user, today) -> list[Assignment]:
    """To rate, to verify, to decide about more time: three reasons, one statement."""
    to_rate = Q(pk__in=matters.awaiting_rating(user).values("pk"))
    to_verify = Q(pk__in=matters.awaiting_verification(user, today).values("pk"))
    to_decide = Q(pk__in=matters.awaiting_extension(user).values("assignment"))
    found = Assignment.objects.filter(to_rate | to_verify | to_decide).select_related("unit", "micro", "proposal")
    return list(found.order_by("due_on", "pk")[:MOST])


def _to_rate(assignments):
    rows = [
        _row(subject(row), row.title, meta=f"{row.unit}已答复", badge=("soon", "待评价"))
        for row in assignments
        if row.state == AssignmentState.REPLIED
    ]
    return _question("等我评价的答复", rows, reverse("micro-list"))


def _to_decide(assignments):
    rows = [
        _row(row, row.title, meta=str(row.unit), badge=("soon", "审批延期" if row.is_open else "核实承诺"))
        for row in assignments
        if row.state != AssignmentState.REPLIED
    ]
    return _question("等我审批和核实的交办件", rows, reverse("assignment-list"))


def _to_finish(micros):
    rows = [_micro(micro, MINE_TO_DO[micro.state]) for micro in micros if micro.state in MINE_TO_DO]
    return _question("等我补正或提交的微建议", rows, reverse("micro-list") + "?whose=mine")


def _mine(micros):
    rows = [_micro(micro, micro.serial) for micro in micros if micro.state not in MINE_TO_DO]
    return _question(
        "我的微建议正在办理",
        rows,
        reverse("micro-list") + "?whose=mine",
        empty="还没有正在办理的微建议。看到身边可以改进的小事，写下来就行。",
    )


def _micro(micro, meta, **rest):
    return _row(micro, str(micro), meta=meta, badge=(micro.tone, micro.get_state_display())) | rest


def _to_sign(user):
    replies = matters.awaiting_signature(user).select_related("round__assignment").order_by("round__due_on")[:MOST]
    rows = [
        _row(handled.assignment, handled.assignment.title, meta=reply.get_grade_display(), due=handled.due_on)
        for reply, handled in ((reply, reply.round) for reply in replies)
    ]
    return _question("等我签发的答复", rows, reverse("assignment-list"))


def _to_accept(board):
    rows = [
        _row(row, row.title, due=row.due_on)
        for light in (board or {}).values()
        for row in light
        if row.state == AssignmentState.PENDING
    ]
    return _question("等我签收的交办件", rows, reverse("assignment-list"))


def _to_review(user):
    micros = matters.awaiting_verdict(user).select_related("author__user").order_by("pk")[:MOST]
    rows = [_micro(micro, f"{micro.author} · {micro.serial}") for micro in micros]
    return _question("等本办联审的微建议", rows, reverse("review-desk"))


def _to_assign(user):
    micros = matters.awaiting_assignment(user).select_related("author__user").order_by("pk")[:MOST]
    rows = [
        _micro(micro, f"{micro.author} · {micro.serial}", url=reverse("micro-assign", args=[micro.key]))
        for micro in micros
    ]
    return _question("等我交办的微建议", rows, reverse("assign-desk"))


def _overdue(user, today):
    found = matters.overdue_in(user, today).select_related("unit").order_by("due_on")[:MOST]
    rows = [
        _row(row, row.title, meta=str(row.unit), badge=("late", f"已逾期 {(today - row.due_on).days} 天"))
        for row in found
    ]
    return _question(
        "已逾期的交办件", rows, reverse("assignment-list") + "?all=1&overdue=on", empty="没有逾期的交办件。"
    )


# --- consultation ------------------------------------------------------------------------------------------------


def _plans(user):
    """Plans on which this person's office has not signed, and those that the person prepares."""
    prepares = user.committees_with(Permission.PLAN_MANAGE)
    if not prepares and not user.organisations_with(Permission.PLAN_ISSUE):
        return _question("", [])
    to_sign = Q(pk__in=talks.plans_to_sign(user).values("pk"))
    found = AnnualPlan.objects.filter(to_sign | Q(committee__in=prepares, state__in=PLANS_UNDER_WAY)).order_by("-pk")
    rows = [
        _row(plan, str(plan), badge=(plan.tone, plan.get_state_display()) if prepares else ("soon", "待会签"))
        for plan in found[:MOST]
    ]
    return _question("等我编制的计划" if prepares else "等我会签的计划", rows, reverse("plan-list"))


def _outcomes(user, today):
    """To class, to look at again, and those of which one owes the task: report, village, explanation."""
    task = OutcomeTask.objects.open().filter(outcome=OuterRef("pk"), responsible=user).order_by("due_on")
    to_classify = Q(pk__in=talks.outcomes_to_classify(user).values("pk"))
    to_look = Q(pk__in=talks.outcomes_to_look_at(user, today).values("pk"))
    found = (
        Outcome.objects.annotate(task=Subquery(task.values("pk")[:1]), task_due=Subquery(task.values("due_on")[:1]))
        .filter(Q(task__isnull=False) | to_classify | to_look)
        .select_related("consultation")
        .order_by("pk")
    )
    return _question("等我办的协商成果", [_outcome(row) for row in found[:MOST]], reverse("outcome-list"))


def _outcome(outcome):
    if outcome.task:
        url = reverse("outcome-task-detail", args=[outcome.task])
        return {"title": str(outcome), "url": url, "meta": outcome.get_route_display(), "due": outcome.task_due}
    reason = "待分类" if outcome.state == OutcomeState.DRAFTED else "到期再看"
    return _row(outcome, str(outcome), meta=outcome.consultation.title, badge=("soon", reason))


def _matters(user, today):
    more = reverse("matters-office") if matters_desk.looks_after(user) else reverse("proposal-list")
    return _question("提案、社情民意和办理", matters_desk.waiting(user, today), more, unit="类")


def _duty(user, today):
    return _question("等我办的履职事务", waiting(user, today), reverse("my-duty"), unit="类")


def _places(user, today):
    return _question("站点、网格和群众的事", places_desk.waiting(user, today), unit="类")


def _to_organise(user):
    """A township clerk's activities: to publish, and over but not closed."""
    found = in_preparation(user, timezone.now())[:MOST]
    rows = [
        _row(row, row.title, meta=f"{when(row.starts_at)} {row.place}", badge=(row.tone, row.get_state_display()))
        for row in found
    ]
    new = {"empty_url": reverse("activity-new"), "empty_label": "筹备活动"}
    return _question(
        "等我组织的活动", rows, reverse("activity-list"), unit="场", empty="没有要发布和办结的活动。", **new
    )


def _looked_after(user):
    """How the tasks of the clerk's members stand."""
    rules = list(DutyRule.objects.looked_after_by(user).filter(is_active=True).order_by("-pk")[:MOST])
    found = standings(user, rules)
    rows = [
        _row(rule, str(rule), meta=f"{found[rule.pk].label}，已提交 {found[rule.pk].done} / {found[rule.pk].owed}")
        for rule in rules
        if rule.pk in found
    ]
    desk = {"empty_url": reverse("duty-office"), "empty_label": "到履职管理"}
    return _question(
        "我负责的委员的任务", rows, reverse("duty-rule-list"), unit="项", empty="现在没有布置的任务。", **desk
    )


def _activities(user):
    """What a member is called to or has signed up for, in the coming days."""
    if not user.member_ids:
        return _question("", [])
    now = timezone.now()
    seats = my_seats(user, now).filter(activity__starts_at__lte=now + SESSIONS_AHEAD)
    rows = [
        _row(seat.activity, seat.activity.title, meta=f"{when(seat.activity.starts_at)} {seat.activity.place}",
             badge=(seat.tone, seat.get_state_display()))
        for seat in seats[:MOST]
    ]  # fmt: skip
    return _question("近期的活动和会议", rows, reverse("activity-list"), unit="场")


def _shifts(user, today):
    """When a member receives the public next."""
    if not user.member_ids:
        return _question("", [])
    found = ReceptionShift.objects.standing().filter(member__user=user, on__range=(today, today + SESSIONS_AHEAD))
    url = reverse("shift-mine")
    rows = [
        {"title": str(shift.station), "url": url, "meta": f"{shift.on.month}月{shift.on.day}日 {shift.starts:%H:%M}"}
        for shift in found.select_related("station").order_by("on")[:MOST]
    ]
    return _question("接下来的接待值班", rows, url, unit="次")


def _sessions(user):
    """Meetings of the coming days: those of one's own committee's office, and those one is invited to."""
    now = timezone.now()
    office = Q(consultation__committee__in=user.committees_with(Permission.OFFICE_WORK))
    invited = Q(participants__member__in=user.member_ids.values())
    found = Session.objects.filter(office | invited, starts_at__range=(now, now + SESSIONS_AHEAD)).distinct()
    rows = [
        _row(row, row.consultation.title, meta=f"{when(row.starts_at)} {row.place}")
        for row in found.select_related("consultation").order_by("starts_at")[:MOST]
    ]
    return _question("近期的协商会议", rows, unit="场")
