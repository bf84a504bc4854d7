"""Rules of recurring duty, tasks and quotas for tests; dates around 2026-11-10."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.milestones import seed
from members.models import Body, BodyKind, Membership, Post, RoleGrant
from members.roles import Role
from tests.factories import members as make
from workstations.models import Cycle, DutyRule, DutyTask, Owed, Quota, QuotaLine, Shift
from workstations.reminders.tasks import LADDER
from workstations.services import duty_rules as services
from workstations.services import tasks as doing

TODAY = date(2026, 11, 10)
AT = datetime(2026, 11, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
WORDS = "本月走访十户群众，收到三条意见。"


def rule(committee, name="进网格月反馈", *, at=AT, bodies=(), members=(), by=None, **fields):
    """A rule that holds since the start of 2026, with what it generates at `at`."""
    seed.load("duty-task", LADDER)
    given = {"cycle": Cycle.MONTHLY, "shift": Shift.KEEP, "owed_by": Owed.MEMBERS, "since": date(2026, 1, 1), **fields}
    return services.create(
        DutyRule(committee=committee, name=name, **given), bodies=bodies, members=members, by=by, at=at
    )


def homework(committee, name="学习心得", *, at=AT, **fields):
    given = {"cycle": Cycle.ONCE, "due_on": date(2026, 11, 30), "fact": "homework", "is_graded": True, **fields}
    return rule(committee, name, at=at, **given)


def task(cast, *, member=None, **fields) -> DutyTask:
    """The task of one member under a fresh rule."""
    number = DutyRule.objects.count()
    made = rule(cast.committee, f"任务{number}", members=[member or cast.wang_member], **fields)
    return made.tasks.get()


def done(cast, *, at=AT, **fields) -> DutyTask:
    made = task(cast, **fields)
    doing.hand_in(made, words=WORDS, number=3 if made.rule.asks_number else None, by=made.assignee, at=at)
    return made


def body(committee, name="提案委员会", kind=BodyKind.SPECIAL_COMMITTEE):
    return Body.objects.create(committee=committee, name=name, kind=kind)


def seat(body, member, post=Post.MEMBER, **fields):
    return Membership.objects.create(body=body, member=member, post=post, **{"since": make.SINCE, **fields})


def people(committee, count, prefix="委员"):
    """So many members of `committee`."""
    start = committee.members.count()
    return [
        make.member(make.user(f"m{committee.pk}-{start + n}", f"{prefix}{start + n}"), committee) for n in range(count)
    ]


def clerk(committee, body, username="clerk", name="联络组秘书"):
    """A township clerk of `body` (row 25)."""
    user = make.user(username, name)
    RoleGrant.objects.create(user=user, role=Role.TOWN_SECRETARY, committee=committee, body=body, since=make.SINCE)
    return user


def quota(committee, name="六个一", lines=(), **fields):
    """A quota with lines given as dicts; without any, one information a year."""
    made = Quota.objects.create(committee=committee, name=name, **fields)
    for position, line in enumerate(lines or [{"name": "反映一条信息", "facts": ["information"]}], start=1):
        QuotaLine.objects.create(quota=made, position=position, **line)
    return made
