from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from members.models.organisations import Committee
from members.roles import Permission
from members.states import ROSTER_MOVES, TONES, RosterState


class RosterImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rosters hold phones: for those who manage the committee's people only."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(committee__in=user.committees_with(Permission.PEOPLE_MANAGE))


class RosterImport(models.Model):
    """花名册导入: a checked roster that waits for the word of the person who handed it in; then only its counts stay.

    The file is its attachment until it is loaded or dropped.
    """

    TRANSITIONS = ROSTER_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="政协")
    name = models.CharField("文件名", max_length=120, editable=False)
    state = models.CharField("状态", max_length=8, choices=RosterState, default=RosterState.WAITING, editable=False)
    created = models.PositiveIntegerField("新增", default=0, editable=False)
    updated = models.PositiveIntegerField("更新", default=0, editable=False)
    skipped = models.PositiveIntegerField("无变化", default=0, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name="上传人"
    )
    at = models.DateTimeField("上传时间", editable=False)
    settled_at = models.DateTimeField("办理时间", null=True, editable=False)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "花名册导入"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["committee", "state", "-id"], name="roster_import_state")]
        constraints = [models.CheckConstraint(condition=Q(state__in=RosterState.values), name="roster_state_known")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("people-import-check", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]
