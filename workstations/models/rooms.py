import re

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from workstations.models.stations import Workstation


class RoomQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A station's rooms are public as the station is."""
        return self.filter(station__in=Workstation.objects.visible_to(user).values("pk"))

    def open(self):
        return self.filter(is_open=True)


class Room(models.Model):
    """功能室: a room of a station with all its uses; 一室多用 is the point (row 160)."""

    station = models.ForeignKey(Workstation, on_delete=models.PROTECT, related_name="rooms", verbose_name="站点")
    name = models.CharField("名称", max_length=32, help_text="如：协商议事室")
    uses = models.CharField("用途", max_length=100, help_text="几项之间用顿号隔开，如：委员联络站、读书室、诗书画室")
    seats = models.PositiveSmallIntegerField("座位数", null=True, blank=True)
    is_open = models.BooleanField("启用", default=True, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "功能室"
        ordering = ["station", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "name"], name="room_once", violation_error_message="本站已有同名的功能室。"
            )
        ]

    def __str__(self):
        return f"{self.station} {self.name}"

    def get_absolute_url(self):
        return reverse("room", args=[self.pk])

    @property
    def scope(self):
        return self.station.committee_id

    @property
    def use_list(self) -> list[str]:
        return [use for use in re.split(r"[、，,；;]", self.uses) if use.strip()]


class RoomBookingQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(cancelled_at__isnull=True)

    def visible_to(self, user):
        """When a room is taken and for what is public as the room is."""
        return self.filter(room__in=Room.objects.visible_to(user).values("pk"))


class RoomBooking(models.Model):
    """功能室预约: a room for some hours of a day, for one purpose; no two that stand overlap (row 160)."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="bookings", verbose_name="功能室")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    purpose = models.CharField("用途", max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="预约人"
    )
    at = models.DateTimeField("登记时间", editable=False)
    cancelled_at = models.DateTimeField("取消时间", null=True, editable=False)

    objects = RoomBookingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "功能室预约"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["room", "starts_at"], condition=Q(cancelled_at__isnull=True), name="room_booking_time")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="room_booking_ends_after_start")
        ]

    def __str__(self):
        return f"{self.room} {self.purpose}"

    @property
    def hours(self) -> str:
        """09:00–11:30; with the day where it ends on another."""
        begins, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        until = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends.month}月{ends.day}日 {ends:%H:%M}"
        return f"{begins:%H:%M}–{until}"

    @property
    def when(self) -> str:
        """11月21日 09:00–11:30"""
        begins = timezone.localtime(self.starts_at)
        return f"{begins.month}月{begins.day}日 {self.hours}"

    @property
    def scope(self):
        return self.room.station.committee_id
