from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models import Committee
from members.roles import Permission
from workstations.models.stations import Workstation


class CalendarThemeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Themes are public."""
        return self

    def run_by(self, user):
        """Those that `user` sets: the office all of its committee, a keeper those of the station."""
        office = models.Q(committee__in=user.committees_with(Permission.DUTY_MANAGE))
        return self.filter(office | models.Q(station__in=Workstation.objects.kept_by(user).values("pk")))


class CalendarTheme(models.Model):
    """月度主题: what a committee or a station turns to in a month (一月一主题, row 43)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="政协")
    station = models.ForeignKey(
        Workstation, on_delete=models.CASCADE, null=True, blank=True, related_name="themes", verbose_name="站点"
    )
    year = models.PositiveSmallIntegerField("年")
    month = models.PositiveSmallIntegerField("月", choices=[(n, f"{n}月") for n in range(1, 13)])
    theme = models.CharField("主题", max_length=64)

    objects = CalendarThemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "月度主题"
        ordering = ["year", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year", "month"], condition=Q(station=None), name="theme_once_a_month"
            ),
            models.UniqueConstraint(
                fields=["station", "year", "month"], condition=Q(station__isnull=False), name="theme_of_station_once"
            ),
        ]

    def __str__(self):
        return f"{self.year}年{self.month}月 {self.theme}"

    @property
    def scope(self):
        return self.committee_id


class CalendarFeed(models.Model):
    """日历订阅: a person's secret address for calendar programs; only its digest is kept, a new one ends the old."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed", verbose_name="用户"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("建立时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"

    def __str__(self):
        return f"{self.user}的日历订阅"
