"""What happens to letters between a committee and its towns and villages: sent, taken note of, answered, closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.refusals import Incomplete, WrongState
from config.saving import in_words
from config.transitions import take
from config.uploads import store
from config.uploads.models import Kind
from config.workdays import count
from members.models import Committee, Organisation
from members.queries import holders_by
from members.roles import Permission, Scope
from workstations.models import Letter, LetterReply
from workstations.rules import letters as rules
from workstations.states import LetterState

KIND = "letter"
MOST_FILES = 5
SAME_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Content:
    """What is written, the same to everybody it goes to."""

    kind: str
    subject: str
    body: str
    wants_answer: bool = True
    files: tuple = ()


@transaction.atomic
def send(
    committee: Committee, organisations: Iterable[Organisation], content: Content, *, outgoing: bool, by, at: datetime
) -> list[Letter]:
    """发出: one letter for each organisation; their files are kept once, with the first of them."""
    organisations = list({organisation.pk: organisation for organisation in organisations}.values())
    if not organisations:
        raise Incomplete("请选择发给谁。", {"organisations": "请至少选一个乡镇或村。"})
    if any(one.committee_id != committee.pk or one.kind not in rules.KINDS for one in organisations):
        raise Incomplete("只能与本会的乡镇（街道）和村（社区）互通信息。")
    rules.require("send", by, Letter(committee=committee, organisation=organisations[0], outgoing=outgoing))
    for one in organisations[1:]:
        rules.require("send", by, Letter(committee=committee, organisation=one, outgoing=outgoing))
    _refuse_again(organisations, content, by=by, at=at)
    letters = _write(committee, organisations, content, outgoing=outgoing, by=by, at=at)
    _attach(letters[0], content.files, by=by, at=at)
    if content.wants_answer:
        due_on = letters[0].due_on
        clock.plan_many(letters, kind=KIND, due_on=due_on, round=1, scope=committee.pk, at=at)
    log.record_many(
        log.Line("letter.send", letter, by, at, letter.scope, {"kind": letter.get_kind_display()}) for letter in letters
    )
    _tell_receivers(letters, at=at)
    return letters


@transaction.atomic
def read(letter: Letter, *, by, at: datetime) -> None:
    """签收: somebody of the other side has read it."""
    rules.require("read", by, letter)
    take(letter, "read", by=by, at=at, read_at=at, read_by=by)


@transaction.atomic
def answer(letter: Letter, *, body: str, files: Iterable = (), by, at: datetime) -> LetterReply:
    """回复: the first answer stops the clock; more may follow until the letter is closed."""
    rules.require("answer", by, letter)
    _lock(letter)
    body = _whole(letter, body, by)
    first = letter.answered_at is None
    changes = {"answered_at": letter.answered_at, "answered_after": letter.answered_after}
    if first:
        days = count.between(timezone.localdate(letter.sent_at), timezone.localdate(at))
        changes = {"answered_at": at, "answered_after": max(0, days)}
    if letter.read_at is None:
        changes |= {"read_at": at, "read_by": by}
    take(letter, "answer", by=by, at=at, **changes)
    reply = _reply(letter, body, files, outgoing=not letter.outgoing, by=by, at=at)
    if first:
        clock.cancel(letter, kind=KIND, reason="已回复", at=at)
    _tell(letter, reply, f"{letter.receiver}已回复：{letter.subject}", to_sender=True, at=at)
    return reply


@transaction.atomic
def add(letter: Letter, *, body: str, files: Iterable = (), by, at: datetime) -> LetterReply:
    """补充: who wrote the letter says more; how it stands does not change."""
    rules.require("add", by, letter)
    _lock(letter)
    if letter.state == LetterState.CLOSED:
        raise WrongState("这封信已经办结，不能再补充；有新的事情请另发一封。")
    reply = _reply(letter, _whole(letter, body, by), files, outgoing=letter.outgoing, by=by, at=at)
    log.record("letter.add", letter, by=by, at=at, scope=letter.scope)
    _tell(letter, reply, f"{letter.sender}补充：{letter.subject}", to_sender=False, at=at)
    return reply


@transaction.atomic
def close(letter: Letter, *, by, at: datetime) -> None:
    """办结: who wrote the letter needs nothing more; nobody is reminded of it any longer."""
    rules.require("close", by, letter)
    take(letter, "close", by=by, at=at)
    clock.cancel(letter, kind=KIND, reason="已办结", at=at)


def sides(letters: Iterable[Letter]) -> dict[int, dict[bool, set[int]]]:
    """Letter id → True for the committee, False for the organisation → who speaks for it; two statements for all."""
    letters = list(letters)
    offices = holders_by(Permission.STATION_MANAGE, Scope.COMMITTEE, {one.committee_id for one in letters})
    units = holders_by(Permission.MATTER_HANDLE, Scope.ORGANISATION, {one.organisation_id for one in letters})
    return {one.pk: {True: offices[one.committee_id], False: units[one.organisation_id]} for one in letters}


def _write(committee, organisations, content, *, outgoing, by, at) -> list[Letter]:
    due = None
    if content.wants_answer:
        days = committee.parameter("letter.workdays")
        due = count.deadline(
            timezone.localdate(at), count.Limit(days, "workdays", f"互通信息应在 {days} 个工作日内回复")
        )  # fmt: skip
    letters = []
    for organisation in organisations:
        letter = Letter(
            committee=committee, organisation=organisation, outgoing=outgoing, kind=content.kind,
            subject=content.subject.strip(), body=content.body.strip(), wants_answer=content.wants_answer, sent_by=by,
            sent_at=at, due_on=due and due.due_on, due_why=due.as_json() if due else {},
            first=letters[0] if letters else None,
        )  # fmt: skip
        with in_words():
            letter.full_clean()
        letter.save()
        letters.append(letter)
    return letters


def _refuse_again(organisations, content, *, by, at):
    """Somebody pressed twice: of two at once the second waits for the first, and is refused."""
    list(Organisation.objects.select_for_update().filter(pk__in=[one.pk for one in organisations]).order_by("pk"))
    same = Letter.objects.filter(
        organisation__in=organisations, sent_by=by, sent_at__gt=at - SAME_WITHIN, subject=content.subject.strip(),
        body=content.body.strip(),
    )  # fmt: skip
    if by is not None and same.exists():
        raise WrongState("同样的信刚刚已经发出，不用再发一次；在“互通信息”里可以看到。")


def _lock(letter):
    """The letter as it is now, and nobody else changes it until this is done."""
    fresh = Letter.objects.select_for_update().get(pk=letter.pk)
    for name in ("state", "read_at", "answered_at", "answered_after"):
        setattr(letter, name, getattr(fresh, name))


def _whole(letter, body, by) -> str:
    body = body.strip()
    if not body:
        raise Incomplete("请写明内容。", {"body": "请写明内容。"})
    last = letter.replies.order_by("-pk").first()
    if last and by is not None and last.by_id == by.pk and last.body == body:
        raise WrongState("同样的话刚刚已经发出，不用再发一次。")
    return body


def _reply(letter, body, files, *, outgoing, by, at) -> LetterReply:
    reply = LetterReply(letter=letter, outgoing=outgoing, body=body, by=by, at=at)
    try:
        reply.full_clean()
    except ValidationError as problem:
        raise Incomplete("".join(problem.messages), {"body": "".join(problem.messages)}) from problem
    reply.save()
    _attach(reply, files, by=by, at=at)
    return reply


def _attach(target, files, *, by, at):
    """All or nothing: a file that cannot be kept takes the letter back."""
    files = list(files)
    if len(files) > MOST_FILES:
        raise Incomplete(f"附件最多 {MOST_FILES} 个。", {"files": f"附件最多 {MOST_FILES} 个。"})
    for file in files:
        try:
            store.attach(target, file, by=by, at=at, kind=Kind.DOCUMENT)
        except ValidationError as problem:
            raise Incomplete("".join(problem.messages), {"files": "".join(problem.messages)}) from problem


def _tell_receivers(letters, *, at):
    people = sides(letters)
    outbox.send_many(
        [
            outbox.Letter(
                tuple(people[letter.pk][not letter.outgoing]), "letter-sent",
                f"{letter.sender}来信（{letter.get_kind_display()}）：{letter.subject}", f"letter-sent:{letter.pk}",
                _until(letter), letter.get_absolute_url(), letter.scope,
            )
            for letter in letters
        ],
        at=at,
    )  # fmt: skip


def _until(letter) -> str:
    if not letter.due_on:
        return "请签收，不需要回复。"
    return f"请在 {letter.due_on.month}月{letter.due_on.day}日前回复。"


def _tell(letter, reply, title, *, to_sender, at):
    """Who wrote the letter, if still in charge, or everybody of that side; the other side as a whole."""
    side = sides([letter])[letter.pk][letter.outgoing if to_sender else not letter.outgoing]
    people = side & {letter.sent_by_id} or side if to_sender else side
    outbox.send(
        people, kind="letter-reply", title=title, url=letter.get_absolute_url(), key=f"letter-reply:{reply.pk}",
        at=at, scope=letter.scope,
    )  # fmt: skip
