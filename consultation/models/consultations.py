import uuid

from django.core.validators import MaxLengthValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from consultation.models.plans import PlanItem
from consultation.models.topics import Topic
from consultation.states import (
    CONSULTATION_MOVES,
    PUBLIC_CONSULTATIONS,
    TONES,
    Category,
    Channel,
    ConsultationForm,
    ConsultationState,
)
from consultation.steps import SPECS, ProcedureKind, StepKind
from members.models import Committee, Member, Organisation
from members.roles import Permission
from proposals.models import MicroProposal

S = ConsultationState
WEB_ADDRESS = URLValidator(["https", "http"], message="请填写完整的网址，以 https:// 开头。")
AGENDA_KINDS = [(kind.value, kind.label) for kind in StepKind if SPECS[kind].procedure == ProcedureKind.AGENDA]


class ConsultationQuerySet(SearchQuerySet):
    def public(self):
        """Under way or over, and not kept inside."""
        return self.filter(is_public=True, state__in=PUBLIC_CONSULTATIONS)

    def at_office(self, user):
        return self.filter(committee__in=user.committees_with(Permission.OFFICE_WORK))

    def visible_to(self, user):
        """The public ones; a committee's staff all of theirs, a member those to which the member is invited."""
        public = Q(is_public=True, state__in=PUBLIC_CONSULTATIONS)
        if not user.is_authenticated:
            return self.filter(public)
        invited = Participant.objects.filter(member__in=user.member_ids.values()).values("session__consultation")
        return self.filter(public | Q(committee__in=user.committees_with(Permission.OFFICE_WORK)) | Q(pk__in=invited))


class Consultation(Searchable):
    """协商活动: one event of any form, run under its own copy of a procedure (rows 8, 29, 30)."""

    TRANSITIONS = CONSULTATION_MOVES

    key = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="consultations", verbose_name="政协"
    )
    year = models.PositiveSmallIntegerField("年度", editable=False)
    plan_item = models.ForeignKey(
        PlanItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="consultations",
        verbose_name="计划事项",
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations", verbose_name="议题"
    )
    micro = models.ForeignKey(
        MicroProposal, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="consultations",
        verbose_name="来自微建议",
    )  # fmt: skip
    title = models.CharField("名称", max_length=100)
    summary = models.TextField("情况介绍", blank=True, validators=[MaxLengthValidator(2000)])
    form = models.CharField("协商形式", max_length=24, choices=ConsultationForm)
    channel = models.CharField("方式", max_length=16, choices=Channel, default=Channel.IN_ROOM)
    place = models.CharField("地点", max_length=100, blank=True)
    workstation = models.ForeignKey(
        "workstations.Workstation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="consultations",
        verbose_name="委员工作室",
    )
    conveners = models.CharField("召集人", max_length=128, blank=True, help_text="姓名和职务；双召集人写两位")
    is_public = models.BooleanField("向社会公开", default=True)
    procedure_name = models.CharField("协商规程", max_length=32, blank=True, editable=False)
    state = models.CharField("状态", max_length=16, choices=S, default=S.PLANNED, editable=False)
    held_on = models.DateField("开会日期", null=True, editable=False)
    called_off_because = models.CharField("取消原因", max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField("建立时间", editable=False)
    created_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="建立人"
    )
    updated_at = models.DateTimeField("更新时间", editable=False, db_index=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "协商活动"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="consultation_state"),
            models.Index(fields=["committee", "form", "-id"], name="consultation_form"),
            models.Index(fields=["committee", "year", "-id"], name="consultation_year"),
            models.Index(
                fields=["committee", "-id"],
                name="consultation_public",
                condition=Q(is_public=True, state__in=list(PUBLIC_CONSULTATIONS)),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["plan_item"],
                condition=Q(state__in=[S.PLANNED, S.RUNNING]),
                name="consultation_one_open_of_item",
            ),
            models.UniqueConstraint(
                fields=["micro"],
                condition=Q(state__in=[S.PLANNED, S.RUNNING]),
                name="consultation_one_open_of_micro",
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="consultation_state_known"),
            models.CheckConstraint(condition=Q(form__in=ConsultationForm.values), name="consultation_form_known"),
            models.CheckConstraint(
                condition=Q(state__in=[S.PLANNED, S.CALLED_OFF]) | ~Q(procedure_name=""),
                name="consultation_started_by_procedure",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.CONCLUDED, S.ARCHIVED]) | Q(held_on__isnull=False),
                name="consultation_concluded_was_held",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.CALLED_OFF) | ~Q(called_off_because=""), name="consultation_called_off_says_why"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("consultation-detail", args=[self.pk])

    @property
    def public_url(self) -> str:
        return reverse("consultation-public", args=[self.committee.slug, self.pk])

    def search_document(self):
        return f"{self.title} {self.summary} {self.place} {self.conveners}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def is_open(self) -> bool:
        return self.state in (S.PLANNED, S.RUNNING)

    @property
    def is_shown(self) -> bool:
        """Whether the public has a page of it."""
        return self.is_public and self.state in PUBLIC_CONSULTATIONS


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(consultation__in=Consultation.objects.visible_to(user).values("pk"))


