"""督办: the supervisors act on a matter (交、督), its unit answers within the time (复); late ones get a 催办函."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import save
from config.transitions import take
from config.workdays import count
from members.models import next_number
from proposals import rules
from proposals.models import Assignment, Supervision
from proposals.notices import supervision as notices
from proposals.states import AssignmentState, SupervisionKind, SupervisionState

KIND = "supervision"
NUMBERED = "dunning"
MOST_AT_ONCE = 50
FARTHEST = datetime.timedelta(days=366)
BALLOTS = {"satisfied": "满意票", "basic": "基本满意票", "unsatisfied": "不满意票"}
DOUBLED = "这一天已经登记过同样的督办，还在等单位反馈，请刷新后再看。"


@transaction.atomic
def open_supervision(
    assignment: Assignment, *, kind: str, by, at, words: str = "", on=None, led_by: str = "", participants: str = "",
    satisfied: int | None = None, basic: int | None = None, unsatisfied: int | None = None,
) -> Supervision:  # fmt: skip
    """督办 one matter; a dunning letter is numbered and writes its own words, 民主评议 counts its ballots.

    Incomplete names what is missing; WrongState when the matter, or an open action of the same kind, forbids it.
    """
    rules.require("supervise", by, assignment)
    Assignment.objects.select_for_update().get(pk=assignment.pk)
    assignment.refresh_from_db(fields=["state", "due_on", "paused_on", "waived_at"])
    today = timezone.localdate(at)
    is_letter = kind == SupervisionKind.DUNNING
    _check_state(assignment, kind, today)
    ballots = {"satisfied": satisfied, "basic": basic, "unsatisfied": unsatisfied}
    on = today if is_letter else on
    days = assignment.committee.parameter("supervision.workdays")
    answer_due_on = count.add(today, days)
    if is_letter:
        words = words.strip() or _dunning_words(assignment, today, answer_due_on)
    else:
        _check_action(kind, words, on, led_by, participants, ballots, today)
        if assignment.supervisions.filter(kind=kind, on=on, state=SupervisionState.OPEN).exists():
            raise WrongState(DOUBLED)
    if len(words) > Supervision._meta.get_field("words").max_length:
        raise Incomplete("督办要求最多 1000 字。", {"words": "最多 1000 字。"})
    made = Supervision(
        assignment=assignment, kind=kind, on=on, led_by=led_by.strip(), participants=participants.strip(),
        words=words.strip(), answer_due_on=answer_due_on, by=by, at=at, **ballots,
    )  # fmt: skip
    if is_letter:
        made.year, made.number = today.year, next_number(assignment.committee, NUMBERED, today.year)
    save(made, doubled=DOUBLED)
    log.record(
        "supervision.open", made, by=by, at=at, scope=made.scope, kind=made.get_kind_display(), number=made.serial
    )
    clock.plan(made, kind=KIND, due_on=answer_due_on, round=1, scope=made.scope, at=at)
    notices.opened(made, at=at)
    return made


def _check_state(assignment, kind, today):
    if assignment.state == AssignmentState.RETURNED:
        raise WrongState("这件事已经退回，不再由这个单位办理；请在重新交办以后督办。")
    if kind == SupervisionKind.DUNNING:
        if not assignment.is_open:
            raise WrongState(f"“{assignment.get_state_display()}”的交办件不用催办。")
        if assignment.paused_on is not None:
            raise WrongState("这件事正在中止办理，不用催办。")
        if assignment.waived_at is not None:
            raise WrongState("这个单位的会办意见已经免报，不用催办。")
        if assignment.due_on >= today:
            raise WrongState(f"期限是 {assignment.due_on.month}月{assignment.due_on.day}日，还没有逾期，不用催办。")
        open_letters = assignment.supervisions.filter(kind=SupervisionKind.DUNNING, state=SupervisionState.OPEN)
        if letter := open_letters.first():
            raise WrongState(f"{letter.serial}还没有反馈，不用再发一份。")
    elif assignment.state == AssignmentState.CLOSED and kind != SupervisionKind.APPRAISAL:
        raise WrongState("已办结的事项只能作民主评议。")


def _check_action(kind, words, on, led_by, participants, ballots, today):
    missing = {}
    if not words.strip():
        missing["words"] = "请写明督办什么、要求怎样办。"
    if on is None:
        missing["on"] = "请填写日期。"
    elif abs(on - today) > FARTHEST:
        missing["on"] = "请核对日期，应在前后一年以内。"
    if kind == SupervisionKind.LEADER and not led_by.strip():
        missing["led_by"] = "领导督办请写明由哪位领导督办。"
    if kind == SupervisionKind.JOINT and not participants.strip():
        missing["participants"] = "联合督办请写明哪些单位、人员参加。"
    if kind == SupervisionKind.APPRAISAL:
        if "on" not in missing and on > today:
            missing["on"] = "民主评议请在评议以后登记。"
        missing |= {name: f"请填写{label}。" for name, label in BALLOTS.items() if ballots[name] is None}
        if not any(name in missing for name in BALLOTS) and not sum(ballots.values()):
            missing["satisfied"] = "一票也没有，不能登记民主评议。"
    elif any(number is not None for number in ballots.values()):
        missing["satisfied"] = "只有民主评议填写票数。"
    if missing:
        raise Incomplete("督办还不完整：" + "".join(missing.values()), missing)


def _dunning_words(assignment, today, answer_due_on) -> str:
    late = (today - assignment.due_on).days
    return (
        f"你单位承办的《{assignment.title}》应于{_date(assignment.due_on)}前办结，至今尚未答复，已逾期 {late} 天。"
        f"请抓紧办理，并于{_date(answer_due_on)}前反馈办理情况和答复时间。"
    )


def _date(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@transaction.atomic
def answer(supervision: Supervision, *, words: str, by, at) -> Supervision:
    """反馈: the unit says what it did about it."""
    rules.require("answer_supervision", by, supervision)
    words = words.strip()
    if not words:
        raise Incomplete("请写明办理情况。", {"answer": "请写明办了什么，还差什么，何时办完。"})
    if len(words) > Supervision._meta.get_field("answer").max_length:
        raise Incomplete("办理情况最多 1000 字。", {"answer": "最多 1000 字。"})
    take(supervision, "answer", by=by, at=at, answer=words, answered_by=by, answered_at=at)
    clock.cancel(supervision, kind=KIND, reason="已反馈", at=at)
    notices.answered(supervision, at=at)
    return supervision


@dataclass
class Dunned:
    """What became of many: the letters, and for each matter that got none why not."""

    letters: list[Supervision] = field(default_factory=list)
    refused: list[tuple[Assignment, str]] = field(default_factory=list)


def dun(assignments: Iterable[Assignment], *, by, at) -> Dunned:
    """催办 many at once: each by itself, so that one that cannot be dunned keeps no other from it."""
    assignments = list(assignments)
    if not assignments:
        raise Incomplete("请先勾选要催办的交办件。")
    if len(assignments) > MOST_AT_ONCE:
        raise Incomplete(f"一次最多催办 {MOST_AT_ONCE} 件，请分几次。")
    done = Dunned()
    for assignment in assignments:
        try:
            done.letters.append(open_supervision(assignment, kind=SupervisionKind.DUNNING, by=by, at=at))
        except Refusal as refusal:
            done.refused.append((assignment, str(refusal)))
    return done
