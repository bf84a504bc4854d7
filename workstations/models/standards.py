from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Committee
from members.roles import Permission
from workstations.models.stations import StationKind, Workstation
from workstations.states import INSPECTION_MOVES, INSPECTION_TONES, InspectionState


class StandardQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What is in use is public with what was found by it; the rest is for the committee's own people."""
        if not user.is_authenticated:
            return self.filter(is_active=True)
        return self.filter(Q(is_active=True) | Q(committee__in=user.committee_ids))


class Standard(models.Model):
    """建站标准: a checklist of a committee, such as 八有; a new wording is a new version (rows 106, 154, 177, 193)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="standards", verbose_name="政协")
    name = models.CharField("名称", max_length=32)
    version = models.PositiveSmallIntegerField("版次", default=1, editable=False)
    source = models.CharField("出处", max_length=100, blank=True)
    station_kind = models.CharField(
        "适用站点", max_length=24, choices=StationKind, blank=True, help_text="空为所有站点"
    )
    is_active = models.BooleanField("启用", default=True)

    objects = StandardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "建站标准"
        ordering = ["committee", "name", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "name", "version"],
                name="standard_once",
                violation_error_message="本会已有同名的建站标准。",
            ),
            models.UniqueConstraint(
                fields=["committee", "name"], condition=Q(is_active=True), name="standard_one_version_in_use"
            ),
        ]

    def __str__(self):
        return self.name if self.version == 1 else f"{self.name}（第 {self.version} 版）"

    def get_absolute_url(self):
        return reverse("standard", args=[self.pk])


class StandardItem(models.Model):
    """标准条目: one thing that a station should have."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="items", verbose_name="建站标准")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("条目", max_length=64)
    help = models.CharField("怎样算有", max_length=200, blank=True)
    needs_photo = models.BooleanField("须附照片", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "标准条目"
        ordering = ["standard", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["standard", "name"], name="standard_item_once")]

    def __str__(self):
        return self.name


class InspectionKind(models.TextChoices):
    SELF = "self", "自查"
    OFFICE = "office", "检查"


class InspectionQuerySet(models.QuerySet):
    def done(self):
        return self.filter(state=InspectionState.DONE)

    def visible_to(self, user):
        """What was found is public with the station; drafts are for who manages or keeps it."""
        public = Q(state=InspectionState.DONE, station__is_open=True)
        if not user.is_authenticated:
            return self.filter(public)
        managed = Q(station__committee__in=user.committees_with(Permission.STATION_MANAGE))
        return self.filter(public | managed | Q(station__in=Workstation.objects.kept_by(user).values("pk")))


class Inspection(models.Model):
    """建站检查: one station looked at by one standard, by its keeper or by the office (rows 106, 154, 177)."""

    TRANSITIONS = INSPECTION_MOVES

    station = models.ForeignKey(Workstation, on_delete=models.PROTECT, related_name="inspections", verbose_name="站点")
    standard = models.ForeignKey(
        Standard, on_delete=models.PROTECT, related_name="inspections", verbose_name="建站标准"
    )
    kind = models.CharField("方式", max_length=8, choices=InspectionKind)
    on = models.DateField("日期")
    state = models.CharField(
        "状态", max_length=8, choices=InspectionState, default=InspectionState.DRAFT, editable=False
    )
    stars = models.PositiveSmallIntegerField(
        "星级", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)], help_text="检查时评定"
    )
    words = models.CharField("整改要求", max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="检查人"
    )
    done_at = models.DateTimeField("完成时间", null=True, editable=False)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "建站检查"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["station", "standard", "-on"], name="inspection_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "standard", "kind"],
                condition=Q(state=InspectionState.DRAFT),
                name="inspection_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(state=InspectionState.DONE, done_at__isnull=False)
                | ~Q(state=InspectionState.DONE) & Q(done_at__isnull=True),
                name="inspection_done_has_time",
            ),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__range=(1, 5), kind=InspectionKind.OFFICE),
                name="inspection_one_to_five_stars_by_office",
            ),
        ]

    def __str__(self):
        return f"{self.station} {self.standard} {self.get_kind_display()}"

    def get_absolute_url(self):
        return reverse("inspection", args=[self.pk])

    @property
    def may_be_filled(self) -> bool:
        return self.state == InspectionState.DRAFT

    @property
    def is_by_office(self) -> bool:
        return self.kind == InspectionKind.OFFICE

    @property
    def scope(self):
        return self.station.committee_id

    @property
    def tone(self):
        return INSPECTION_TONES[self.state]


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(inspection__in=Inspection.objects.visible_to(user).values("pk"))


class Finding(models.Model):
    """检查结果: one item of the standard as copied into this inspection, there or not, with photos as evidence."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings", verbose_name="检查")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("条目", max_length=64)
    help = models.CharField("怎样算有", max_length=200, blank=True)
    needs_photo = models.BooleanField("须附照片", default=False)
    passed = models.BooleanField("有", null=True, blank=True)
    words = models.CharField("说明", max_length=200, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查结果"
        ordering = ["inspection", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["inspection", "name"], name="finding_once")]

    def __str__(self):
        return self.name
