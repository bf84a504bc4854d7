"""Numbers of the front page: the county in six ratios for its chair, and the own year for a member.

Every ratio says what it counts and leads to the rows behind it; all of them cost one statement.
"""

from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from consultation.models import Consultation, Outcome, Participant, PlanItem, Topic
from consultation.states import OutcomeState, PlanState, TopicState
from members.models import Committee, User
from members.roles import Permission
from proposals.models import Assignment, MicroProposal, Rating, Round
from proposals.states import OPEN, AssignmentState, MicroState, ReplyState, Satisfaction


def _number(rows: QuerySet) -> Coalesce:
    """How many `rows` there are, as one number inside another statement."""
    counted = rows.order_by().annotate(how_many=Func("pk", function="COUNT")).values("how_many")
    return Coalesce(Subquery(counted), Value(0))


def _figures(row, specs):
    """Done and all of each name, as the figure component takes them."""
    return [
        {
            "label": label,
            "done": getattr(row, f"{name}_done"),
            "total": getattr(row, f"{name}_all"),
            "what": what,
            "url": url,
        }
        for name, label, what, url in specs
    ]


def figures_of_chair(user: User, today) -> list[dict]:
    """全县六个数, for the first committee whose chair meeting this person belongs to; none for the others."""
    led = user.committees_with(Permission.TOP_REMINDER) if not user.is_superuser else set()
    year, here = today.year, OuterRef("pk")
    micros = MicroProposal.objects.filter(committee=here, year=year).exclude(state=MicroState.WITHDRAWN)
    handled = Assignment.objects.filter(committee=here).exclude(state=AssignmentState.RETURNED)
    rounds = Round.objects.filter(assignment__in=handled.values("pk"), due_on__year=year)
    sent = Q(reply__state=ReplyState.SENT)
    ratings = Rating.objects.filter(reply__round__assignment__committee=here, at__year=year)
    items = PlanItem.objects.standing().filter(plan__committee=here, plan__year=year, plan__state=PlanState.ISSUED)
    held = Consultation.objects.filter(committee=here, plan_item__plan__year=year, held_on__isnull=False)
    outcomes = Outcome.objects.filter(committee=here, consultation__year=year)
    numbers = {
        "micro_done": micros.filter(state=MicroState.CLOSED),
        "micro_all": micros,
        "prompt_done": rounds.filter(sent, reply__sent_at__date__lte=F("due_on")),
        "prompt_all": rounds.filter(sent | Q(due_on__lt=today)),
        "content_done": ratings.exclude(satisfaction=Satisfaction.UNSATISFIED),
        "content_all": ratings,
        "open_done": handled.filter(state__in=OPEN, due_on__gte=today),
        "open_all": handled.filter(state__in=OPEN),
        "plan_done": held,
        "plan_all": items,
        "outcome_done": outcomes.filter(state=OutcomeState.DONE),
        "outcome_all": outcomes,
    }
    committees = Committee.objects.filter(pk__in=led).order_by("pk")
    row = committees.annotate(**{name: _number(rows) for name, rows in numbers.items()}).first()
    if row is None:
        return []
    matters = reverse("assignment-list") + "?all=1"
    return _figures(
        row,
        [
            ("micro", "微建议办结", f"已办结 / {year} 年提交（不含撤回）", reverse("micro-list")),
            ("prompt", "按期答复", f"期限内答复 / {year} 年到期或已答复的办理轮次", matters),
            ("content", "委员满意", f"满意和基本满意 / {year} 年的评价", f"{matters}&state=closed"),
            ("open", "在办未逾期", "未到期限 / 正在办理的交办件", f"{matters}&overdue=on"),
            ("plan", "年度计划完成", f"已开会 / {year} 年计划事项", reverse("plan-public", args=[row.slug])),
            ("outcome", "成果落实", f"已落实 / {year} 年协商成果", reverse("outcome-list")),
        ],
    )


def figures_of_member(user: User, today) -> list[dict]:
    """今年履职 in three ratios, counted from what the person really did; none for those who are no member."""
    if not user.member_ids:
        return []
    year, me = today.year, OuterRef("pk")
    micros = MicroProposal.objects.filter(author__user=me, year=year)
    seats = Participant.objects.filter(member__user=me, session__starts_at__year=year, attended__isnull=False)
    topics = Topic.objects.filter(suggested_by__user=me, created_at__year=year)
    numbers = {
        "micro_done": micros.filter(state=MicroState.CLOSED),
        "micro_all": micros,
        "seat_done": seats.filter(attended=True),
        "seat_all": seats,
        "topic_done": topics.filter(state__in=[TopicState.SELECTED, TopicState.IN_PLAN]),
        "topic_all": topics,
    }
    row = User.objects.annotate(**{name: _number(rows) for name, rows in numbers.items()}).get(pk=user.pk)
    return _figures(
        row,
        [
            ("micro", "微建议", "已办结 / 今年提交", reverse("micro-list") + "?whose=mine"),
            ("seat", "参加协商", "到会 / 应到", ""),
            ("topic", "荐题", "选定或列入计划 / 今年提出", reverse("topic-mine")),
        ],
    )
