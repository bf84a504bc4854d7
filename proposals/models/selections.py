from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Committee, OwnedQuerySet
from proposals.models.plenaries import Plenary
from proposals.models.proposals import Proposal
from proposals.states import STAGES, SelectionKind, SelectionStage


class Selection(models.Model):
    """遴选: the choice of the key or the excellent proposals of a plenary, step by step (row 133, domain 1.8).

    Key ones are collected and decided by the chair meeting; excellent ones are collected, screened, deliberated and
    published. `stage` is the step that is under way; empty when all are done.
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="selections", verbose_name="政协")
    kind = models.CharField("遴选", max_length=12, choices=SelectionKind)
    plenary = models.ForeignKey(Plenary, on_delete=models.PROTECT, related_name="selections", verbose_name="届次")
    stage = models.CharField("进行到", max_length=12, choices=SelectionStage, blank=True, editable=False)
    opened_at = models.DateTimeField("开始时间", editable=False)
    closed_at = models.DateTimeField("完成时间", null=True, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提案遴选"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["plenary", "kind"], name="selection_once"),
            models.CheckConstraint(condition=Q(kind__in=SelectionKind.values), name="selection_kind_known"),
        ]

    def __str__(self):
        return f"{self.plenary}{self.get_kind_display()}遴选"

    def get_absolute_url(self):
        return reverse("selection", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def stages(self) -> tuple:
        return STAGES[self.kind]


class SelectionStep(models.Model):
    """遴选步骤: one finished step, by whom and when."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="steps", verbose_name="遴选")
    stage = models.CharField("步骤", max_length=12, choices=SelectionStage)
    on = models.DateField("日期")
    meeting = models.CharField("会议或机构", max_length=64, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "遴选步骤"
        ordering = ["selection", "pk"]
        constraints = [models.UniqueConstraint(fields=["selection", "stage"], name="selection_step_once")]

    def __str__(self):
        return f"{self.selection} {self.get_stage_display()}"


class Candidate(models.Model):
    """候选提案: why it came up, how far it got, and of a chosen key one who leads and who supervises it."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="candidates", verbose_name="遴选")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="candidacies", verbose_name="提案")
    why = models.CharField("推荐理由", max_length=200)
    is_automatic = models.BooleanField("按规则列入", default=False, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name="推荐人",
    )  # fmt: skip
    dropped_at = models.CharField("落选于", max_length=12, choices=SelectionStage, blank=True, editable=False)
    words = models.CharField("意见", max_length=200, blank=True)
    is_chosen = models.BooleanField("入选", default=False, editable=False)
    led_by = models.CharField("领办领导", max_length=64, blank=True)
    supervised_by = models.CharField("督办领导", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "候选提案"
        ordering = ["selection", "pk"]
        constraints = [models.UniqueConstraint(fields=["selection", "proposal"], name="candidate_once")]

    def __str__(self):
        return str(self.proposal)
