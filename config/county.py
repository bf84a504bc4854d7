"""Numbers of the front page: the county in six ratios for its chair, the own year for a member.

Every ratio says what it counts and leads to the rows behind it; all six cost one statement.
"""

from datetime import date

from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from consultation.models import Consultation, Outcome, Participant, PlanItem, Topic
from consultation.states import OutcomeState, PlanState, TopicState
from members.models import Committee, User
from members.roles import Permission
from proposals.models import Assignment, MicroProposal, Rating, Round
from proposals.states import OPEN, AssignmentState, MicroState, ReplyState, Satisfaction


def number_of(rows: QuerySet) -> Coalesce:
    """How many `rows` there are, as one number inside another statement."""
    counted = rows.order_by().annotate(how_many=Func("pk", function="COUNT")).values("how_many")
    return Coalesce(Subquery(counted), Value(0))


def figures_of_chair(user: User, today: date) -> list[dict]:
    """全县六个数, for the first committee whose chair meeting this person belongs to; none for the others."""
    led = user.committees_with(Permission.TOP_REMINDER) if not user.is_superuser else set()
    year, here = today.year, OuterRef("pk")
    micros = MicroProposal.objects.filter(committee=here, year=year).exclude(state=MicroState.WITHDRAWN)
    handled = Assignment.objects.filter(committee=here, state__in=OPEN)
    rounds = Round.objects.filter(assignment__committee=here, due_on__year=year)
    rounds = rounds.exclude(assignment__state=AssignmentState.RETURNED)
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
        "open_done": handled.filter(due_on__gte=today),
        "open_all": handled,
        "plan_done": held,
        "plan_all": items,
        "outcome_done": outcomes.filter(state=OutcomeState.DONE),
        "outcome_all": outcomes,
    }
    committees = Committee.objects.filter(pk__in=led).order_by("pk")
    row = committees.annotate(**{name: number_of(rows) for name, rows in numbers.items()}).first()
    if row is None:
        return []
    matters = reverse("assignment-list") + "?all=1"
    shown = [
        ("micro", "微建议办结", f"已办结 / {year} 年提交的微建议", reverse("micro-list")),
        ("prompt", "按期答复", f"按期答复 / {year} 年已答复或到期的轮次", matters),
        ("content", "委员满意", f"满意和基本满意 / {year} 年的评价", f"{matters}&state=closed"),
        ("open", "在办未逾期", "未逾期 / 正在办理的交办件", f"{matters}&overdue=on"),
        ("plan", "年度计划完成", f"已开会 / {year} 年计划事项", reverse("plan-public", args=[row.slug])),
        ("outcome", "成果落实", f"已落实 / {year} 年协商成果", reverse("outcome-list")),
    ]
    return [
        {
            "label": label,
            "done": getattr(row, f"{name}_done"),
            "total": getattr(row, f"{name}_all"),
            "what": what,
            "url": url,
        }
        for name, label, what, url in shown
    ]


def duty_of_member(user: User, today: date) -> list[tuple[str, str, str]]:
    """今年履职: what, the plain counts of it, and where to read it; empty for those who are no member."""
    if not user.member_ids:
        return []
    year, me = today.year, OuterRef("pk")
    micros = MicroProposal.objects.filter(author__user=me, year=year)
    seats = Participant.objects.filter(member__user=me, session__starts_at__year=year, attended__isnull=False)
    topics = Topic.objects.filter(suggested_by__user=me, created_at__year=year)
    numbers = {
        "micros": micros,
        "closed": micros.filter(state=MicroState.CLOSED),
        "seats": seats,
        "attended": seats.filter(attended=True),
        "topics": topics,
        "chosen": topics.filter(state__in=[TopicState.SELECTED, TopicState.IN_PLAN]),
    }
    row = User.objects.annotate(**{name: number_of(rows) for name, rows in numbers.items()}).get(pk=user.pk)
    return [
        ("微建议", f"提交 {row.micros} 件，办结 {row.closed} 件", reverse("micro-list") + "?whose=mine"),
        ("参加协商", f"到会 {row.attended} 次，应到 {row.seats} 次", ""),
        ("荐题", f"提出 {row.topics} 个，采用 {row.chosen} 个", reverse("topic-mine")),
    ]
