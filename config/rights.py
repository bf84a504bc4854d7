"""知情权、参与权、表达权、监督权: what anybody can do here now, and how often it was done this year (row 212)."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultation.models import AnnualPlan, Consultation, Outcome
from consultation.states import OutcomeState
from members.models import Committee, MemberQuestion
from proposals.models import MicroProposal, Rating
from proposals.states import Satisfaction
from workstations.models import Activity, OpinionBox, Word, Workstation
from workstations.states import ActivityState, WordState

EVERYBODY = AnonymousUser()  # staff see here what a visitor sees
SETTLED = (WordState.ANSWERED, WordState.SETTLED)
GOOD = (Satisfaction.SATISFIED, Satisfaction.BASIC)


@dataclass(frozen=True)
class Way:
    """One thing to do: where, and what it is for."""

    label: str
    url: str
    words: str


@dataclass(frozen=True)
class Number:
    """How often this year; `total` where it is a share of something; `what` says what is counted."""

    label: str
    done: int
    what: str
    total: int | None = None


@dataclass(frozen=True)
class Right:
    name: str
    words: str
    ways: list[Way]
    numbers: list[Number]


@login_not_required
@require_safe
def rights(request, slug):
    """The four rights of one committee's public, with the ways to use them."""
    committee = get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)
    today = timezone.localdate()
    context = {
        "committee": committee,
        "year": today.year,
        "rights": [make(committee, today) for make in (_to_know, _to_take_part, _to_speak, _to_supervise)],
    }
    return render(request, "home/rights.html", context)


def _way(committee, label, name, words) -> Way:
    return Way(label, reverse(name, args=[committee.slug]), words)


def _to_know(committee, today) -> Right:
    plans = AnnualPlan.objects.visible_to(EVERYBODY).current().filter(committee=committee).order_by("year")
    planned = dict(plans.values_list("year").annotate(items=Count("items")))
    talks = Consultation.objects.visible_to(EVERYBODY).filter(committee=committee, year=today.year)
    plan = [_way(committee, "年度协商计划", "plan-public", "今年每个月商量什么")] if planned else []
    ways = [
        *plan,
        _way(committee, "正在商量的事", "consultation-public-list", "每一场协商走到哪一步、纪要和结果"),
        _way(committee, "委员在身边", "where", "自己的村和网格有没有委员、去哪里找"),
        _way(committee, "规章制度", "regulation-list", "政协怎么办事"),
    ]
    numbers = [
        Number("计划公开的协商", planned.get(today.year, 0), "今年印发的年度协商计划里的议题，项"),
        Number("公开进行的协商", talks.count(), "今年向社会公开的协商，场"),
    ]
    return Right("知情权", "商量什么、商量到哪一步、谁在负责，都看得到。", ways, numbers)


def _to_take_part(committee, today) -> Right:
    shown = Activity.objects.visible_to(EVERYBODY).filter(committee=committee, starts_at__year=today.year)
    counted = shown.aggregate(
        all=Count("pk"), coming=Count("pk", filter=Q(state=ActivityState.OPEN, starts_at__gte=timezone.now()))
    )
    stations = Workstation.objects.visible_to(EVERYBODY).open().filter(committee=committee).count()
    ways = [
        _way(committee, "看活动、来参加", "activity-public-list", "公开的讲堂、调研、走访，时间和地点"),
        _way(committee, "到委员工作室坐坐", "station-list", "地址、开放时间、委员接待的日子"),
    ]
    numbers = [
        Number("公开的活动", counted["all"], f"今年向群众公开的活动，次；其中 {counted['coming']} 次还没有开始"),
        Number("开放的站点", stations, "现在可以去的委员工作室、联络站等，个"),
    ]
    return Right("参与权", "活动可以来，工作室可以去，协商可以一起商量。", ways, numbers)


def _to_speak(committee, today) -> Right:
    said = Word.objects.filter(committee=committee, received_on__year=today.year).count()
    asked = MemberQuestion.objects.filter(member__committee=committee, at__year=today.year)
    boxes = OpinionBox.objects.visible_to(EVERYBODY).filter(committee=committee).count()
    ways = [
        _way(committee, "说一件事", "word-new", "不用登录，凭查询码看办到哪一步"),
        _way(committee, "投匿名意见箱", "box-list", "不留姓名，也查不到是谁说的"),
        _way(committee, "问委员", "member-find", "按村、按界别找到委员，当面或在网上问"),
    ]
    numbers = [
        Number("群众反映", said, "今年当面、电话、网页、扫码和意见箱收到的，件"),
        Number("向委员提问", asked.count(), "今年在委员页面上的提问，条"),
        Number("意见箱", boxes, "现在可以投的，个"),
    ]
    return Right("表达权", "有话有处说，说了有回音。", ways, numbers)


def _to_supervise(committee, today) -> Right:
    words = Word.objects.filter(committee=committee, received_on__year=today.year)
    answered = words.aggregate(all=Count("pk"), done=Count("pk", filter=Q(state__in=SETTLED)))
    closed = MicroProposal.objects.visible_to(EVERYBODY).filter(committee=committee, closed_at__year=today.year)
    rated = Rating.objects.filter(reply__round__assignment__committee=committee, at__year=today.year).aggregate(
        all=Count("pk"), good=Count("pk", filter=Q(satisfaction__in=GOOD))
    )
    outcomes = Outcome.objects.visible_to(EVERYBODY).filter(committee=committee, state=OutcomeState.DONE)
    ways = [
        _way(committee, "查我反映的事", "word-progress", "输入查询码，看到哪一步、谁在办"),
        _way(committee, "公开的答复", "word-answered", "别人问过的，答复了什么"),
        _way(committee, "微建议办理结果", "micro-public-list", "单位怎么答复、建议人满意不满意"),
    ]
    numbers = [
        Number("反映已有回音", answered["done"], "已答复、已办结的 / 今年收到的群众反映", answered["all"]),
        Number("答复评价满意", rated["good"], "评为满意、基本满意的 / 今年对单位答复的评价", rated["all"]),
        Number("公开的办理结果", closed.count(), "今年办结并公开的微建议，件"),
        Number("落实的协商成果", outcomes.filter(done_at__year=today.year).count(), "今年落实的公开成果，项"),
    ]
    return Right("监督权", "答应的事办没办、办得怎么样，大家来看。", ways, numbers)
