"""追问: who asked asks back under the same receipt; read first, passed on, answered, as the first time (row 115)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.privacy import require_plain
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import once
from config.search.words import normalise
from config.transitions import take
from config.workdays import count
from members.facts import Fact
from members.models import MemberQuestion, QuestionTurn
from members.queries import holders
from members.roles import Permission
from members.rules import studio as rules
from members.services import duty, visitors
from members.states import QuestionState

KIND = "question-turn"  # of its milestones and notices
MOST = 10  # turns of one question; who needs more meets the member


@transaction.atomic
def ask_back(question: MemberQuestion, *, words: str, address: str, at: datetime) -> QuestionTurn:
    """追问, by who holds the receipt: after an answer, one at a time, refused as a first question would be."""
    words = visitors.plain_words(words, "追问会公开，请不要写电话、邮箱和身份证号。")
    if not MemberQuestion.objects.public().filter(pk=question.pk).exists():
        raise Refusal("这个问题现在不能追问；有了答复才能接着问。")
    if not visitors.count(KIND, address, at=at, most=question.committee.parameter("question.daily")):
        raise Refusal("今天从您这里提交的问题已经够多了，请明天再来，或到就近的委员工作室当面反映。")
    turns = list(question.turns.all())
    if any(turn.state in (QuestionState.ASKED, QuestionState.PASSED) for turn in turns):
        raise Refusal("上一次追问还没有答复，请等一等再问。")
    if len(turns) >= MOST - 1:
        raise Refusal("这件事已经来回问了很多次，请到就近的委员工作室当面谈。")
    said = [question.words, *(turn.words for turn in turns if turn.state != QuestionState.REFUSED)]
    if any(normalise(words) == normalise(one) for one in said):
        raise Refusal("同样的话已经问过了，请换个问法，或写清楚哪里还不明白。")
    number = (question.turns.aggregate(last=Max("number"))["last"] or 1) + 1
    with once("上一次追问刚刚已经提交，请等答复。"):
        turn = QuestionTurn.objects.create(question=question, number=number, words=words, at=at)
    log.record("questionturn.ask", turn, by=None, at=at, scope=turn.scope)
    outbox.send(
        holders(Permission.DUTY_MANAGE, question.committee), kind=KIND, title=f"待审核的群众追问：{turn}",
        body=f"问{question.member}委员", url=turn.get_absolute_url(), key=f"{turn.key}:asked", at=at, scope=turn.scope,
    )  # fmt: skip
    return turn


@transaction.atomic
def pass_on(turn: QuestionTurn, *, by, at: datetime) -> None:
    """转给委员, who has as many workdays as for a first question."""
    rules.require("pass", by, turn)
    question = turn.question
    if not question.member.is_in_force:
        raise Refusal(f"{question.member}已不再担任委员，不能转给他；请注明情况，不公开这次追问。")
    if question.state != QuestionState.ANSWERED:
        raise WrongState("原来的问答已经撤下，不能再转给委员。")
    days = question.committee.parameter("question.workdays")
    due = count.deadline(timezone.localdate(at), count.Limit(days, "workdays", f"转给委员之日起 {days} 个工作日"))
    take(turn, "pass", by=by, at=at, moderated_by=by, due_on=due.due_on, due_why=due.as_json())
    clock.plan(turn, kind=KIND, due_on=due.due_on, round=1, scope=turn.scope, at=at)
    _tell_member(turn, "passed", f"群众接着问您：{turn}", turn.words, at=at)


@transaction.atomic
def refuse(turn: QuestionTurn, *, reason: str, by, at: datetime) -> None:
    """不公开, with the reason that the asker reads by the code; an answer that stood is taken back with its fact."""
    rules.require("refuse", by, turn)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明原因。", {"reason": "请写明原因，提问人凭查询码能看到。"})
    before = turn.state
    close(turn, reason=reason, by=by, at=at)
    if before != QuestionState.ASKED:
        title = "您的答复已撤下" if before == QuestionState.ANSWERED else "这次追问不用答复了"
        _tell_member(turn, "refused", f"{title}：{turn}", f"原因：{reason}", at=at)


def close(turn: QuestionTurn, *, reason: str, by, at: datetime) -> None:
    """A turn is refused, alone or with its question; the caller holds the transaction and has checked who may."""
    before = turn.state
    take(turn, "refuse", by=by, at=at, why_refused=reason, moderated_by=by)
    clock.cancel(turn, kind=KIND, reason="不公开", at=at)
    if before == QuestionState.ANSWERED:
        duty.retract(turn.key, reason=f"答复已撤下：{reason}"[:200], by=by, at=at)


@transaction.atomic
def answer(turn: QuestionTurn, *, answer: str, by, at: datetime) -> None:
    """答复: public at once under the first answer, and a fact of its own."""
    rules.require("answer", by, turn)
    answer = answer.strip()
    if not answer:
        raise Incomplete("请写答复。", {"answer": "请写答复。"})
    require_plain(answer=answer)
    take(turn, "answer", by=by, at=at, answer=answer, answered_at=at)
    clock.cancel(turn, kind=KIND, reason="已答复", at=at)
    deed = duty.Deed(
        member=turn.question.member_id, on=timezone.localdate(at), fact=Fact.ANSWER, key=turn.key,
        title=f"答复群众追问：{turn}", url=turn.question.get_absolute_url(),
    )  # fmt: skip
    duty.record([deed], by=by, at=at)


def _tell_member(turn, what, title, body, *, at):
    outbox.send(
        [turn.question.member.user_id], kind=KIND, title=title, body=body, url=turn.get_absolute_url(),
        key=f"{turn.key}:{what}", at=at, scope=turn.scope,
    )  # fmt: skip
