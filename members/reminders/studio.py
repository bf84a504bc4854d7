"""A question asked back waits, or an inquiry is over and has no closing words: the member is reminded."""

from config.milestones.clock import Skip, Tell, handler
from members.models import Inquiry, QuestionTurn
from members.queries import holders_by
from members.reminders.profiles import CIRCLES
from members.roles import Permission, Scope
from members.services.studio import KIND
from members.services.turns import KIND as TURN
from members.states import InquiryState, QuestionState

LADDER = {0: "member", 7: "staff"}
"""Days after the last day of an inquiry, and how far the word goes."""


def _staff(committees):
    return holders_by(Permission.DUTY_MANAGE, Scope.COMMITTEE, committees)


@handler(TURN, label="群众追问", circles=CIRCLES)
def remind_of_turns(milestones, at):
    rows = QuestionTurn.objects.select_related("question__member__user")
    turns = rows.in_bulk({milestone.subject_id for milestone in milestones})
    staff = _staff({turn.scope for turn in turns.values()})
    answers = {}
    for milestone in milestones:
        turn = turns[milestone.subject_id]
        if turn.state != QuestionState.PASSED:
            answers[milestone.pk] = Skip(f"{turn.get_state_display()}，不必再提醒")
            continue
        told = {turn.question.member.user_id} | (staff[turn.scope] if milestone.circle == "staff" else set())
        due = turn.due_on
        answers[milestone.pk] = Tell(
            told, "question-due", f"请答复群众追问：{turn}",
            f"问{turn.question.member}委员；请在 {due.month}月{due.day}日前答复。", turn.get_absolute_url(),
        )  # fmt: skip
    return answers


@handler(KIND, label="向您请教", circles=CIRCLES)
def remind_of_inquiries(milestones, at):
    rows = Inquiry.objects.select_related("member__user")
    inquiries = rows.in_bulk({milestone.subject_id for milestone in milestones})
    staff = _staff({inquiry.committee_id for inquiry in inquiries.values()})
    answers = {}
    for milestone in milestones:
        inquiry = inquiries[milestone.subject_id]
        if inquiry.state != InquiryState.OPEN:
            answers[milestone.pk] = Skip(f"{inquiry.get_state_display()}，不必再提醒")
            continue
        told = {inquiry.member.user_id} | (staff[inquiry.committee_id] if milestone.circle == "staff" else set())
        answers[milestone.pk] = Tell(
            told, "inquiry-due", f"请写结语：{inquiry}", "征求到期了，请谢谢大家，说说准备怎么用这些意见。",
            inquiry.get_absolute_url(),
        )  # fmt: skip
    return answers
