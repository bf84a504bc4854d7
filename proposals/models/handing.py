from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Committee, Organisation
from members.roles import Permission
from proposals.models.assignments import Assignment
from proposals.models.plenaries import Plenary
from proposals.models.proposals import Proposal
from proposals.states import TONES, AssignmentRole, HandingState


class HandingMeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(committee__in=user.committees_with(Permission.PROPOSAL_VIEW))


class HandingMeeting(models.Model):
    """交办会: the meeting at which proposals are handed to units, as one batch (domain 1.3)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="handings", verbose_name="政协")
    plenary = models.ForeignKey(
        Plenary, on_delete=models.PROTECT, null=True, blank=True, related_name="handings", verbose_name="届次"
    )
    name = models.CharField("名称", max_length=64)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=64, blank=True)
    due_on = models.DateField("答复期限")
    opinion_due_on = models.DateField("会办意见期限")
    duty = models.CharField("定责任", max_length=500, default="会同有关单位研究办理，按期书面答复提案者。")
    quality = models.CharField("定质量", max_length=500, default="逐条答复，沟通率、答复率百分之百，提案者满意。")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="筹备人"
    )
    done_at = models.DateTimeField("交办时间", null=True, editable=False)

    objects = HandingMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "交办会"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "name", "held_on"], name="handing_meeting_once"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("handing-meeting", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id


class Handing(models.Model):
    """拟交办: one line of a meeting: which proposal to which unit in which part; refused ones keep the reason."""

    meeting = models.ForeignKey(HandingMeeting, on_delete=models.PROTECT, related_name="lines", verbose_name="交办会")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="handings", verbose_name="提案")
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="承办单位")
    role = models.CharField("分工", max_length=8, choices=AssignmentRole, default=AssignmentRole.LEAD)
    state = models.CharField("状态", max_length=8, choices=HandingState, default=HandingState.PLANNED, editable=False)
    why_not = models.CharField("未能交办的原因", max_length=300, blank=True, editable=False)
    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, null=True, editable=False, related_name="handing", verbose_name="交办件"
    )

    class Meta:
        verbose_name = verbose_name_plural = "拟交办"
        ordering = ["meeting", "proposal", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "proposal", "unit"], name="handing_once"),
            models.UniqueConstraint(
                fields=["meeting", "proposal"], condition=Q(role=AssignmentRole.LEAD), name="handing_one_lead"
            ),
        ]

    def __str__(self):
        return f"{self.proposal} {self.get_role_display()} {self.unit}"

    @property
    def tone(self):
        return TONES.get(self.state, "late")
