from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from members.models.organisations import Committee
from members.models.owned import OwnedQuerySet
from members.models.regions import Region


class BodyKind(models.TextChoices):
    SPECIAL_COMMITTEE = "special_committee", "专门委员会"
    SECTOR = "sector", "界别"
    ACTIVITY_GROUP = "activity_group", "活动小组"
    DUTY_GROUP = "duty_group", "履职小组"
    LIAISON_GROUP = "liaison_group", "乡镇政协联络组"
    PARTY_ORGANISATION = "party_organisation", "党组织"
    SERVICE_TEAM = "service_team", "特色工作队"
    SUPERVISION_TEAM = "supervision_team", "监督小组"
    DELIBERATION_COUNCIL = "deliberation_council", "协商议事会"
    EXPERT_POOL = "expert_pool", "人才库"


class Body(models.Model):
    """组织机构: any group of people inside a committee; one tree with kinds (rows 15, 17, 23, 41, 50, 168 …)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="bodies", verbose_name="所属政协")
    kind = models.CharField("类别", max_length=24, choices=BodyKind)
    name = models.CharField("名称", max_length=64)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级机构"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name="行政区划")
    is_active = models.BooleanField("启用", default=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织机构"
        ordering = ["committee_id", "kind", "pk"]
        indexes = [models.Index(fields=["committee", "kind"], name="body_kind")]
        constraints = [
            models.UniqueConstraint(fields=["committee", "kind", "name"], name="body_name_once"),
            models.CheckConstraint(condition=Q(kind__in=BodyKind.values), name="body_kind_known"),
        ]

    def __str__(self):
        return self.name


class Post(models.TextChoices):
    DIRECTOR = "director", "主任"
    DEPUTY = "deputy", "副主任"
    MEMBER = "member", "委员"
    CONVENER = "convener", "召集人"
    LEADER = "leader", "组长"
    SECRETARY = "secretary", "政协秘书"


class InForceQuerySet(models.QuerySet):
    """Rows with `since` and `until` (dates, both inclusive; an empty end is open)."""

    def in_force(self, on=None):
        on = on or timezone.localdate()
        return self.filter(since__lte=on).filter(Q(until__isnull=True) | Q(until__gte=on))


class MembershipQuerySet(InForceQuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(body__committee__in=user.committee_ids)


class Membership(models.Model):
    """任职: a member's post in a body, from a day to a day; history is kept by closing, never by deleting."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="posts", verbose_name="机构")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="posts", verbose_name="委员")
    post = models.CharField("职务", max_length=16, choices=Post, default=Post.MEMBER)
    since = models.DateField("起", default=timezone.localdate)
    until = models.DateField("止", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["body_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "member", "post"], condition=Q(until__isnull=True), name="membership_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.body} {self.get_post_display()} {self.member}"
