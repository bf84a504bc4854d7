"""What happens when a moment of an assignment, a joint review, a rating or a promise has come.

The clock (config.milestones) asks with a batch; each answer tells somebody, or says why nobody needs to be told.
"""

from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from members.models import THREE_OFFICES, Organisation
from members.queries import holders_by
from members.roles import Permission, Scope
from proposals.models import Assignment, JointReview, MicroProposal
from proposals.notices import matters as notices
from proposals.queries.matters import silent_raters
from proposals.states import AssignmentState

CIRCLES = {
    "handler": "承办人",
    "leader": "承办人和单位负责人",
    "supervisor": "加上督查室和提案委",
    "chair": "加上主席会议成员",
}
# Days before (−) or after (+) the due date, and how far the word goes (domain 5).
LADDER = {
    -15: "handler", -7: "handler", -3: "leader", -1: "leader", 0: "supervisor", 1: "supervisor", 3: "chair", 7: "chair",
}  # fmt: skip
REVIEW_CIRCLES = {"reviewer": "还没有出具意见的联审人员", "staff": "加上政协办"}
REVIEW_LADDER = {-1: "reviewer", 0: "reviewer", 1: "staff", 3: "staff"}


def _when(due_on, today) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"已逾期 {-days} 天"
    return "今天到期" if days == 0 else f"还有 {days} 天到期"


def _by_subject(milestones, queryset):
    return queryset.in_bulk({m.subject_id for m in milestones})


@handler("assignment", label="交办件", circles=CIRCLES)
def remind_of_assignments(milestones, at):
    """The ladder of 五定三包: the closer and the later, the more people are told."""
    today = timezone.localdate(at)
    assignments = _by_subject(milestones, Assignment.objects.select_related("unit", "micro"))
    circles = notices.recipients_by_circle(assignments.values())
    answers = {}
    for m in milestones:
        a = assignments[m.subject_id]
        if not a.is_open:
            answers[m.pk] = Skip(f"{a.get_state_display()}，不必再提醒")
        elif m.round != a.clock:
            answers[m.pk] = Skip("期限已变更")
        else:
            answers[m.pk] = Tell(
                circles[a.pk][m.circle],
                "assignment-due",
                f"{_when(a.due_on, today)}:{a.title}",
                f"承办单位：{a.unit}；期限 {a.due_on.month}月{a.due_on.day}日。",
                a.get_absolute_url(),
            )
    return answers


def _reviews_seen_by(user):
    return JointReview.objects.filter(micro__in=MicroProposal.objects.visible_to(user)).select_related("micro")


@handler("joint-review", label="三办联审", circles=REVIEW_CIRCLES, matters=_reviews_seen_by)
def remind_of_reviews(milestones, at):
    """Only the offices that have not spoken are reminded; late, the staff hears of it too."""
    today = timezone.localdate(at)
    reviews = _by_subject(
        milestones, JointReview.objects.select_related("micro__committee").prefetch_related("verdicts")
    )
    committees = {r.micro.committee_id for r in reviews.values()}
    offices = list(Organisation.objects.filter(committee__in=committees, kind__in=THREE_OFFICES))
    reviewers = holders_by(Permission.MICRO_REVIEW, Scope.ORGANISATION, [o.pk for o in offices])
    staff = holders_by(Permission.MATTER_ASSIGN, Scope.COMMITTEE, committees)
    answers = {}
    for m in milestones:
        review = reviews[m.subject_id]
        if review.result:
            answers[m.pk] = Skip("联审已完成")
            continue
        micro = review.micro
        spoken = {v.office_id for v in review.verdicts.all()}
        silent = [o for o in offices if o.committee_id == micro.committee_id and o.pk not in spoken]
        people = set().union(*(reviewers[o.pk] for o in silent))
        if m.circle == "staff":
            people |= staff[micro.committee_id]
        answers[m.pk] = Tell(
            people,
            "review-due",
            f"联审{_when(review.due_on, today)}:{micro.title}",
            "还没有出具意见：" + "、".join(map(str, silent)),
            micro.get_absolute_url(),
        )
    return answers


@handler("rating", label="委员评价")
def ask_for_ratings(milestones, at):
    """The time to rate is over: who said nothing is asked once more; the matter stays open."""
    assignments = _by_subject(milestones, Assignment.objects.select_related("micro", "proposal", "unit"))
    silent = silent_raters(assignments.values())
    answers = {}
    for m in milestones:
        a = assignments[m.subject_id]
        if a.state != AssignmentState.REPLIED or m.round != a.round:
            answers[m.pk] = Skip("已评价")
        else:
            answers[m.pk] = Tell(
                silent[a.pk],
                "rating-due",
                f"请评价{a.unit}的答复：《{a.title}》",
                "不评价不会算作满意，这件事会一直保留在待评价中。",
                notices.subject(a).get_absolute_url(),
            )
    return answers


@handler("promise", label="B 类承诺")
def ask_to_verify(milestones, at):
    """The day of a promise has come: the supervisors look whether it was kept (回头看)."""
    assignments = _by_subject(milestones, Assignment.objects.select_related("unit"))
    supervisors = holders_by(
        Permission.MATTER_SUPERVISE, Scope.COMMITTEE, {a.committee_id for a in assignments.values()}
    )
    answers = {}
    for m in milestones:
        a = assignments[m.subject_id]
        if a.state != AssignmentState.FOLLOWING or m.round != a.round:
            answers[m.pk] = Skip(f"{a.get_state_display()}，不必核实")
        else:
            answers[m.pk] = Tell(
                supervisors[a.committee_id] | {a.handler_id},
                "promise-due",
                f"请核实承诺是否兑现：{a.title}",
                f"{a.unit}承诺今天前完成。",
                a.get_absolute_url(),
            )
    return answers
