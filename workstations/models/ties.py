from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from members.models import Body, InForceQuerySet, Member, Organisation
from workstations.models.stations import Workstation


class TieRole(models.TextChoices):
    LEADER = "leader", "联系领导"
    GUIDE = "guide", "指导机构"
    GROUP = "group", "界别小组"
    STUDY_GROUP = "study_group", "学习党小组"
    PARTNER = "partner", "对接单位"
    TARGET = "target", "联系对象"
    GOAL = "goal", "服务目标"


CHAIN = (TieRole.LEADER, TieRole.GUIDE, TieRole.GROUP, TieRole.STUDY_GROUP)
"""联系领导 → 指导机构 → 界别小组 → 学习党小组: how a station is led, from above (rows 153, 155)."""


class StationTieQuerySet(InForceQuerySet):
    def visible_to(self, user):
        """Who supports a station is public as the station is."""
        return self.filter(station__in=Workstation.objects.visible_to(user).values("pk"))

    def in_order(self):
        """Down the chain: who leads first, whom it serves last."""
        order = [models.When(role=role, then=position) for position, role in enumerate(TieRole)]
        return self.order_by(models.Case(*order, output_field=models.SmallIntegerField()), "since", "pk")


class StationTie(models.Model):
    """站点联系: who leads, guides, joins or is served by a station: the chain above it and its partners (rows 44, 89,
    153, 155); a member, a body, an organisation, or words where none of these fits."""

    station = models.ForeignKey(Workstation, on_delete=models.PROTECT, related_name="ties", verbose_name="站点")
    role = models.CharField("关系", max_length=12, choices=TieRole)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="station_ties", verbose_name="委员"
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="station_ties", verbose_name="机构"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="station_ties", verbose_name="单位"
    )
    words = models.CharField("说明", max_length=100, blank=True, help_text="如：社区居民；推动社区发展")
    since = models.DateField("起", default=timezone.localdate)
    until = models.DateField("止", null=True, blank=True)

    objects = StationTieQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "站点联系"
        ordering = ["station", "role", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=TieRole.values), name="station_tie_role_known"),
            models.CheckConstraint(
                condition=(
                    Q(member__isnull=False, body__isnull=True, organisation__isnull=True)
                    | Q(member__isnull=True, body__isnull=False, organisation__isnull=True)
                    | Q(member__isnull=True, body__isnull=True, organisation__isnull=False)
                    | Q(member__isnull=True, body__isnull=True, organisation__isnull=True) & ~Q(words="")
                ),
                name="station_tie_has_one_end",
                violation_error_message="请选一位委员、一个机构或一个单位，都没有时写明是谁。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="station_tie_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} {self.end}"

    @property
    def scope(self):
        return self.station.committee_id

    @property
    def end(self):
        """The other end, as a Member, a Body, an Organisation, or words."""
        return self.member or self.body or self.organisation or self.words

    def clean(self):
        """The other end belongs to the station's committee or to one above it."""
        end = self.member or self.body or self.organisation
        if self.station_id and end and not self.station.committee.is_below_or(end.committee_id):
            raise ValidationError("只能选本会或上级政协的委员、机构和单位。")
        if self.body_id and self.body.is_sensitive:
            raise ValidationError({"body": "这个机构不在公开页面出现，不能列在站点页面上。"})
