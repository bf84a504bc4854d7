from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.models import Member
from members.roles import Permission
from workstations.models.stations import Workstation
from workstations.models.words import Word
from workstations.states import SWAP_MOVES, SWAP_TONES, SwapState


class ReceptionShiftQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(cancelled_at__isnull=True)

    def visible_to(self, user):
        """When which member receives the public is public as the station is."""
        return self.filter(station__in=Workstation.objects.visible_to(user).values("pk"))


class ReceptionShift(models.Model):
    """接待值班: one member receives the public at one station on one day (rows 69, 101; 清新: every Wednesday)."""

    station = models.ForeignKey(Workstation, on_delete=models.PROTECT, related_name="shifts", verbose_name="站点")
    on = models.DateField("日期")
    starts = models.TimeField("开始")
    ends = models.TimeField("结束")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="shifts", verbose_name="值班委员")
    kept = models.BooleanField("已到岗", null=True, editable=False)
    cancelled_at = models.DateTimeField("取消时间", null=True, editable=False)
    why_cancelled = models.CharField("取消原因", max_length=200, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", editable=False)

    objects = ReceptionShiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接待值班"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["station", "on"], name="shift_day"),
            models.Index(fields=["member", "on"], name="shift_member"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="shift_ends_after_start"),
            models.UniqueConstraint(
                fields=["station", "on", "member"],
                condition=Q(cancelled_at__isnull=True),
                name="shift_once",
                violation_error_message="这位委员这一天已经排了班。",
            ),
        ]

    def __str__(self):
        return f"{self.station} {self.on} {self.member}"

    @property
    def scope(self):
        return self.station.committee_id


class ShiftSwapQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The two who swap, and who manages or keeps the station."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(shift__member__user=user)
            | Q(asked__user=user)
            | Q(shift__station__committee__in=user.committees_with(Permission.STATION_MANAGE))
            | Q(shift__station__in=Workstation.objects.kept_by(user).values("pk"))
        )


class ShiftSwap(models.Model):
    """换班: who cannot come asks a colleague; the shift is the colleague's as soon as the answer is yes."""

    TRANSITIONS = SWAP_MOVES

    shift = models.ForeignKey(ReceptionShift, on_delete=models.PROTECT, related_name="swaps", verbose_name="值班")
    giver = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name="提出人")
    asked = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="swaps_asked", verbose_name="请谁代班")
    reason = models.CharField("原因", max_length=100)
    state = models.CharField("状态", max_length=12, choices=SwapState, default=SwapState.ASKED, editable=False)
    asked_at = models.DateTimeField("提出时间", editable=False)
    answered_at = models.DateTimeField("答复时间", null=True, editable=False)

    objects = ShiftSwapQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "换班"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["shift"], condition=Q(state=SwapState.ASKED), name="shift_swap_one_open"),
            models.CheckConstraint(condition=~Q(giver=F("asked")), name="shift_swap_not_oneself"),
        ]

    def __str__(self):
        return f"{self.shift} → {self.asked}"

    @property
    def scope(self):
        return self.shift.station.committee_id

    @property
    def tone(self):
        return SWAP_TONES[self.state]


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who manages or keeps the station, and who was on duty."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(station__committee__in=user.committees_with(Permission.STATION_MANAGE))
            | Q(station__in=Workstation.objects.kept_by(user).values("pk"))
            | Q(shift__member__user=user)
        )


class Visit(models.Model):
    """来访登记: people came to a station; what they said is a word of its own (rows 69, 101)."""

    station = models.ForeignKey(Workstation, on_delete=models.PROTECT, related_name="visits", verbose_name="站点")
    shift = models.ForeignKey(
        ReceptionShift, on_delete=models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="值班"
    )
    on = models.DateField("日期")
    people = models.PositiveSmallIntegerField("来访人数", default=1)
    matter = models.CharField("来访事由", max_length=200)
    word = models.OneToOneField(
        Word, on_delete=models.PROTECT, null=True, editable=False, related_name="visit", verbose_name="群众反映"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "来访登记"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["station", "on"], name="visit_day")]
        constraints = [models.CheckConstraint(condition=Q(people__gte=1), name="visit_of_somebody")]

    def __str__(self):
        return f"{self.station} {self.on} {self.matter}"

    @property
    def scope(self):
        return self.station.committee_id
