from django.db import models

from config.audit import labels


class AuditEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The entries of the scopes in which `user` may read the trail."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(scope__in=user.audit_scopes)


class AuditEntry(models.Model):
    """操作留痕: one deed, told in copies of text, so that it outlives what it speaks of. Append-only by trigger."""

    at = models.DateTimeField("发生时间", editable=False)
    recorded_at = models.DateTimeField("记录时间", editable=False)
    actor_id = models.BigIntegerField("操作人编号", null=True, editable=False)
    actor = models.CharField("操作人", max_length=100, editable=False)
    verb = models.CharField("操作", max_length=64, editable=False)
    target_type = models.CharField("对象类别", max_length=100, editable=False)
    target_id = models.CharField("对象编号", max_length=64, editable=False)
    target_text = models.CharField("对象", max_length=200, editable=False)
    scope = models.BigIntegerField("范围", null=True, editable=False)
    data = models.JSONField("详情", default=dict, editable=False)
    digest = models.CharField("摘要", max_length=64, editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作留痕"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "-id"], name="audit_history"),
            models.Index(fields=["scope", "-id"], name="audit_scope"),
        ]

    def __str__(self):
        return f"{self.actor} {self.label} {self.target_text}"

    @property
    def label(self) -> str:
        return labels.label(self.verb)


class AuditSeal(models.Model):
    """封存: a batch of entries, chained to the batch before it. Append-only by trigger."""

    sequence = models.PositiveBigIntegerField("序号", unique=True, editable=False)
    at = models.DateTimeField("封存时间", editable=False)
    first_id = models.BigIntegerField("首条编号", editable=False)
    last_id = models.BigIntegerField("末条编号", editable=False)
    count = models.PositiveIntegerField("条数", editable=False)
    contents = models.JSONField("条目摘要", editable=False)  # [[entry id, entry digest], …] in order of id
    previous = models.CharField("上一摘要", max_length=64, blank=True, editable=False)
    digest = models.CharField("摘要", max_length=64, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "封存"
        ordering = ["-sequence"]

    def __str__(self):
        return f"{self.sequence}:{self.digest}"
