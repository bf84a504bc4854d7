"""What waits for one person, whoever the person is: the lists of the front page, a few statements for each.

A list of somebody else's work costs nothing: without the permission its query is known to be empty, and never asked.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from consultation import queries as talks
from consultation.models import AnnualPlan, Outcome, Session
from consultation.states import PLANS_UNDER_WAY, TONES, OutcomeState
from members.models import User
from members.roles import Permission
from proposals import queries as matters
from proposals.models import Assignment, MicroProposal
from proposals.notices import subject
from proposals.states import AssignmentState, ExtensionState, MicroState

SHOWN = 5  # rows of a list; the rest is behind 全部
MOST = 100  # rows that are counted one by one
SESSIONS_AHEAD = timedelta(days=14)
MINE_TO_DO = {MicroState.RETURNED: "待补正，补正后重新提交", MicroState.DRAFT: "写好后提交"}


@dataclass
class Desk:
    """The front page of one person: what to do, what is under way, what is near."""

    to_do: list[dict] = field(default_factory=list)
    under_way: list[dict] = field(default_factory=list)
    near: list[dict] = field(default_factory=list)
    board: dict | None = None

    @property
    def waiting(self) -> int:
        return sum(question["total"] for question in self.to_do)


def desk_of(user: User, today: date) -> Desk:
    """All of one person's work on one page, the most pressing first."""
    handles = user.organisations_with(Permission.MATTER_HANDLE)
    desk = Desk(board=matters.board_of(user, today) if handles else None)
    mine = _my_micros(user) if user.member_ids else []
    rated = [*matters.awaiting_rating(user).select_related("unit", "micro").order_by("replied_at")[:MOST]]
    desk.to_do = [
        _to_sign(user),
        _to_rate(rated),
        _mine(mine, "我要补正和提交的微建议", MINE_TO_DO),
        _to_review(user),
        _to_assign(user),
        _to_decide(user, today),
        _plans(user),
        _outcomes(user, today),
        _tasks(user),
    ]
    desk.to_do = [question for question in desk.to_do if question["rows"]]
    desk.under_way = [_overdue(user, today)] if user.committees_with(Permission.MATTER_VIEW) else []
    if user.member_ids:
        seen = {assignment.micro_id for assignment in rated}
        desk.under_way.append(_under_way([micro for micro in mine if micro.pk not in seen]))
    desk.near = [question for question in [_sessions(user)] if question["rows"]]
    return desk


def _question(title, rows, more="", **rest) -> dict:
    return {"title": title, "rows": rows[:SHOWN], "total": len(rows), "more": more if len(rows) > SHOWN else "", **rest}


def _row(thing, title, **rest) -> dict:
    return {"title": title, "url": thing.get_absolute_url(), **rest}


# --- the member --------------------------------------------------------------------------------------------------


def _my_micros(user):
    over = (MicroState.CLOSED, MicroState.DECLINED, MicroState.WITHDRAWN)
    return list(MicroProposal.objects.by(user).exclude(state__in=over).order_by("-pk")[:MOST])


def _to_rate(assignments):
    rows = [_row(subject(row), row.title, meta=f"{row.unit}已答复", badge=("soon", "待评价")) for row in assignments]
    return _question("请我评价的答复", rows, reverse("micro-list"))


def _mine(micros, title, words):
    rows = [_micro(micro, words[micro.state]) for micro in micros if micro.state in words]
    return _question(title, rows, reverse("micro-list") + "?whose=mine")


def _under_way(micros):
    rows = [_micro(micro, micro.serial) for micro in micros if micro.state not in MINE_TO_DO]
    question = _question("我的微建议", rows, reverse("micro-list") + "?whose=mine")
    return question | {
        "empty": "还没有正在办理的微建议。看到身边可以改进的小事，写下来就行。",
        "empty_url": reverse("micro-new"),
        "empty_label": "写微建议",
    }


def _micro(micro, meta, url=None):
    badge = (micro.tone, micro.get_state_display())
    return {"title": str(micro), "url": url or micro.get_absolute_url(), "meta": meta, "badge": badge}


# --- the unit ----------------------------------------------------------------------------------------------------


def _to_sign(user):
    replies = matters.awaiting_signature(user).select_related("round__assignment").order_by("round__due_on")[:MOST]
    rows = [
        _row(handled.assignment, handled.assignment.title, meta=reply.get_grade_display(), due=handled.due_on)
        for reply, handled in ((reply, reply.round) for reply in replies)
    ]
    return _question("等我签发的答复", rows, reverse("assignment-list"))


