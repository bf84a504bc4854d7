"""What of the stations, the grids and the public waits for somebody, and which desks the person may sit at."""

from datetime import date

from django.db.models import OuterRef, Q
from django.urls import reverse

from config.county import number_of
from members.models import User
from members.roles import Permission as P
from workstations.models import (
    Demand,
    GridLog,
    GridPosting,
    Letter,
    PostingPlan,
    ShiftSwap,
    StationPost,
    Word,
)
from workstations.states import DemandState, LetterState, PostingPlanState, SwapState, WordState


def looks_after(user) -> bool:
    """Whether the office's desk is the person's."""
    return user.is_authenticated and bool(user.committees_with(P.STATION_MANAGE))


def waiting(user: User, today: date) -> list[dict]:
    """What waits for `user` at the office, at a station, in a grid or in a town; one statement for all."""
    managed, me = user.committees_with(P.STATION_MANAGE), OuterRef("pk")
    units = user.organisations_with(P.MATTER_HANDLE)
    kept = StationPost.objects.in_force().keepers().of(user).values("station")
    mine = Q(committee__in=managed) | Q(station__in=kept)
    logged = GridLog.objects.filter(member=OuterRef("member"), month=today.replace(day=1))
    numbers = {
        "words": Word.objects.filter(mine, state=WordState.NEW),
        "handed": Word.objects.filter(member__user=me, state=WordState.HANDED),
        "letters": Letter.objects.filter(
            Q(committee__in=managed, outgoing=False) | Q(organisation__in=units, outgoing=True), state=LetterState.SENT
        ),
        "swaps": ShiftSwap.objects.filter(asked__user=me, state=SwapState.ASKED),
        "grids": GridPosting.objects.in_force().filter(member__user=me).exclude(member__in=logged.values("member")),
        "demands": Demand.objects.filter(mine, state=DemandState.RAISED),
        "claimed": Demand.objects.filter(claimed_by__user=me, state=DemandState.CLAIMED),
        "plans": PostingPlan.objects.filter(committee__in=managed, state=PostingPlanState.READY),
    }  # fmt: skip
    counted = User.objects.annotate(**{name: number_of(rows) for name, rows in numbers.items()}).get(pk=user.pk)
    shown = [
        ("words", "群众反映等您处理", "word-desk" if managed else "my-stations", "条"),
        ("handed", "群众反映交给您答复", "word-mine", "条"),
        ("letters", "来信等您签收", "letter-list", "封"),
        ("swaps", "同事请您代班", "shift-mine", "次"),
        ("grids", "本月网格反馈还没有填", "my-grid", "个网格（村）"),
        ("demands", "需求等您核实", "lists-office", "条"),
        ("claimed", "您认领的心愿和需求", "my-lists", "件"),
        ("plans", "派驻方案等您确认", "posting-plan-list", "个"),
    ]
    return [
        {"title": title, "url": reverse(address), "badge": ("soon", f"{number} {unit}")}
        for name, title, address, unit in shown
        if (number := getattr(counted, name))
    ]


def desks(user: User) -> list[dict]:
    """Groups of desks of the office with a line of what each is for."""
    groups = [
        ("站点", [
            ("委员工作室", "office-stations", "开设、资料、派驻人员、联系单位、功能室、关闭"),
            ("建站标准", "standard-list", "八有、十有、六有、五有，自定标准，改一次是一版"),
            ("检查情况", "office-inspections", "缺得最多的排在前面，星级和整改"),
            ("经费", "fund-overview", "预算、奖补、争取资金、支出，附单据"),
            ("定额", "quota-list", "每站每年至少两次协商、两次学习"),
        ]),
        ("网格", [
            ("网格", "grid-list", "导入、按村生成、基本信息"),
            ("委员进网格", "posting-list", "谁在哪个网格和村，手工派驻，导入"),
            ("派驻方案", "posting-plan-list", "自动测算，每个网格都有人，就近、均衡，手工调整后实施"),
            ("两本台账", "grid-ledgers", "基本信息台账、开展工作情况台账，可导出"),
        ]),
        ("群众", [
            ("群众反映", "word-desk", "答复、交给委员、转微建议或议题"),
            ("渠道和时效", "word-figures", "从哪里来，多久有答复"),
            ("意见箱", "office-boxes", "匿名信箱、二维码海报"),
            ("三张清单", "lists-office", "资源、需求、项目，微心愿，匹配建议"),
            ("与乡镇互通", "letter-list", "双向来往、按时回复"),
            ("回复时效", "letter-figures", "各乡镇和本会回复用了几个工作日"),
        ]),
    ]  # fmt: skip
    found = [
        {"title": title, "desks": [(label, reverse(name), words) for label, name, words in entries]}
        for title, entries in groups
    ]
    if home := user.home_committee:
        public = [
            ("委员在身边", "where", "一屏看站点、网格、委员、反馈，没有覆盖的在前"),
            ("平台矩阵", "station-matrix", "各级各类站点有多少"),
            ("有话要说", "words-public", "群众看到的反映渠道"),
            ("您的四项权利", "rights", "知情、参与、表达、监督，各在哪里办"),
        ]
        public = [(label, reverse(name, args=[home.slug]), words) for label, name, words in public]
        found.append({"title": "公开页", "desks": public})
    return found
