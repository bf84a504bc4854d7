from django.conf import settings
from django.db import models
from django.urls import reverse

from members.models import Committee
from members.roles import Permission
from proposals.states import IMPORT_MOVES, TONES, ImportState


class ProposalImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(committee__in=user.committees_with(Permission.PROPOSAL_REVIEW))


class ProposalImport(models.Model):
    """提案导入: a checked table of earlier years' proposals that waits for the word of who handed it in.

    The file is its attachment until it is loaded or dropped; then only its counts stay.
    """

    TRANSITIONS = IMPORT_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="政协")
    name = models.CharField("文件名", max_length=120, editable=False)
    state = models.CharField("状态", max_length=8, choices=ImportState, default=ImportState.WAITING, editable=False)
    created = models.PositiveIntegerField("新增", default=0, editable=False)
    updated = models.PositiveIntegerField("更新", default=0, editable=False)
    skipped = models.PositiveIntegerField("无变化", default=0, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name="上传人"
    )
    at = models.DateTimeField("上传时间", editable=False)
    settled_at = models.DateTimeField("办理时间", null=True, editable=False)

    objects = ProposalImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提案导入"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["committee", "state", "-id"], name="proposal_import_state")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("proposal-import-check", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return TONES[self.state]