# --- the offices -------------------------------------------------------------------------------------------------


def _to_review(user):
    micros = matters.awaiting_verdict(user).select_related("author__user").order_by("pk")[:MOST]
    rows = [_micro(micro, f"{micro.author} · {micro.serial}") for micro in micros]
    return _question("等本办出具联审意见", rows, reverse("review-desk"))


def _to_assign(user):
    micros = matters.awaiting_assignment(user).select_related("author__user").order_by("pk")[:MOST]
    rows = [
        _micro(micro, f"{micro.author} · {micro.serial}", reverse("micro-assign", args=[micro.key])) for micro in micros
    ]
    return _question("等我交办的微建议", rows, reverse("assign-desk"))


def _to_decide(user, today):
    """Extensions that were asked for, and promises whose day has come: one list, for it is one person's work."""
    asked = Q(extensions__state=ExtensionState.ASKED)
    promised = Q(state=AssignmentState.FOLLOWING, rounds__reply__promised_on__lte=today)
    committees = user.committees_with(Permission.MATTER_SUPERVISE)
    found = Assignment.objects.filter(asked | promised, committee__in=committees).distinct().select_related("unit")
    rows = [
        _row(
            row,
            row.title,
            meta=str(row.unit),
            badge=("soon", "核实承诺" if row.state == AssignmentState.FOLLOWING else "审批延期"),
        )
        for row in found.order_by("due_on")[:MOST]
    ]
    return _question("等我审批和核实的交办件", rows, reverse("assignment-list"))


def _overdue(user, today):
    found = matters.overdue_in(user, today).select_related("unit").order_by("due_on")[:MOST]
    rows = [
        _row(row, row.title, meta=str(row.unit), badge=("late", f"已逾期 {(today - row.due_on).days} 天"))
        for row in found
    ]
    question = _question("已逾期的交办件", rows, reverse("assignment-list") + "?all=1&overdue=on")
    return question | {"empty": "没有逾期的交办件。"}


# --- consultation ------------------------------------------------------------------------------------------------


def _plans(user):
    """Plans on which this person's office has not signed, and those that the person prepares."""
    to_sign = Q(pk__in=talks.plans_to_sign(user).values("pk"))
    prepared = Q(committee__in=user.committees_with(Permission.PLAN_MANAGE), state__in=PLANS_UNDER_WAY)
    asked = user.organisations_with(Permission.PLAN_ISSUE) or user.committees_with(Permission.PLAN_MANAGE)
    found = AnnualPlan.objects.filter(to_sign | prepared).order_by("-pk")[:MOST] if asked else []
    rows = [
        {"title": str(plan), "url": plan.get_absolute_url(), "badge": (TONES[plan.state], plan.get_state_display())}
        for plan in found
    ]
    return _question("等我会签和编制的计划", rows, reverse("plan-list"))


def _outcomes(user, today):
    to_classify, to_look = talks.outcomes_to_classify(user), talks.outcomes_to_look_at(user, today)
    found = Outcome.objects.filter(Q(pk__in=to_classify.values("pk")) | Q(pk__in=to_look.values("pk")))
    rows = [
        _row(
            row,
            str(row),
            meta=row.consultation.title,
            badge=("soon", "待分类" if row.state == OutcomeState.DRAFTED else "到期再看"),
        )
        for row in found.select_related("consultation").order_by("pk")[:MOST]
    ]
    return _question("等我分类和再看的成果", rows, reverse("outcome-list"))


def _tasks(user):
    rows = [
        _row(task, task.get_kind_display(), meta=str(task.outcome), due=task.due_on)
        for task in talks.tasks_of(user).select_related("outcome")[:MOST]
    ]
    return _question("我的成果任务", rows, reverse("outcome-task-list"))


def _sessions(user):
    """Meetings of the coming days: those of one's own committee's office, and those one is invited to."""
    now = timezone.now()
    office = Q(consultation__committee__in=user.committees_with(Permission.OFFICE_WORK))
    invited = Q(participants__member__in=user.member_ids.values())
    found = Session.objects.filter(office | invited, starts_at__range=(now, now + SESSIONS_AHEAD)).distinct()
    rows = [
        {"title": row.consultation.title, "url": row.get_absolute_url(), "meta": f"{_when(row.starts_at)} {row.place}"}
        for row in found.select_related("consultation").order_by("starts_at")[:MOST]
    ]
    return _question("近期的协商会议", rows, unit="场")


def _when(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日(周{'一二三四五六日'[local.weekday()]}) {local:%H:%M}"
