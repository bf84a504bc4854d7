import secrets
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.facts import Fact
from members.models import Body, Committee, Member, Membership, Organisation, Region
from members.roles import Permission
from workstations.models.stations import Workstation
from workstations.states import ACTIVITY_MOVES, TONES, ActivityState, SeatState

WEB_ADDRESS = URLValidator(["https", "http"], message="请填写完整的网址，以 https:// 开头。")


class ActivityKind(models.TextChoices):
    PLENARY = "plenary", "全体会议"
    STANDING = "standing", "常委会会议"
    CHAIR_MEETING = "chair_meeting", "主席会议"
    COMMITTEE_MEETING = "committee_meeting", "专委会会议"
    SURVEY = "survey", "专题调研"
    INSPECTION = "inspection", "视察"
    VISIT = "visit", "走访"
    LECTURE = "lecture", "委员讲堂"
    FORUM = "forum", "委员论坛"
    TALK = "talk", "座谈"
    DELIBERATION = "deliberation", "议事厅"
    STUDY = "study", "学习"
    READING = "reading", "读书"
    TRAINING = "training", "培训"
    PROMOTION = "promotion", "推进会"
    CHARITY = "charity", "公益"
    PUBLICITY = "publicity", "政策宣讲"
    SALON = "salon", "沙龙（会客厅）"
    TEAM_VISIT = "team_visit", "工作队服务"
    PARTY_DAY = "party_day", "党组织活动"


FACTS = {
    ActivityKind.PLENARY: Fact.PLENARY,
    ActivityKind.STANDING: Fact.STANDING,
    ActivityKind.COMMITTEE_MEETING: Fact.COMMITTEE_MEETING,
    ActivityKind.TRAINING: Fact.TRAINING,
    ActivityKind.CHARITY: Fact.CHARITY,
}
"""As which fact attendance is recorded; any other kind is a 履职活动, with the kind as its detail."""

MEETINGS = (
    ActivityKind.PLENARY, ActivityKind.STANDING, ActivityKind.CHAIR_MEETING, ActivityKind.COMMITTEE_MEETING,
)  # fmt: skip
"""To these people are called up: who neither comes nor has leave is absent."""

WHOLE_COMMITTEE = (ActivityKind.PLENARY, ActivityKind.STANDING)
"""These call up members of the whole committee, whoever is named as the host; the office alone makes them."""


class Played(models.TextChoices):
    """五种角色 (row 37)."""

    PUBLICIST = "publicist", "宣传员"
    LIAISON = "liaison", "联络员"
    FIGHTER = "fighter", "战斗员"
    SUPERVISOR = "supervisor", "监督员"
    SERVANT = "servant", "勤务员"


OFFERED = Q(is_public=True, is_sensitive=False, state__in=[ActivityState.OPEN, ActivityState.HELD])


