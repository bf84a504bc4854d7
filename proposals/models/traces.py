from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Committee
from members.roles import Permission
from proposals.models.information import Bulletin, Information, Level
from proposals.models.proposals import Proposal


class TraceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who reads the committee's information; the public what was opened to it."""
        public = Q(is_public=True)
        if not user.is_authenticated:
            return self.filter(public)
        return self.filter(public | Q(committee__in=user.committees_with(Permission.INFORMATION_VIEW)))


class Trace(models.Model):
    """跟踪链: what one voice led to: 发言 → 批示 → 调研 → 专报 → 措施, one thread on one page (row 66)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="traces", verbose_name="政协")
    title = models.CharField("事项", max_length=64)
    is_public = models.BooleanField("公开", default=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = TraceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "跟踪链"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["committee", "title"], name="trace_once")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("trace", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id


class InstructionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Quoted words of leaders stay inside: who reads information, and who reads the proposal they are about."""
        if not user.is_authenticated:
            return self.none()
        read = Q(committee__in=user.committees_with(Permission.INFORMATION_VIEW))
        return self.filter(
            read | Q(committee__in=user.committees_with(Permission.PROPOSAL_VIEW), proposal__isnull=False)
        )


class Instruction(models.Model):
    """批示: what a leader wrote on an issue, a proposal or a report; quoted, dated, what followed (rows 66, 71)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="instructions", verbose_name="政协")
    bulletin = models.ForeignKey(
        Bulletin, on_delete=models.PROTECT, null=True, blank=True, related_name="instructions", verbose_name="专期"
    )
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="instructions", verbose_name="提案"
    )
    about = models.CharField("所批文件", max_length=100, blank=True, help_text="不是专期也不是提案的，写明文件名称")
    leader_name = models.CharField("批示领导", max_length=32)
    leader_post = models.CharField("职务", max_length=32)
    level = models.CharField("层级", max_length=12, choices=Level, default=Level.COUNTY)
    on = models.DateField("批示日期")
    quote = models.TextField("批示原文", validators=[MaxLengthValidator(1000)])
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", editable=False)

    objects = InstructionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批示"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["committee", "-on"], name="instruction_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(bulletin__isnull=False) | Q(proposal__isnull=False) | ~Q(about=""),
                name="instruction_is_about_something",
            ),
        ]

    def __str__(self):
        return f"{self.leader_name}（{self.leader_post}）{self.on}"

    def get_absolute_url(self):
        return reverse("instruction", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id


class InstructionStep(models.Model):
    """批示落实: what followed an instruction, in order."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="steps", verbose_name="批示")
    on = models.DateField("日期")
    who = models.CharField("单位", max_length=64)
    words = models.CharField("落实情况", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "批示落实"
        ordering = ["instruction", "on", "pk"]

    def __str__(self):
        return f"{self.on} {self.who}"


class TraceKind(models.TextChoices):
    VISIT = "visit", "走访"
    SPEECH = "speech", "发言"
    INFORMATION = "information", "社情民意信息"
    PROPOSAL = "proposal", "提案"
    INSTRUCTION = "instruction", "批示"
    SURVEY = "survey", "调研"
    REPORT = "report", "专报"
    MEASURE = "measure", "措施"
    EFFECT = "effect", "成效"


class TraceStep(models.Model):
    """跟踪环节: one link of the chain; it may point to a row of ours, or to a page elsewhere."""

    trace = models.ForeignKey(Trace, on_delete=models.PROTECT, related_name="steps", verbose_name="跟踪链")
    kind = models.CharField("环节", max_length=12, choices=TraceKind)
    on = models.DateField("日期")
    title = models.CharField("内容", max_length=100)
    who = models.CharField("单位或人员", max_length=64, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    url = models.URLField("链接", blank=True)
    information = models.ForeignKey(
        Information, on_delete=models.PROTECT, null=True, blank=True, related_name="traced", verbose_name="信息"
    )
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="traced", verbose_name="提案"
    )
    instruction = models.ForeignKey(
        Instruction, on_delete=models.PROTECT, null=True, blank=True, related_name="traced", verbose_name="批示"
    )

    class Meta:
        verbose_name = verbose_name_plural = "跟踪环节"
        ordering = ["trace", "on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TraceKind.values), name="trace_step_kind_known"),
            models.UniqueConstraint(fields=["trace", "kind", "on", "title"], name="trace_step_once"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.title}"
