"""Matters in any state, reached by the services themselves, so that every row is one that can exist."""

import datetime
import uuid

from django.utils import timezone

from members.models import Body, BodyKind, Membership, Post, Region
from proposals import presets, services
from proposals.models import Category, MicroProposal
from proposals.services import contacts, led
from proposals.services.assignments import leave
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
    elif state in (MicroState.AGREED, MicroState.ASSIGNED, MicroState.LED, MicroState.CLOSED):
        verdicts(cast, made, Verdict.AGREE, at=at)
    if state in (MicroState.ASSIGNED, MicroState.CLOSED):
        given = assign(cast, made, at=at)
        if state == MicroState.CLOSED:
            to_state(cast, given, AssignmentState.CLOSED, at=at)
    if state == MicroState.LED:
        lead(cast, made, at=at)
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


def special(cast, *, name="提案委员会", director=None):
    """A special committee of the county, `director` at its head."""
    made, _ = Body.objects.get_or_create(committee=cast.committee, kind=BodyKind.SPECIAL_COMMITTEE, name=name)
    if director:
        Membership.objects.get_or_create(
            body=made, member=director, post=Post.DIRECTOR, defaults={"since": datetime.date(2026, 1, 1)}
        )
    return made


def lead(cast, made, *, at=AT, **fields):
    """领办 by the committee's 提案委员会, or by `body` or `member`."""
    body = None if {"body", "member"} & set(fields) else special(cast)
    given = {"body": body, "member": None, "team": "", **fields}
    return led.lead_micro(made, due_on=given.pop("due_on", datetime.date(2026, 12, 31)), by=cast.li, at=at, **given)


def reply(cast, assignment, *, grade=ReplyGrade.A, at=AT, **fields):
    """Drafted by the handler and put forward; of a proposal, talked over, handed in, checked and signed."""
    given = {"text": "已会同交警现场勘察，信号灯本月安装。", "grade": grade, "publication": "full"}
    if grade == ReplyGrade.B:
        given |= {"promise": "安装信号灯", "promised_on": datetime.date(2027, 3, 1)}
    if grade in (ReplyGrade.C, ReplyGrade.D):
        given |= {"reason": "不在近期规划内"}
    if assignment.proposal_id and not assignment.is_co:
        given["answers"] = [f"第 {n} 条已办。" for n, _ in enumerate(assignment.proposal.points, start=1)]
        if assignment.contacted_at is None:
            talk(cast, assignment, at=at)
    drafted = services.draft_reply(assignment, by=cast.zhang, at=at, **{**given, **fields})
    if not assignment.proposal_id:
        return services.put_forward(drafted, by=cast.zhang, at=at)
    services.hand_in(drafted, by=cast.zhang, at=at)
    services.check(drafted, by=cast.chen, at=at)
    return services.sign(drafted, number="嘉住建函〔2026〕12号", by=cast.chen, at=at)


def talk(cast, assignment, *, at=AT, by=None, **fields):
    """A talk with who put the matter, on the day of `at`."""
    given = {
        "stage": "before",
        "way": "visit",
        "on": timezone.localdate(at),
        "with_whom": "王委员",
        "words": "同意方案",
    }
    return contacts.add(assignment, by=by or cast.zhang, at=at, **{**given, **fields})


def assignment(cast, state=AssignmentState.PENDING, *, at=AT, title="西街路口增设信号灯", grade=None):
    made = assign(cast, micro(cast, MicroState.AGREED, title=title, at=at), at=at)
    return to_state(cast, made, state, at=at, grade=grade)


def to_state(cast, made, state, *, at=AT, grade=None):
    """Walk a fresh assignment to `state`; the desk takes a proposal away, its second refusal calls a meeting."""
    if state == AssignmentState.RETURNED:
        if made.proposal_id:
            leave(made, "take_away", reason="改由别的单位办理", by=cast.li, at=at)
        else:
            services.return_(made, reason="不属于本单位职责", by=cast.zhang, at=at)
    elif state != AssignmentState.PENDING:
        services.accept(made, by=cast.zhang, at=at)
    if state in (AssignmentState.REPLIED, AssignmentState.FOLLOWING, AssignmentState.CLOSED, AssignmentState.MEETING):
        following = ReplyGrade.B if state == AssignmentState.FOLLOWING else ReplyGrade.A
        services.send(reply(cast, made, grade=grade or following, at=at), by=cast.chen, at=at)
        made.refresh_from_db()
    if state == AssignmentState.MEETING:
        refuse(made, at=at)
        services.send(reply(cast, made, at=at), by=cast.chen, at=at)
        made.refresh_from_db()
        refuse(made, at=at)
    if state in (AssignmentState.FOLLOWING, AssignmentState.CLOSED) and not made.is_co:
        for rater in [made.rater, *made.co_raters.order_by("pk")]:
            services.rate(made, satisfaction=Satisfaction.SATISFIED, attitude="satisfied", by=rater, at=at)
        made.refresh_from_db()
    return made


def refuse(made, *, at=AT):
    services.rate(made, satisfaction=Satisfaction.UNSATISFIED, words="没有解决", by=made.rater, at=at)
    made.refresh_from_db()


def ladders():
    presets.load()
