from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse

from members.models import BodyKind, Committee, FactFilter, OwnedQuerySet
from workstations.models.stations import StationKind


class QuotaSubject(models.TextChoices):
    MEMBER = "member", "每位委员"
    BODY = "body", "每个机构"
    STATION = "station", "每个站点"


class Quota(models.Model):
    """定额: so much of each in a period, by every member, body or station (六个一, 四个一; rows 45, 97, 194)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="quotas", verbose_name="政协")
    name = models.CharField("名称", max_length=32)
    subject = models.CharField("对谁", max_length=8, choices=QuotaSubject, default=QuotaSubject.MEMBER)
    body_kind = models.CharField("机构类别", max_length=24, choices=BodyKind, blank=True)
    station_kind = models.CharField("站点类别", max_length=24, choices=StationKind, blank=True)
    is_active = models.BooleanField("启用", default=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "定额"
        ordering = ["committee", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "name"], name="quota_once", violation_error_message="本会已有同名的定额。"
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("quota", args=[self.pk])


class Span(models.TextChoices):
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF_YEAR = "half_year", "每半年"
    YEAR = "year", "每年"


class QuotaLine(FactFilter):
    """定额项目: so many of these facts at least in every month, quarter, half-year or year."""

    quota = models.ForeignKey(Quota, on_delete=models.CASCADE, related_name="lines", verbose_name="定额")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("项目", max_length=64)
    at_least = models.PositiveSmallIntegerField("至少", default=1, validators=[MinValueValidator(1)])
    span = models.CharField("周期", max_length=12, choices=Span, default=Span.YEAR)

    class Meta:
        verbose_name = verbose_name_plural = "定额项目"
        ordering = ["quota", "position", "pk"]

    def __str__(self):
        return self.name
