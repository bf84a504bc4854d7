from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Only one's own: a notice is addressed to one person."""
        return self.filter(recipient=user) if user.is_authenticated else self.none()

    def unread(self):
        return self.filter(read_at=None)


class Notice(models.Model):
    """通知: one line in one person's inbox. The row is the reminder; e-mail only repeats it."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="notices",
        verbose_name="收件人",
    )
    kind = models.CharField("类别", max_length=64, editable=False)
    title = models.CharField("标题", max_length=200, editable=False)
    body = models.TextField("内容", blank=True, editable=False)
    url = models.CharField("去处", max_length=300, blank=True, editable=False)
    key = models.CharField("去重键", max_length=160, editable=False)
    scope = models.BigIntegerField("范围", null=True, editable=False)
    created_at = models.DateTimeField("时间", editable=False)
    read_at = models.DateTimeField("阅读时间", null=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_inbox"),
            models.Index(fields=["recipient"], name="notice_unread", condition=Q(read_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key", "recipient"], name="notice_once"),
            models.CheckConstraint(condition=~Q(key=""), name="notice_has_key"),
            models.CheckConstraint(
                condition=Q(url="") | (Q(url__startswith="/") & ~Q(url__startswith="//")), name="notice_stays_here"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("notice", args=[self.pk])


class DeliveryState(models.TextChoices):
    PENDING = "pending", "待发送"
    SENT = "sent", "已发送"
    DEAD = "dead", "已放弃"


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Deliveries of the scopes whose reminders the user looks after."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(notice__scope__in=user.reminder_scopes)

    def due(self, at):
        return self.filter(state=DeliveryState.PENDING, next_try_at__lte=at)


class Delivery(models.Model):
    """投递: one notice on its way through a second channel, at least once."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries", verbose_name="通知")
    channel = models.CharField("渠道", max_length=16, choices=[("email", "电子邮件")], default="email", editable=False)
    state = models.CharField(
        "状态", max_length=16, choices=DeliveryState, default=DeliveryState.PENDING, editable=False
    )
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0, editable=False)
    next_try_at = models.DateTimeField("下次尝试", editable=False)
    lease_until = models.DateTimeField("占用至", null=True, editable=False)
    sent_at = models.DateTimeField("发出时间", null=True, editable=False)
    reason = models.CharField("原因", max_length=300, blank=True, editable=False)
    message_id = models.CharField("邮件编号", max_length=200, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "投递"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=Q(state="pending")),
            models.Index(fields=["-id"], name="delivery_dead", condition=Q(state="dead")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="delivery_sent_has_time"
            ),
        ]

    def __str__(self):
        return f"{self.get_channel_display()}:{self.notice}"
