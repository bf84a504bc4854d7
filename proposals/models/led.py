from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Body, Member, Membership
from proposals.models.micro import MicroProposal
from proposals.states import PublicationLevel, Satisfaction

LEADING = Q(ended_at__isnull=True)


class LeadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those whose whole story one may read."""
        return self.filter(micro__in=MicroProposal.objects.followed_by(user).values("pk"))

    def standing(self):
        """The lead that a micro-proposal has now; those that were taken back are history."""
        return self.filter(LEADING)

    def of(self, user):
        """Standing ones that `user` leads, or that a body leads in which `user` sits."""
        mine = user.member_ids.values()
        seats = Membership.objects.in_force().filter(member__in=mine)
        return self.standing().filter(Q(member__in=mine) | Q(body__in=seats.values("body")))


class MicroLead(models.Model):
    """领办: a special committee, another body or a member takes a micro-proposal on, instead of a unit that it is
    handed to (row 116).

    It is finished with a result, which the author rates; `ended_at` says that the desk took it back before the end.
    """

    micro = models.ForeignKey(MicroProposal, on_delete=models.PROTECT, related_name="leads", verbose_name="微建议")
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="领办机构"
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="led_micros", verbose_name="领办委员"
    )
    team = models.CharField("办理小组", max_length=200, blank=True, help_text="参加的人，如：张三、李四")
    due_on = models.DateField("期限")
    due_why = models.JSONField("期限说明", default=dict, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="确定人"
    )
    at = models.DateTimeField("时间", editable=False)
    result = models.TextField("领办结果", blank=True, validators=[MaxLengthValidator(2000)])
    publication = models.CharField(
        "公开方式", max_length=8, choices=PublicationLevel, default=PublicationLevel.NONE, editable=False
    )
    private_reason = models.CharField("不公开的理由", max_length=200, blank=True, editable=False)
    finished_at = models.DateTimeField("完成时间", null=True, editable=False)
    satisfaction = models.CharField("评价", max_length=16, choices=Satisfaction, blank=True, editable=False)
    rating_words = models.CharField("评价意见", max_length=500, blank=True, editable=False)
    rated_at = models.DateTimeField("评价时间", null=True, editable=False)
    ended_at = models.DateTimeField("收回时间", null=True, editable=False)
    end_reason = models.CharField("收回原因", max_length=500, blank=True, editable=False)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "领办"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["member", "-id"], name="micro_lead_member"),
            models.Index(fields=["body", "-id"], name="micro_lead_body"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["micro"], condition=LEADING, name="micro_lead_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(body__isnull=False, member__isnull=True) | Q(body__isnull=True, member__isnull=False),
                name="micro_lead_is_one",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | ~Q(result=""), name="micro_lead_finished_has_result"
            ),
            models.CheckConstraint(
                condition=Q(rated_at__isnull=True, satisfaction="")
                | Q(rated_at__isnull=False, finished_at__isnull=False, satisfaction__in=Satisfaction.values),
                name="micro_lead_rated_when_finished",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(end_reason=""), name="micro_lead_ended_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.leader}领办"

    def get_absolute_url(self):
        return reverse("led-detail", args=[self.pk])

    @property
    def scope(self):
        return self.micro.committee_id

    @property
    def leader(self) -> str:
        return str(self.body or self.member)

    @property
    def is_open(self) -> bool:
        """Whether the leader still owes a result."""
        return self.finished_at is None and self.ended_at is None

    @property
    def is_unrated(self) -> bool:
        return self.finished_at is not None and self.rated_at is None and self.ended_at is None

    @property
    def standing_words(self) -> tuple[str, str]:
        """(tone, words) of where it stands."""
        if self.ended_at:
            return "closed", "已收回"
        if self.is_open:
            return "info", "领办中"
        if self.rated_at is None:
            return "soon", "待评价"
        tone = "late" if self.satisfaction == Satisfaction.UNSATISFIED else "ok"
        return tone, self.get_satisfaction_display()


class LeadStepKind(models.TextChoices):
    VISIT = "visit", "走访"
    MICRO_CONSULTATION = "consultation", "微协商"
    MICRO_SUPERVISION = "supervision", "微监督"
    OTHER = "other", "其他"


class MicroLeadStep(models.Model):
    """领办记录: what was done on the way, 走访、微协商、微监督 (row 116)."""

    lead = models.ForeignKey(MicroLead, on_delete=models.PROTECT, related_name="steps", verbose_name="领办")
    kind = models.CharField("方式", max_length=12, choices=LeadStepKind)
    on = models.DateField("日期")
    words = models.CharField("情况", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "领办记录"
        ordering = ["lead", "on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["lead", "kind", "on", "words"], name="micro_lead_step_once"),
            models.CheckConstraint(condition=Q(kind__in=LeadStepKind.values), name="micro_lead_step_kind_known"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.on}"


class ResultTag(models.TextChoices):
    BUILD = "build", "微建设"
    SERVICE = "service", "微服务"


class ResultQuerySet(models.QuerySet):
    def public(self):
        """Of micro-proposals that are closed and published."""
        return self.filter(micro__in=MicroProposal.objects.public().values("pk"))

    def visible_to(self, user):
        return self.filter(micro__in=MicroProposal.objects.visible_to(user).values("pk"))

    def files_visible_to(self, user):
        return self.filter(micro__in=MicroProposal.objects.files_visible_to(user).values("pk"))


class MicroResult(models.Model):
    """微建设、微服务: what was built or served after a micro-proposal, before and now, with photos (row 6)."""

    micro = models.ForeignKey(MicroProposal, on_delete=models.PROTECT, related_name="results", verbose_name="微建议")
    tag = models.CharField("类型", max_length=8, choices=ResultTag)
    title = models.CharField("做了什么", max_length=64, help_text="如：西街路口装了信号灯")
    before = models.CharField("原来怎样", max_length=200, blank=True)
    now = models.CharField("现在怎样", max_length=200, blank=True)
    on = models.DateField("建成或启用日期")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", editable=False)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "微建设和微服务"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["tag", "micro"], name="micro_result_tag")]
        constraints = [
            models.UniqueConstraint(
                fields=["micro", "title"], name="micro_result_once", violation_error_message="这件事已经登记过了。"
            ),
            models.CheckConstraint(condition=Q(tag__in=ResultTag.values), name="micro_result_tag_known"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.micro.get_absolute_url()

    @property
    def scope(self):
        return self.micro.committee_id
