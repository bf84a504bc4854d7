from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from members.facts import Fact
from members.models import Body, BodyKind, Committee, Member, Membership, OwnedQuerySet, Post
from members.roles import Permission
from workstations import cycles
from workstations.cycles import Cycle, Shift
from workstations.models.activities import Activity, ActivityKind
from workstations.models.stations import StationKind, Workstation
from workstations.states import TASK_MOVES, TONES, TaskState


class Owed(models.TextChoices):
    """Who owes a task."""

    MEMBERS = "members", "每位委员"
    STANDING = "standing", "每位常委"
    BODIES = "bodies", "每个机构（负责人办）"
    BODY_MEMBERS = "body_members", "所选机构的每位委员"
    STATIONS = "stations", "每个站点（站长办）"


class Makes(models.TextChoices):
    TASK = "task", "任务"
    MEETING = "meeting", "会议"


def bodies_run_by(user):
    """The bodies whose daily work `user` looks after: as their leader, or as their clerk (row 25)."""
    if not user.is_authenticated:
        return Body.objects.none()
    led = Membership.objects.in_force().leading().filter(member__user=user).values("body")
    return Body.objects.filter(Q(pk__in=led) | Q(pk__in=user.bodies_with(Permission.DUTY_LOOK_AFTER)))


def members_of(bodies):
    """Members in force who hold a post in one of `bodies`, or whose sector it is."""
    held = Membership.objects.in_force().filter(body__in=bodies, member__isnull=False).values("member")
    return Member.objects.in_force().filter(Q(pk__in=held) | Q(sector__in=bodies))


class DutyRuleQuerySet(OwnedQuerySet):
    def managed_by(self, user):
        """The office's: it changes and ends any rule of its committee."""
        return self.filter(committee__in=user.committees_with(Permission.DUTY_MANAGE))

    def looked_after_by(self, user):
        """The office's; and those under which somebody of the bodies that `user` runs owes something."""
        owed = DutyTask.objects.looked_after_by(user).values("rule")
        return self.filter(Q(pk__in=self.managed_by(user).values("pk")) | Q(pk__in=owed))


