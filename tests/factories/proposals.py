"""Matters in any state, reached by the services themselves, so that every row is one that can exist."""

import datetime
import uuid

from django.utils import timezone

from members.models import Region
from proposals import presets, services
from proposals.models import Category, MicroProposal
from proposals.states import AssignmentState, MicroState, ReplyGrade, Satisfaction, Verdict

AT = datetime.datetime(2026, 11, 20, 10, tzinfo=timezone.get_default_timezone())


def category():
    return Category.objects.get_or_create(committee=None, name="交通出行")[0]


def micro(cast, state=MicroState.DRAFT, *, title="西街路口增设信号灯", at=AT, author=None):
    """A micro-proposal of 王委员 in `state`."""
    by = author or cast.wang
    made = services.keep_draft(
        uuid.uuid4(),
        committee=by.memberships.get().committee,
        by=by,
        title=title,
        body="路口车多人多，早晚高峰学生过街危险，建议增设信号灯和斑马线。",
        category=category(),
        region=Region.objects.get(code="431024100001"),
    )
    if state == MicroState.DRAFT:
        return made
    services.submit(made, by=by, at=at)
    if state == MicroState.WITHDRAWN:
        services.withdraw(made, by=by, at=at)
    elif state == MicroState.RETURNED:
        verdicts(cast, made, Verdict.SUPPLEMENT, at=at)
    elif state == MicroState.DECLINED:
        verdicts(cast, made, Verdict.DISAGREE, at=at)
    elif state in (MicroState.AGREED, MicroState.ASSIGNED, MicroState.CLOSED):
        verdicts(cast, made, Verdict.AGREE, at=at)
    if state in (MicroState.ASSIGNED, MicroState.CLOSED):
        given = assign(cast, made, at=at)
        if state == MicroState.CLOSED:
            to_state(cast, given, AssignmentState.CLOSED, at=at)
    return MicroProposal.objects.get(pk=made.pk)


def verdicts(cast, made, last, *, at=AT):
    """Two offices agree, the third says `last`."""
    for reviewer, verdict in zip(cast.reviewers, [Verdict.AGREE, Verdict.AGREE, last], strict=True):
        services.give_verdict(
            made, verdict=verdict, words="请补充位置" if verdict != "agree" else "", by=reviewer, at=at
        )
        made.refresh_from_db()


def five(cast, **fields):
    given = {
        "unit": cast.unit,
        "leader_name": "罗一鸣",
        "leader_post": "副局长",
        "handler": cast.zhang,
        "due_on": datetime.date(2026, 12, 11),
        "duty": "勘察路口，会同交警提出方案",
        "quality": "按期答复，提交人满意",
    }
    return {**given, **fields}


def assign(cast, made, *, at=AT, **fields):
    return services.assign_micro(made, by=cast.li, at=at, **five(cast, **fields))


def reply(cast, assignment, *, grade=ReplyGrade.A, at=AT, **fields):
    """Drafted and put forward by the handler."""
    given = {"text": "已会同交警现场勘察，信号灯本月安装。", "grade": grade, "publication": "full"}
    if grade == ReplyGrade.B:
        given |= {"promise": "安装信号灯", "promised_on": datetime.date(2027, 3, 1)}
    if grade == ReplyGrade.C:
        given |= {"reason": "不在近期规划内"}
    drafted = services.draft_reply(assignment, by=cast.zhang, at=at, **{**given, **fields})
    return services.put_forward(drafted, by=cast.zhang, at=at)


def assignment(cast, state=AssignmentState.PENDING, *, at=AT, title="西街路口增设信号灯", grade=None):
    made = assign(cast, micro(cast, MicroState.AGREED, title=title, at=at), at=at)
    return to_state(cast, made, state, at=at, grade=grade)


def to_state(cast, made, state, *, at=AT, grade=None):
    """Walk a fresh assignment to `state`."""
    if state == AssignmentState.RETURNED:
        services.return_(made, reason="不属于本单位职责", by=cast.zhang, at=at)
    elif state != AssignmentState.PENDING:
        services.accept(made, by=cast.zhang, at=at)
    if state in (AssignmentState.REPLIED, AssignmentState.FOLLOWING, AssignmentState.CLOSED):
        following = ReplyGrade.B if state == AssignmentState.FOLLOWING else ReplyGrade.A
        services.send(reply(cast, made, grade=grade or following, at=at), by=cast.chen, at=at)
        made.refresh_from_db()
    if state in (AssignmentState.FOLLOWING, AssignmentState.CLOSED):
        services.rate(made, satisfaction=Satisfaction.SATISFIED, by=made.rater, at=at)
        made.refresh_from_db()
    return made


def ladders():
    presets.load()
