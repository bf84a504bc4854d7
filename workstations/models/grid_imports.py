from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models import Committee
from members.roles import Permission
from workstations.states import IMPORT_MOVES, IMPORT_TONES, ImportState


class ImportOf(models.TextChoices):
    GRIDS = "grids", "网格"
    POSTINGS = "postings", "派驻"


class GridImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Tables name wardens: for the office only."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(committee__in=user.committees_with(Permission.STATION_MANAGE))


class GridImport(models.Model):
    """网格导入: a checked table of grids or postings that waits for the word of who handed it in (row 36).

    The file is its attachment until it is loaded or dropped; then only its counts stay.
    """

    TRANSITIONS = IMPORT_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="政协")
    of = models.CharField("内容", max_length=12, choices=ImportOf, editable=False)
    name = models.CharField("文件名", max_length=120, editable=False)
    state = models.CharField("状态", max_length=8, choices=ImportState, default=ImportState.WAITING, editable=False)
    created = models.PositiveIntegerField("新增", default=0, editable=False)
    updated = models.PositiveIntegerField("更新", default=0, editable=False)
    notes = models.JSONField("说明", default=list, editable=False)
    skipped = models.PositiveIntegerField("无变化", default=0, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name="上传人"
    )
    at = models.DateTimeField("上传时间", editable=False)
    settled_at = models.DateTimeField("办理时间", null=True, editable=False)

    objects = GridImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格导入"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["committee", "state", "-id"], name="grid_import_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="grid_import_state_known"),
            models.CheckConstraint(condition=Q(of__in=ImportOf.values), name="grid_import_of_known"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("grid-import-check", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return IMPORT_TONES[self.state]
