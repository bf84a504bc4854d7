"""Supervision, look-backs and appraisals for tests; moments after 2026-11-20, as tests.factories.proposals has them."""

import datetime

from proposals import presets
from proposals.models import Assignment, LookBackItem, Rating, Reply
from proposals.services import look_backs, supervision
from proposals.states import (
    AssignmentState,
    LookBackItemState,
    ProposalState,
    ReplyGrade,
    ReplyState,
    Satisfaction,
    SupervisionKind,
    SupervisionState,
)
from tests.factories import formal
from tests.factories import proposals as matters
from tests.factories.proposals import AT

LATE = AT + datetime.timedelta(days=30)  # a case due on 12-11 is late by then
DAY = datetime.timedelta(days=1)
I = LookBackItemState  # noqa: E741


def late_case(cast, **fields):
    return matters.assignment(cast, AssignmentState.HANDLING, **fields)


def action(cast, case=None, kind=SupervisionKind.LEADER, state=SupervisionState.OPEN, *, at=LATE, **fields):
    presets.load()
    given = {"kind": kind, "words": "请加快办理。", "on": at.date(), "led_by": "县政协副主席李某", **fields}
    if kind == SupervisionKind.JOINT:
        given.setdefault("participants", "督查室、提案委")
    if kind == SupervisionKind.APPRAISAL:
        given = {"satisfied": 8, "basic": 2, "unsatisfied": 1, **given}
    made = supervision.open_supervision(case or late_case(cast), by=cast.sun, at=at, **given)
    if state == SupervisionState.ANSWERED:
        supervision.answer(made, words="已完成招标。", by=cast.zhang, at=at + DAY)
    return made


def followed(cast, *, title="西街路口增设信号灯", at=AT):
    """A micro-proposal answered by B and rated: its promise is followed."""
    return matters.assignment(cast, AssignmentState.FOLLOWING, title=title, at=at)


def answered(cast, case, *, grade=ReplyGrade.A, at=AT, satisfaction="", attitude="", **fields):
    """A sent reply of the present round, and the first signer's rating if one is given; rows as services leave them."""
    from_grade = {"B": {"promise": "年内通车", "promised_on": datetime.date(2027, 3, 1)}, "C": {"reason": "没有规划"}}
    given = {"text": "已会同有关单位研究办理。", **from_grade.get(grade, {}), **fields}
    reply = Reply.objects.create(
        round=case.rounds.get(number=case.round), grade=grade, grade_wording=ReplyGrade(grade).label,
        state=ReplyState.SENT, drafted_by=cast.zhang, signed_by=cast.chen, signed_at=at, sent_at=at, **given,
    )  # fmt: skip
    changes = {"state": AssignmentState.REPLIED, "replied_at": at}
    if satisfaction:
        Rating.objects.create(
            reply=reply, satisfaction=satisfaction, attitude=attitude, by=case.rater, at=at, words="理由"
        )
        kept = {"state": AssignmentState.CLOSED, "closed_at": at, "implemented_at": at}
        changes |= {"satisfied_at": at, **({"state": AssignmentState.FOLLOWING} if grade == "B" else kept)}
    Assignment.objects.filter(pk=case.pk).update(**changes)
    case.refresh_from_db()
    return case


def handed(cast, *, at=AT, **fields):
    """A proposal that is with its unit, which has talked with who put it."""
    made = formal.handed(cast, formal.proposal(cast, ProposalState.FILED, at=at), at=at, **fields)
    Assignment.objects.filter(pk=made.pk).update(contacted_at=at)
    made.refresh_from_db()
    return made


def followed_proposal(cast, *, at=AT, **fields):
    """A proposal answered by B and rated."""
    return answered(cast, handed(cast, at=at, **fields), grade=ReplyGrade.B, at=at, satisfaction=Satisfaction.SATISFIED)


def campaign(cast, *, at=LATE, **fields):
    """Started over what is followed; make at least one case before."""
    presets.load()
    given = {"name": "2026 年提案“回头看”", "check_due_on": (at + 20 * DAY).date(), **fields}
    return look_backs.start(cast.committee, by=cast.sun, at=at, **given)


def item(cast, state=I.WAITING, *, case=None, at=LATE):
    """The one item of a new campaign, in `state`."""
    case = case or followed(cast)
    made = campaign(cast, at=at).items.get(assignment=case)
    if state == I.WAITING:
        return made
    look_backs.check(made, found="under_way", words="正在招标。", by=cast.zhang, at=at + DAY)
    then = {"words": "现场看过。", "by": cast.sun, "at": at + 2 * DAY}
    if state == I.VERIFIED:
        look_backs.verify(made, **then)
    elif state == I.EXPLAINED:
        look_backs.explain(made, cause="money", promised_on=(at + 90 * DAY).date(), **then)
    elif state == I.REWORKED:
        look_backs.rework(made, cause="plan", **then)
    return LookBackItem.objects.get(pk=made.pk)