class Session(models.Model):
    """协商会议: one sitting of a consultation, in a room or on line, with agenda, people and minutes (rows 3, 30)."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="sessions", verbose_name="协商活动"
    )
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    place = models.CharField("地点", max_length=100, blank=True)
    remote_link = models.CharField("视频会议链接", max_length=200, blank=True, validators=[WEB_ADDRESS])
    live_link = models.CharField("直播链接", max_length=200, blank=True, validators=[WEB_ADDRESS])
    minutes = models.TextField("协商纪要", blank=True, validators=[MaxLengthValidator(20000)])
    minutes_version = models.PositiveSmallIntegerField("纪要版次", default=0, editable=False)
    minutes_published_at = models.DateTimeField("纪要公开时间", null=True, editable=False)
    updated_at = models.DateTimeField("更新时间", editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "协商会议"
        ordering = ["consultation", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "starts_at"],
                name="session_once",
                violation_error_message="这个时间已经安排了一次会议。",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_start",
                violation_error_message="结束时间须晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(minutes_published_at__isnull=True) | ~Q(minutes=""), name="session_published_has_minutes"
            ),
        ]

    def __str__(self):
        return f"{self.consultation} 会议"

    def get_absolute_url(self):
        return reverse("session-detail", args=[self.pk])

    @property
    def scope(self):
        return self.consultation.committee_id


class AgendaItem(models.Model):
    """议程: one point of a session, first copied from the procedure's meeting agenda (四步议事, 通报情况 …)."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="agenda", verbose_name="会议")
    position = models.PositiveSmallIntegerField("顺序")
    kind = models.CharField("类型", max_length=16, choices=AGENDA_KINDS)
    title = models.CharField("内容", max_length=100)
    speaker = models.CharField("发言人", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "议程"
        ordering = ["session", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[kind for kind, _ in AGENDA_KINDS]), name="agenda_kind_known")
        ]

    def __str__(self):
        return self.title


class Participant(models.Model):
    """参会人员: somebody at a session, in one of the four categories (domain 4.3)."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="participants", verbose_name="会议")
    category = models.CharField("类别", max_length=16, choices=Category)
    name = models.CharField("姓名", max_length=32)
    role = models.CharField("单位职务", max_length=64, blank=True)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="participations", verbose_name="委员"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    attended = models.BooleanField("到会", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "参会人员"
        ordering = ["session", "category", "pk"]
        indexes = [models.Index(fields=["member", "session"], name="participant_member")]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "member"], condition=Q(member__isnull=False), name="participant_member_once"
            ),
            models.UniqueConstraint(fields=["session", "category", "name", "role"], name="participant_once"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="participant_category_known"),
            models.CheckConstraint(
                condition=Q(member__isnull=True) | Q(category=Category.MEMBER), name="participant_member_is_member"
            ),
        ]

    def __str__(self):
        return self.name