class DutyRule(models.Model):
    """周期任务规则: what is due in every period, from whom, by when; also a 委员作业 set once (rows 19, 39, 52 …).

    `day` is the weekday 1–7 of a week, else the day of the period's last month; empty means the period's last day.
    A rule that makes meetings calls the body's members of `tiers`, one of `rotation` parts of them at a time (row 52).
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="duty_rules", verbose_name="政协")
    name = models.CharField("名称", max_length=64)
    instructions = models.TextField("要求", blank=True, validators=[MaxLengthValidator(2000)])
    makes = models.CharField("产生", max_length=8, choices=Makes, default=Makes.TASK)
    cycle = models.CharField("周期", max_length=12, choices=Cycle)
    day = models.PositiveSmallIntegerField(
        "第几天到期", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text="每周填 1–7；其他填当月（末月）几号，空为周期最后一天",
    )  # fmt: skip
    due_on = models.DateField("到期日", null=True, blank=True, help_text="只办一次的填写")
    shift = models.CharField("遇节假日", max_length=8, choices=Shift, default=Shift.KEEP)
    owed_by = models.CharField("由谁完成", max_length=16, choices=Owed, default=Owed.MEMBERS)
    body_kind = models.CharField("机构类别", max_length=24, choices=BodyKind, blank=True)
    bodies = models.ManyToManyField(Body, blank=True, related_name="duty_rules", verbose_name="指定机构")
    station_kind = models.CharField("站点类别", max_length=24, choices=StationKind, blank=True)
    members = models.ManyToManyField(Member, blank=True, related_name="+", verbose_name="指定委员")
    asks_number = models.CharField("要填的数", max_length=32, blank=True, help_text="如：收集意见条数")
    shortest = models.PositiveSmallIntegerField("至少写多少字", default=10)
    is_graded = models.BooleanField("批阅并评等", default=False)
    is_restricted = models.BooleanField("仅限办公室查阅", default=False, help_text="如思想状况分析")
    fact = models.CharField("记为", max_length=24, choices=Fact, default=Fact.TASK)
    detail = models.CharField("类别", max_length=32, blank=True)
    activity_kind = models.CharField("会议类别", max_length=24, choices=ActivityKind, blank=True)
    tiers = models.JSONField("召集哪些职务", default=list, blank=True)
    rotation = models.PositiveSmallIntegerField("分几批轮流", default=1, validators=[MinValueValidator(1)])
    since = models.DateField("起", default=timezone.localdate)
    until = models.DateField("止", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)
    last_period = models.CharField("已生成到", max_length=12, blank=True, editable=False)

    objects = DutyRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "周期任务规则"
        ordering = ["committee", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "name"], name="duty_rule_once", violation_error_message="本会已有同名的任务。"
            ),
            models.CheckConstraint(condition=Q(cycle__in=Cycle.values), name="duty_rule_cycle_known"),
            models.CheckConstraint(
                condition=~Q(cycle=Cycle.ONCE) | Q(due_on__isnull=False),
                name="duty_rule_once_has_date",
                violation_error_message="只办一次的任务要写到期日。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="duty_rule_ends_after_start"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("duty-rule", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def due_words(self) -> str:
        """When it is due, in every period."""
        return "" if self.cycle == Cycle.ONCE else cycles.words(self.cycle, self.day)

    @property
    def tier_labels(self) -> str:
        return "、".join(Post(post).label for post in self.tiers if post in Post.values)


class TaskGrade(models.TextChoices):
    """评等 of what was handed in (row 40)."""

    EXCELLENT = "优秀", "优秀"
    GOOD = "良好", "良好"
    FAIR = "一般", "一般"


class DutyTaskQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those one looks after."""
        if not user.is_authenticated:
            return self.none()
        looked_after = self.model.objects.looked_after_by(user).values("pk")
        return self.filter(Q(assignee=user) | Q(pk__in=looked_after))

    def looked_after_by(self, user):
        """All to the office; those of a body and its members to its leaders and clerks, unless restricted.

        A task of a party organisation tells who is in the party: it goes to those who run that organisation only.
        """
        if not user.is_authenticated:
            return self.none()
        bodies = bodies_run_by(user).values("pk")
        untold = Q(body__kind=BodyKind.PARTY_ORGANISATION)
        run = Q(body__in=bodies) | Q(member__in=members_of(bodies).values("pk")) & ~untold
        office = Q(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        return self.filter(office | Q(rule__is_restricted=False) & run)

    def of(self, user):
        return self.filter(assignee=user)

    def open(self):
        return self.filter(state=TaskState.OPEN)

    def handed_in_late(self):
        """After the due day, by the site's calendar."""
        return self.filter(done_at__date__gt=F("due_on"))

    def settled(self):
        """Handed in, whether read already or not."""
        return self.filter(state__in=[TaskState.DONE, TaskState.READ])


class DutyTask(models.Model):
    """周期任务: what one person owes for one period, for oneself, a body or a station; handed in, read, graded."""

    TRANSITIONS = TASK_MOVES

    rule = models.ForeignKey(DutyRule, on_delete=models.PROTECT, related_name="tasks", verbose_name="规则")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="政协")
    period = models.CharField("周期", max_length=12)
    period_label = models.CharField("周期名称", max_length=24)
    title = models.CharField("任务", max_length=100)
    target = models.CharField(max_length=32, editable=False)  # “member:5”, “body:7”, “station:3”
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="duty_tasks", verbose_name="责任人"
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="duty_tasks", verbose_name="委员"
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="duty_tasks", verbose_name="机构"
    )
    station = models.ForeignKey(
        Workstation, on_delete=models.PROTECT, null=True, blank=True, related_name="duty_tasks", verbose_name="站点"
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="duty_tasks", verbose_name="会议"
    )
    due_on = models.DateField("期限")
    due_why = models.JSONField("期限依据", default=dict, editable=False)
    state = models.CharField("状态", max_length=12, choices=TaskState, default=TaskState.OPEN, editable=False)
    words = models.TextField("内容", blank=True, validators=[MaxLengthValidator(5000)])
    number = models.PositiveIntegerField("数量", null=True, blank=True)
    done_at = models.DateTimeField("提交时间", null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="提交人",
    )  # fmt: skip
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="批阅人",
    )  # fmt: skip
    read_at = models.DateTimeField("批阅时间", null=True, editable=False)
    grade = models.CharField("评等", max_length=8, blank=True, choices=TaskGrade)
    remark = models.CharField("批语", max_length=300, blank=True)
    updated_at = models.DateTimeField("更新时间", editable=False)

    objects = DutyTaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "周期任务"
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["assignee", "state", "due_on"], name="duty_task_of"),
            models.Index(fields=["committee", "state", "-id"], name="duty_task_state"),
            models.Index(fields=["rule", "period"], name="duty_task_period"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["rule", "period", "target"], name="duty_task_once"),
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="duty_task_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[TaskState.DONE, TaskState.READ]) | Q(done_at__isnull=False),
                name="duty_task_done_has_time",
            ),
        ]

    def __str__(self):
        return f"{self.title}（{self.period_label}）"

    def get_absolute_url(self):
        return reverse("duty-task", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES.get(self.state, "soon")

    @property
    def is_settled(self) -> bool:
        return self.state != TaskState.OPEN

    @property
    def is_late(self) -> bool:
        """Whether it was handed in after the due day; marked, not refused."""
        return self.done_at is not None and timezone.localdate(self.done_at) > self.due_on

    @property
    def owed_by(self) -> str:
        """For whom: the member, else the body or the station whose head does it."""
        return str(self.member or self.body or self.station)

    @property
    def doer(self) -> str:
        """Who does it, where that is not said by whose it is."""
        if self.member_id:
            return ""
        return str(self.assignee) if self.assignee_id else "还没有负责人"
