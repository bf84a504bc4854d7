import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse


class Kind(models.TextChoices):
    IMAGE = "image", "照片"
    DOCUMENT = "document", "文件"


class Attachment(models.Model):
    """附件: one file that belongs to one object of any kind; whoever may see the object may fetch it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    target_type = models.CharField("对象类别", max_length=100, editable=False)
    target_id = models.CharField("对象编号", max_length=64, editable=False)
    purpose = models.CharField("用途", max_length=32, blank=True, editable=False)
    kind = models.CharField("种类", max_length=8, choices=Kind, editable=False)
    file = models.FileField("文件", max_length=100, editable=False)
    small = models.FileField("缩略图", max_length=100, blank=True, editable=False)
    name = models.CharField("文件名", max_length=120, editable=False)
    size = models.PositiveIntegerField("字节数", editable=False)
    content_type = models.CharField("类型", max_length=100, editable=False)
    sha256 = models.CharField("校验值", max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="上传人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    at = models.DateTimeField("上传时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "purpose"], name="attachment_target"),
            models.Index(fields=["uploaded_by", "at"], name="attachment_quota"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="attachment_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.IMAGE) & ~models.Q(small="") | models.Q(kind=Kind.DOCUMENT, small=""),
                name="attachment_image_has_small",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("file", args=[self.pk])

    @property
    def small_url(self):
        return reverse("file-small", args=[self.pk])
