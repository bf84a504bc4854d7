"""有困难，找委员: a visitor asks, staff read it first, the member answers; and what a member says on the own page."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.privacy import reaches_somebody, require_plain
from config.refusals import Incomplete, Refusal
from config.search.words import normalise
from config.transitions import take
from config.workdays import count
from members.facts import Fact
from members.models import Member, MemberQuestion
from members.queries import holders
from members.roles import Permission
from members.rules import profiles as rules
from members.services import duty, turns, visitors
from members.services.visitors import SHORTEST
from members.services.visitors import count as count_visit
from members.states import QuestionState

__all__ = [
    "answer", "ask", "change_profile", "count_visit", "look_up", "pass_on", "refuse",
]  # fmt: skip

KIND = "question"  # of its milestones and notices
LOOKS_A_DAY = 30  # receipt codes that one address may try in a day
SAME_WITHIN = timedelta(days=30)


# --- asking ------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(member: Member, *, words: str, place: str = "", address: str, at) -> tuple[MemberQuestion, str]:
    """提问 without an account; returns the question and the code to look it up by, which is kept nowhere.

    Refused: a member who shows no page, contact data, the same words again, too many from one address in a day.
    """
    words, place = words.strip(), place.strip()
    if not Member.objects.public().filter(pk=member.pk).exists():
        raise Refusal("这位委员现在不接受网上提问，请另找一位委员，或到就近的委员工作室反映。")
    _check_words(words, place)
    # Counting holds the row of this address: of two clicks the second sees what the first one asked.
    if not count_visit(KIND, address, at=at, most=member.committee.parameter("question.daily")):
        raise Refusal("今天从您这里提交的问题已经够多了，请明天再来，或到就近的委员工作室当面反映。")
    _refuse_again(member, words, at=at)
    code = visitors.new_code()
    question = MemberQuestion.objects.create(
        committee=member.committee, member=member, words=words, place=place, receipt=_digest(code), at=at
    )
    log.record("memberquestion.ask", question, by=None, at=at, scope=question.scope)
    outbox.send(
        holders(Permission.DUTY_MANAGE, member.committee), kind=KIND, title=f"待审核的群众提问：{question}",
        body=f"问{member}委员", url=question.get_absolute_url(), key=f"question:{question.pk}:asked", at=at,
        scope=question.scope,
    )  # fmt: skip
    return question, code


def _check_words(words, place):
    wrong = {}
    if len(words) < SHORTEST:
        wrong["words"] = f"请把事情写清楚，至少 {SHORTEST} 个字。"
    elif reaches_somebody(words):
        wrong["words"] = "问题会公开，请不要写电话、邮箱和身份证号；凭查询码就能看到答复。"
    if reaches_somebody(place):
        wrong["place"] = "这里只写乡镇或村，请不要写电话。"
    if wrong:
        raise Incomplete(" ".join(wrong.values()), wrong)


def _refuse_again(member, words, *, at):
    asked = MemberQuestion.objects.filter(member=member, at__gt=at - SAME_WITHIN).exclude(state=QuestionState.REFUSED)
    if any(normalise(words) == normalise(said) for said in asked.values_list("words", flat=True)):
        raise Refusal("同样的问题已经提交给这位委员，不用再提交；有了答复会公开在委员的页面上。")


def _digest(code: str) -> str:
    return visitors.digest(code, "member-question")


@transaction.atomic
def look_up(code: str, *, address: str, at) -> MemberQuestion | None:
    """The question of a receipt code, or None; Refusal after too many tries in a day."""
    if not count_visit("receipt", address, at=at, most=LOOKS_A_DAY):
        raise Refusal("今天查询的次数太多了，请明天再查。")
    found = MemberQuestion.objects.filter(receipt=_digest(code))
    return found.select_related("member__user", "committee").first()


# --- between the visitor and the member --------------------------------------------------------------------------


@transaction.atomic
def pass_on(question: MemberQuestion, *, by, at) -> None:
    """转给委员, who has some workdays to answer."""
    rules.require("pass", by, question)
    if not question.member.is_in_force:
        raise Refusal(f"{question.member}已不再担任委员，不能转给他；请注明情况，不公开这个问题。")
    days = question.committee.parameter("question.workdays")
    due = count.deadline(timezone.localdate(at), count.Limit(days, "workdays", f"转给委员之日起 {days} 个工作日"))
    take(question, "pass", by=by, at=at, moderated_by=by, due_on=due.due_on, due_why=due.as_json())
    clock.plan(question, kind=KIND, due_on=due.due_on, round=1, scope=question.scope, at=at)
    _tell_member(question, "passed", f"群众向您提问：{question}", question.words, at=at)


@transaction.atomic
def refuse(question: MemberQuestion, *, reason: str, by, at) -> None:
    """不公开, with the reason that the asker reads by the code; an answer that stood is taken back with its fact."""
    rules.require("refuse", by, question)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明原因。", {"reason": "请写明原因，提问人凭查询码能看到。"})
    before = question.state
    take(question, "refuse", by=by, at=at, why_refused=reason, moderated_by=by)
    clock.cancel(question, kind=KIND, reason="不公开", at=at)
    for turn in question.turns.exclude(state=QuestionState.REFUSED):
        turns.close(turn, reason=reason, by=by, at=at)
    if before == QuestionState.ANSWERED:
        duty.retract(f"question:{question.pk}", reason=f"答复已撤下：{reason}"[:200], by=by, at=at)
    if before != QuestionState.ASKED:
        title = "您的答复已撤下" if before == QuestionState.ANSWERED else "这个问题不用答复了"
        _tell_member(question, "refused", f"{title}：{question}", f"原因：{reason}", at=at)


@transaction.atomic
def answer(question: MemberQuestion, *, answer: str, by, at) -> None:
    """答复: public at once, and a fact of the member's duty."""
    rules.require("answer", by, question)
    answer = answer.strip()
    if not answer:
        raise Incomplete("请写答复。", {"answer": "请写答复。"})
    require_plain(answer=answer)
    take(question, "answer", by=by, at=at, answer=answer, answered_at=at)
    clock.cancel(question, kind=KIND, reason="已答复", at=at)
    deed = duty.Deed(
        member=question.member_id, on=timezone.localdate(at), fact=Fact.ANSWER, key=f"question:{question.pk}",
        title=f"答复群众提问：{question}", url=question.get_absolute_url(),
    )  # fmt: skip
    duty.record([deed], by=by, at=at)


def _tell_member(question, what, title, body, *, at):
    outbox.send(
        [question.member.user_id], kind=KIND, title=title, body=body, url=question.get_absolute_url(),
        key=f"question:{question.pk}:{what}", at=at, scope=question.scope,
    )  # fmt: skip


# --- the member's own page ---------------------------------------------------------------------------------------


@transaction.atomic
def change_profile(member: Member, *, introduction: str, specialties: str, is_public: bool, by, at) -> None:
    """修改委员主页: what visitors read, and whether they read anything; no telephone, no e-mail."""
    rules.require("edit", by, member)
    given = {"introduction": introduction.strip(), "specialties": specialties.strip(), "is_public": is_public}
    require_plain(introduction=given["introduction"], specialties=given["specialties"])
    changed = [name for name, value in given.items() if getattr(member, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(member, name, given[name])
    member.save(update_fields=changed)
    labels = [str(Member._meta.get_field(name).verbose_name) for name in changed]
    log.record("member.profile", member, by=by, at=at, scope=member.committee_id, fields=labels)
