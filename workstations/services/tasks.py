"""What happens to one task: handed in, read and graded, sent back, excused; the fact follows into the ledger."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.notices import outbox
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.uploads import store
from members.models import Member, User
from members.services import duty
from members.services.duty import Deed
from workstations.models import DutyTask
from workstations.rules import tasks as rules
from workstations.states import TaskState

MOST_PHOTOS, MOST_FILES = 9, 3


@transaction.atomic
def hand_in(
    task: DutyTask, *, words: str, number: int | None = None, photos: Iterable = (), files: Iterable = (),
    by: User | None, at: datetime,
) -> None:  # fmt: skip
    """提交: late is marked, not refused; until it is read it may be handed in again, better."""
    rules.require("hand_in", by, task)
    words = words.strip()
    _require_whole(task, words, number)
    first = task.done_at if task.state == TaskState.DONE else at
    take(task, "hand_in", by=by, at=at, words=words, number=number, done_at=first, done_by=by, remark="")
    _attach(task, photos, files, by=by, at=at)
    member = _credited(task)
    if member is not None:
        duty.record([_deed(task, member)], by=by, at=at)


@transaction.atomic
def read(task: DutyTask, *, grade: str = "", remark: str = "", by: User, at: datetime) -> None:
    """批阅: with a grade where the rule asks for one; who did it is told."""
    rules.require("read", by, task)
    if task.rule.is_graded and not grade:
        raise Incomplete("请选择评等。", {"grade": "请选择优秀、良好或一般。"})
    given = grade if task.rule.is_graded else ""
    take(task, "read", by=by, at=at, data={"grade": given}, grade=given, remark=remark, read_by=by, read_at=at)
    said = "，".join(filter(None, [f"评为{given}" if given else "", remark]))
    _tell(task, "duty-task-read", f"已批阅：{task}", said, at=at)


@transaction.atomic
def send_back(task: DutyTask, *, reason: str, by: User, at: datetime) -> None:
    """退回修改: the fact is taken back with it, until it is handed in again."""
    rules.require("send_back", by, task)
    _require_reason(reason, "请写明退回的原因，对方据此修改。")
    take(
        task, "send_back", by=by, at=at, data={"reason": reason}, remark=reason, done_at=None, done_by=None,
        grade="", read_by=None, read_at=None,
    )  # fmt: skip
    duty.retract(_key(task), reason=f"退回修改：{reason}", by=by, at=at)
    _tell(task, "duty-task-back", f"请修改后再提交：{task}", reason, at=at)


@transaction.atomic
def excuse(task: DutyTask, *, reason: str, by: User | None, at: datetime) -> None:
    """免做: nobody is reminded of it any longer, and it is not counted as owed."""
    rules.require("excuse", by, task)
    _require_reason(reason, "请写明免做的原因。")
    take(task, "excuse", by=by, at=at, data={"reason": reason}, remark=reason)
    _tell(task, "duty-task-excused", f"不必再办：{task}", reason, at=at)


def _key(task) -> str:
    return f"task:{task.pk}"


def _credited(task) -> Member | None:
    """Whose duty it was: the member's; of a body or a station that of its head, if a member."""
    if task.member_id:
        return task.member
    return Member.objects.in_force(task.due_on).filter(user=task.assignee_id, committee=task.committee_id).first()


def _deed(task, member) -> Deed:
    rule, on = task.rule, timezone.localdate(task.done_at)
    return Deed(member.pk, on, rule.fact, _key(task), str(task), rule.detail, url=task.get_absolute_url())


def _require_whole(task, words, number):
    problems = {}
    if len(words) < task.rule.shortest:
        problems["words"] = f"至少写 {task.rule.shortest} 个字，现在是 {len(words)} 个。"
    if task.rule.asks_number and number is None:
        problems["number"] = f"请填写{task.rule.asks_number}，没有就填 0。"
    if problems:
        raise Incomplete("".join(problems.values()), problems)


def _require_reason(reason, sentence):
    if not reason.strip():
        raise Incomplete(sentence, {"reason": sentence})


def _attach(task, photos, files, *, by, at):
    """All or nothing: a file that cannot be kept takes the handing in back."""
    for purpose, most, kind, given in (
        ("photo", MOST_PHOTOS, "image", photos),
        ("file", MOST_FILES, "document", files),
    ):
        given = list(given)
        if given and store.of(task, purpose).count() + len(given) > most:
            raise WrongState(f"{'照片' if purpose == 'photo' else '附件'}最多 {most} 个，请少选一些。")
        for file in given:
            try:
                store.attach(task, file, by=by, at=at, purpose=purpose, kind=kind)
            except ValidationError as problem:
                raise Incomplete("".join(problem.messages), {f"{purpose}s": "".join(problem.messages)}) from problem


def _tell(task, kind, title, body, *, at):
    """Tell who does it, once for each time the task was changed so."""
    if task.assignee_id:
        outbox.send(
            [task.assignee_id], kind=kind, title=title, body=body, url=task.get_absolute_url(),
            key=f"{kind}:{task.pk}:{at:%Y%m%d%H%M%S%f}", at=at, scope=task.committee_id,
        )  # fmt: skip
