"""A question that was passed on waits: the member is reminded, in the end the office too."""

from config.milestones.clock import Skip, Tell, handler
from members.models import MemberQuestion
from members.queries import holders_by
from members.roles import Permission, Scope
from members.services.profiles import KIND
from members.states import QuestionState

CIRCLES = {"member": "委员", "staff": "加上政协办"}
LADDER = {-3: "member", 0: "member", 3: "staff"}  # days before (−) or after (+) the due date


@handler(KIND, label="群众提问", circles=CIRCLES)
def remind_of_questions(milestones, at):
    rows = MemberQuestion.objects.select_related("member__user")
    questions = rows.in_bulk({milestone.subject_id for milestone in milestones})
    staff = holders_by(
        Permission.DUTY_MANAGE, Scope.COMMITTEE, {question.committee_id for question in questions.values()}
    )
    answers = {}
    for milestone in milestones:
        question = questions[milestone.subject_id]
        if question.state != QuestionState.PASSED:
            answers[milestone.pk] = Skip(f"{question.get_state_display()}，不必再提醒")
            continue
        told = {question.member.user_id}
        if milestone.circle == "staff":
            told |= staff[question.committee_id]
        due = question.due_on
        answers[milestone.pk] = Tell(
            told, "question-due", f"请答复群众提问：{question}",
            f"问{question.member}委员；请在 {due.month}月{due.day}日前答复。", question.get_absolute_url(),
        )  # fmt: skip
    return answers