class ActivityQuerySet(SearchQuerySet):
    def public(self):
        return self.filter(OFFERED)

    def visible_to(self, user):
        """Public ones; published ones for the committee's members and office; all for those seated and who organise.

        Sensitive ones (row 207) only for those seated and who organise.
        """
        if not user.is_authenticated:
            return self.public()
        inside = {*user.member_ids, *user.committees_with(Permission.OFFICE_WORK)}
        published = Q(committee__in=inside, is_sensitive=False) & ~Q(state=ActivityState.DRAFT)
        seated = Q(pk__in=Seat.objects.filter(member__user=user).values("activity"))
        return self.filter(OFFERED | published | seated | Q(pk__in=self.model.objects.run_by(user).values("pk")))

    def run_by(self, user):
        """Those that `user` may organise: the office, and those of `led_by`."""
        office = Q(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        return self.filter(office | self._led(user))

    def led_by(self, user):
        """Those of the bodies that `user` leads or looks after and of the stations that `user` keeps."""
        return self.filter(self._led(user))

    @staticmethod
    def _led(user):
        led = Membership.objects.in_force().leading().filter(member__user=user).values("body")
        return (
            Q(body__in=led)
            | Q(body__in=user.bodies_with(Permission.DUTY_LOOK_AFTER))
            | Q(station__in=Workstation.objects.kept_by(user).values("pk"))
        )


class Activity(Searchable):
    """履职活动: one dated activity or meeting of any kind, with its host, call, seats, effects (rows 18, 37, 49, 65 …).

    `secret` makes the changing check-in code; `half_days` is what somebody who was there is credited with; `revision`
    counts the changes after publication, for calendars and reminders.
    """

    TRANSITIONS = ACTIVITY_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="activities", verbose_name="政协")
    kind = models.CharField("类别", max_length=24, choices=ActivityKind)
    title = models.CharField("名称", max_length=100)
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="主办机构"
    )
    station = models.ForeignKey(
        Workstation, on_delete=models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="站点"
    )
    sector = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="界别"
    )
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    half_days = models.DecimalField(
        "折合半天数", max_digits=4, decimal_places=1, default=1, validators=[MinValueValidator(0)]
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在地"
    )
    place = models.CharField("地点", max_length=100, blank=True)
    summary = models.TextField("内容安排", blank=True, validators=[MaxLengthValidator(2000)])
    topic = models.CharField("专题", max_length=64, blank=True)
    brand = models.CharField("品牌", max_length=32, blank=True, help_text="如：委员会客厅、社情民意直通车")
    campaign = models.CharField("专项行动", max_length=32, blank=True, help_text="如：两联一进")
    played = models.CharField("委员角色", max_length=12, choices=Played, blank=True)
    live_link = models.CharField("直播链接", max_length=200, blank=True, validators=[WEB_ADDRESS])
    guests = models.PositiveIntegerField(
        "群众代表到场人数", null=True, blank=True, help_text="到场的群众代表，不含委员和工作人员"
    )
    viewers = models.PositiveIntegerField("线上观看人次", null=True, blank=True)
    is_public = models.BooleanField("向社会公开", default=True)
    is_sensitive = models.BooleanField("仅应到人员可见", default=False, help_text="涉及宗教、民族等敏感情况的活动")
    opens_at = models.DateTimeField("报名开始", null=True, blank=True)
    closes_at = models.DateTimeField("报名截止", null=True, blank=True)
    capacity = models.PositiveSmallIntegerField("名额", null=True, blank=True, help_text="空为不限")
    state = models.CharField("状态", max_length=12, choices=ActivityState, default=ActivityState.DRAFT, editable=False)
    effect = models.TextField("成效", blank=True, validators=[MaxLengthValidator(2000)])
    called_off_because = models.CharField("取消原因", max_length=200, blank=True, editable=False)
    secret = models.CharField(max_length=43, default=secrets.token_urlsafe, editable=False)
    revision = models.PositiveSmallIntegerField("变更次数", default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="建立人",
    )  # fmt: skip
    created_at = models.DateTimeField("建立时间", editable=False)
    updated_at = models.DateTimeField("更新时间", editable=False, db_index=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "履职活动"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="activity_state"),
            models.Index(fields=["committee", "kind", "-id"], name="activity_kind"),
            models.Index(fields=["committee", "starts_at"], name="activity_when"),
            models.Index(fields=["body", "starts_at"], name="activity_of_body"),
            models.Index(fields=["station", "starts_at"], name="activity_of_station"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ActivityKind.values), name="activity_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ActivityState.values), name="activity_state_known"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="activity_ends_after_start",
                violation_error_message="结束时间须晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(opens_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="activity_call_closes_after_open",
                violation_error_message="报名截止须晚于报名开始。",
            ),
            models.CheckConstraint(
                condition=~Q(state=ActivityState.CALLED_OFF) | ~Q(called_off_because=""),
                name="activity_called_off_says_why",
            ),
            models.CheckConstraint(
                condition=Q(is_sensitive=False) | Q(is_public=False),
                name="activity_sensitive_is_not_public",
                violation_error_message="仅应到人员可见的活动不能同时向社会公开。",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("activity", args=[self.pk])

    def clean(self):
        """Hosts of another committee are refused; a committee's meeting says whose it is; sign-up ends by the start."""
        problems = {}
        for field, label in (("body", "主办机构"), ("station", "站点"), ("sector", "界别")):
            related = getattr(self, field)
            if related and related.committee_id != self.committee_id:
                problems[field] = f"{label}须属于同一个政协委员会。"
        if self.kind == ActivityKind.COMMITTEE_MEETING and not self.body_id:
            problems["body"] = "专委会会议要选主办机构，应到人员按它的组成人员确定。"
        if self.closes_at and self.starts_at and self.closes_at > self.starts_at:
            problems["closes_at"] = "报名截止不能晚于活动开始。"
        if problems:
            raise ValidationError(problems)

    def search_document(self):
        return f"{self.title} {self.topic} {self.brand} {self.campaign} {self.place} {self.summary} {self.effect}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def fact(self) -> Fact:
        return FACTS.get(self.kind, Fact.ACTIVITY)

    @property
    def is_meeting(self) -> bool:
        return self.kind in MEETINGS

    @property
    def host(self) -> str:
        """Who organises it, in words."""
        return str(self.body or self.station or self.committee)

    @property
    def public_host(self) -> str:
        """The same for everybody: a body that tells of a belief is not named."""
        return str(
            (self.body if self.body_id and not self.body.is_sensitive else None) or self.station or self.committee
        )

    def takes_sign_ups(self, at) -> bool:
        opened = self.opens_at is None or self.opens_at <= at
        return self.state == ActivityState.OPEN and opened and at < (self.closes_at or self.starts_at)


class Part(models.TextChoices):
    """Who leads, supports, hosts, takes part (row 1)."""

    LEAD = "lead", "牵头"
    SUPPORT = "support", "支持"
    HOST = "host", "承办"
    TAKE_PART = "take_part", "参与"


class Involvement(models.Model):
    """参与单位: an organisation's part in an activity: offices, parties, partner platforms (rows 1, 111)."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="involvements", verbose_name="活动")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    part = models.CharField("角色", max_length=12, choices=Part)

    class Meta:
        verbose_name = verbose_name_plural = "参与单位"
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "organisation", "part"], name="involvement_once"),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="involvement_part_known"),
        ]

    def __str__(self):
        return f"{self.organisation}{self.get_part_display()}"


class SubVenue(models.Model):
    """分会场: where else people follow a lecture, and how many (row 102)."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="venues", verbose_name="活动")
    name = models.CharField("名称", max_length=64)
    people = models.PositiveIntegerField("到场人数", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分会场"
        ordering = ["activity", "pk"]
        constraints = [models.UniqueConstraint(fields=["activity", "name"], name="sub_venue_once")]

    def __str__(self):
        return self.name


COMING = (SeatState.SIGNED_UP, SeatState.PRESENT, SeatState.LATE)
"""These take a place."""

WAS_THERE = (SeatState.PRESENT, SeatState.LATE)


class SeatQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those of the activities that one organises."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(member__user=user) | Q(activity__in=Activity.objects.run_by(user).values("pk")))

    def there(self):
        return self.filter(state__in=WAS_THERE)


class Seat(models.Model):
    """活动考勤: a member at an activity, from the call or the sign-up to the mark (domain 6.1)."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="seats", verbose_name="活动")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="seats", verbose_name="委员")
    state = models.CharField("状态", max_length=16, choices=SeatState, default=SeatState.INVITED, editable=False)
    is_called = models.BooleanField("应到", default=False, editable=False)
    half_days = models.DecimalField("到会半天数", max_digits=4, decimal_places=1, null=True, blank=True)
    leave_reason = models.CharField("请假原因", max_length=200, blank=True)
    leave_answer = models.CharField("准假意见", max_length=200, blank=True)
    speech = models.CharField("发言题目", max_length=100, blank=True)
    device = models.CharField(max_length=64, blank=True, editable=False)
    checked_in_at = models.DateTimeField("签到时间", null=True, editable=False)
    updated_at = models.DateTimeField("更新时间", editable=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动考勤"
        ordering = ["activity", "pk"]
        indexes = [models.Index(fields=["member", "-activity"], name="seat_of_member")]
        constraints = [
            models.UniqueConstraint(fields=["activity", "member"], name="seat_once"),
            models.UniqueConstraint(
                fields=["activity", "device"], condition=~Q(device=""), name="seat_one_device_one_member"
            ),
            models.CheckConstraint(condition=Q(state__in=SeatState.values), name="seat_state_known"),
            models.CheckConstraint(
                condition=~Q(state=SeatState.LEAVE_ASKED) | ~Q(leave_reason=""), name="seat_leave_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.member} {self.get_state_display()}"

    @property
    def was_there(self) -> bool:
        return self.state in WAS_THERE

    @property
    def scope(self):
        return self.activity.committee_id

    @property
    def tone(self):
        return TONES[self.state]


class EffectKind(models.TextChoices):
    UNIT = "unit", "深入基层单位"
    PROJECT = "project", "助力实事工程"
    RAISED = "raised", "反映问题"
    SOLVED = "solved", "解决问题"
    SUGGESTION = "suggestion", "提出建议"
    HELPED = "helped", "受益群众"
    MONEY = "money", "捐助资金（元）"


class Effect(models.Model):
    """成效: a figure with its words, counted over the year: units, projects, problems solved (rows 47, 134)."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="effects", verbose_name="活动")
    kind = models.CharField("成效", max_length=12, choices=EffectKind)
    name = models.CharField("名称", max_length=64, help_text="哪个单位、哪项工程、什么问题")
    number = models.PositiveIntegerField("数量", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "成效"
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "kind", "name"], name="effect_once"),
            models.CheckConstraint(condition=Q(kind__in=EffectKind.values), name="effect_kind_known"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.name}"
