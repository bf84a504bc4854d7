"""What of the members' duty waits for somebody, and which desks the person may sit at."""

from datetime import date, datetime

from django.db.models import Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from config.county import number_of
from members.models import DutyClaim, InquiryReply, Measure, MemberQuestion, Objection, QuestionTurn, User
from members.roles import Permission as P
from members.states import ClaimState, InquiryReplyState, MeasureState, ObjectionState, QuestionState
from workstations.models import DutyTask
from workstations.states import TaskState


def looks_after(user) -> bool:
    """Whether any of the desks is the person's."""
    if not user.is_authenticated:
        return False
    held = [user.committees_with(permission) for permission in (P.DUTY_MANAGE, P.DUTY_CONFIRM, P.PEOPLE_MANAGE)]
    return any(held) or bool(user.bodies_with(P.DUTY_LOOK_AFTER))


def when(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日（周{'一二三四五六日'[local.weekday()]}）{local:%H:%M}"


def waiting(user: User, today: date) -> list[dict]:
    """What waits for `user`, each kind with its number and where to settle it; one statement for all."""
    managed, confirms = user.committees_with(P.DUTY_MANAGE), user.committees_with(P.DUTY_CONFIRM)
    me = OuterRef("pk")
    tasks = DutyTask.objects.filter(assignee=me, state=TaskState.OPEN)
    first = tasks.order_by().values("assignee").annotate(first=Min("due_on")).values("first")
    claims = DutyClaim.objects.filter(committee__in=confirms, state=ClaimState.CLAIMED)
    numbers = {
        "tasks": tasks,
        "answers": MemberQuestion.objects.filter(member__user=me, state=QuestionState.PASSED),
        "turns": QuestionTurn.objects.filter(question__member__user=me, state=QuestionState.PASSED),
        "claims": claims.exclude(Q(by=me) | Q(member__user=me)),
        "questions": MemberQuestion.objects.filter(committee__in=managed, state=QuestionState.ASKED),
        "asked_back": QuestionTurn.objects.filter(question__committee__in=managed, state=QuestionState.ASKED),
        "replies": InquiryReply.objects.filter(inquiry__committee__in=managed, state=InquiryReplyState.SENT),
        "objections": Objection.objects.filter(
            result__appraisal__committee__in=managed, state=ObjectionState.RAISED
        ),
        "measures": Measure.objects.filter(
            result__appraisal__committee__in=managed, state=MeasureState.PROPOSED
        ),
    }  # fmt: skip
    counted = User.objects.annotate(
        due=Subquery(first[:1]), **{name: number_of(rows) for name, rows in numbers.items()}
    ).get(pk=user.pk)
    shown = [
        ("tasks", "周期任务和委员作业", "duty-task-list", "项"),
        ("answers", "群众的提问等您答复", "question-mine", "条"),
        ("turns", "群众的追问等您答复", "question-mine", "条"),
        ("claims", "履职申报等您复核", "claim-desk", "件"),
        ("questions", "群众的提问等您审核", "question-desk", "条"),
        ("asked_back", "群众的追问等您审核", "studio-desk", "条"),
        ("replies", "群众给委员的回应等您审核", "studio-desk", "条"),
        ("objections", "考评申诉等您答复", "appraisal-list", "件"),
        ("measures", "提醒和约谈等您办理", "measure-list", "件"),
    ]
    rows = []
    for name, title, address, unit in shown:
        if number := getattr(counted, name):
            row = {"title": title, "url": reverse(address), "badge": ("soon", f"{number} {unit}")}
            rows.append(row | ({"due": counted.due} if name == "tasks" else {}))
    return rows


def desks(user: User) -> list[dict]:
    """Groups of desks with a line of what each is for; only those the person may use."""
    manages, people = user.committees_with(P.DUTY_MANAGE), user.committees_with(P.PEOPLE_MANAGE)
    clerk = user.bodies_with(P.DUTY_LOOK_AFTER)
    confirms = user.committees_with(P.DUTY_CONFIRM)
    home = user.home_committee
    groups = [
        ("委员和机构", [
            ("委员名册", "people-list", "导入导出、变动、换届、一人一档", manages or people or clerk),
            ("组织机构", "body-list", "专委会、界别、小组、党组织、议事会、人才库", True),
            ("架构图", "body-chart", "一张图看全，可打印", True),
            ("机构建设情况", "body-checks", "1+1+N、全员入委、党组织两个全覆盖", people),
            ("全员入委", "grouping-list", "自动编组，手工调整，一键实施", people),
            ("联系制度", "contact-list", "三联、三联三带、党派走访", True),
            ("协作平台与智库", "partner-list", "党群服务中心、人大代表站、智库", True),
        ]),
        ("活动和任务", [
            ("履职活动", "activity-list", "发布、报名、签到、请假、成效", True),
            ("活动统计", "activity-figures", "人次和人数、单位、工程、逐月提醒", manages),
            ("周期任务和委员作业", "duty-rule-list", "谁已完成、谁还没有、批阅", manages or clerk),
            ("定额", "quota-list", "六个一、四个一，落后的排在前面", manages),
        ]),
        ("考评", [
            ("考评方案", "score-scheme-list", "分值、等次、结果运用，先预算再启用", manages),
            ("履职积分", "score-ranks", "每个人的得分和明细", manages),
            ("履职申报复核", "claim-desk", "看佐证，另一人复核后记入", confirms),
            ("年度考评", "appraisal-list", "定格、定等、反馈、申诉、归档", manages),
            ("结果运用", "measure-list", "表扬、提醒、约谈，谈话登记", manages),
            ("述职评议", "review-list", "专委会述职、评议表、结果", True),
        ]),
        ("公开和资料", [
            ("群众提问", "question-desk", "审核群众给委员的提问", manages),
            ("追问和回应", "studio-desk", "审核群众的追问，审核群众对委员征询的回应", manages),
            ("经验库", "practice-list", "各地做法，一键采用", True),
        ]),
    ]  # fmt: skip
    found = [
        {"title": title, "desks": [(label, reverse(name), words) for label, name, words, may in entries if may]}
        for title, entries in groups
    ]
    if home is not None:
        public = [
            ("找委员", "member-find", "群众看到的委员名录"),
            ("网上委员工作室", "studio", "委员向群众请教，群众提问和追问"),
            ("履职日历", "calendar", "一月一主题、哪几天还空着"),
            ("履职故事", "story-list", "案例、报道、表彰"),
            ("制度库", "regulation-list", "现行有效的制度和文件"),
        ]
        found[-1]["desks"] += [(label, reverse(name, args=[home.slug]), words) for label, name, words in public]
    return [group for group in found if group["desks"]]
