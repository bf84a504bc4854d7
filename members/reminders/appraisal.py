"""An objection waits for its answer; a body's report and its sheets wait for those who have not written them yet."""

from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from members.models import BodyRating, BodyReview, Objection
from members.queries import holders_by
from members.queries import reviews as queries
from members.roles import Permission, Scope
from members.services.reviews import RATING, REPORT
from members.states import ObjectionState, ReviewState

# Days before (−) or after (+) the due date, and how far the word goes.
OBJECTION_CIRCLES = {"staff": "考评工作人员", "chair": "加上主席会议成员"}
OBJECTION_LADDER = {-3: "staff", -1: "staff", 0: "staff", 3: "chair"}
REPORT_CIRCLES = {"leader": "机构负责人", "staff": "加上政协办"}
REPORT_LADDER = {-7: "leader", -1: "leader", 1: "staff"}
RATING_CIRCLES = {"rater": "还没有打分的评议人"}
RATING_LADDER = {-3: "rater", -1: "rater"}


def _when(due_on, at) -> str:
    days = (due_on - timezone.localdate(at)).days
    if days < 0:
        return f"已逾期 {-days} 天"
    return "今天到期" if days == 0 else f"还有 {days} 天到期"


def _load(milestones, queryset):
    return queryset.in_bulk({milestone.subject_id for milestone in milestones})


@handler("objection", label="考评申诉", circles=OBJECTION_CIRCLES)
def remind_of_objections(milestones, at):
    rows = Objection.objects.select_related("result__appraisal", "result__member__user")
    objections = _load(milestones, rows)
    committees = {objection.scope for objection in objections.values()}
    staff = holders_by(Permission.DUTY_MANAGE, Scope.COMMITTEE, committees)
    chairs = holders_by(Permission.TOP_REMINDER, Scope.COMMITTEE, committees)
    answers = {}
    for milestone in milestones:
        objection = objections[milestone.subject_id]
        if objection.state != ObjectionState.RAISED:
            answers[milestone.pk] = Skip(f"{objection.get_state_display()}，不必再提醒")
            continue
        people = staff[objection.scope] | (chairs[objection.scope] if milestone.circle == "chair" else set())
        answers[milestone.pk] = Tell(
            people - {objection.result.member.user_id}, "objection-due",
            f"考评申诉{_when(objection.due_on, at)}：{objection.result.member}", "请在期限前答复。",
            objection.get_absolute_url(),
        )  # fmt: skip
    return answers


@handler(REPORT, label="述职报告", circles=REPORT_CIRCLES)
def remind_of_reports(milestones, at):
    reviews = _load(milestones, BodyReview.objects.select_related("body"))
    staff = holders_by(Permission.DUTY_MANAGE, Scope.COMMITTEE, {review.scope for review in reviews.values()})
    leaders = queries.leaders_by({review.body_id for review in reviews.values()})
    answers = {}
    for milestone in milestones:
        review = reviews[milestone.subject_id]
        if review.state != ReviewState.DRAFT:
            answers[milestone.pk] = Skip("述职报告已提交，不必再提醒")
            continue
        people = leaders[review.body_id] | (staff[review.scope] if milestone.circle == "staff" else set())
        answers[milestone.pk] = Tell(
            people, "review-due", f"述职报告{_when(review.report_by, at)}：{review}", "写好后提交，评议人才能打分。",
            review.get_absolute_url(),
        )  # fmt: skip
    return answers


@handler(RATING, label="述职评议", circles=RATING_CIRCLES)
def remind_of_ratings(milestones, at):
    """Only those who have not rated yet."""
    reviews = _load(milestones, BodyReview.objects.select_related("body", "committee"))
    rated = set(BodyRating.objects.filter(review__in=reviews).values_list("review", "rater"))
    answers = {}
    for milestone in milestones:
        review = reviews[milestone.subject_id]
        silent = {person for person in queries.raters(review) if (review.pk, person) not in rated}
        if review.state != ReviewState.SUBMITTED:
            answers[milestone.pk] = Skip(f"{review.get_state_display()}，不必再提醒")
        elif not silent:
            answers[milestone.pk] = Skip("评议人都已打分")
        else:
            answers[milestone.pk] = Tell(
                silent, "review-due", f"述职评议{_when(review.rate_until, at)}：{review}", "请打分，不记名。",
                review.get_absolute_url(),
            )  # fmt: skip
    return answers
