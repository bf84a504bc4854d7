from django.db import models
from django.db.models import Exists, OuterRef, Q


class MilestoneRuleQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The default rules, and those of the scopes whose reminders the user looks after."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(Q(scope=None) | Q(scope__in=user.reminder_scopes))

    def in_force(self, kind, scope):
        """The rules of `scope` for `kind`; without any of its own, the default ones."""
        rules = list(self.filter(Q(scope=scope) | Q(scope=None), kind=kind).order_by("offset_days"))
        own = [rule for rule in rules if rule.scope is not None]
        return [rule for rule in own or rules if rule.is_active]


class MilestoneRule(models.Model):
    """提醒规则: so many days before or after a due date, this circle of people is told."""

    kind = models.CharField("事项", max_length=64)
    scope = models.BigIntegerField("范围", null=True, blank=True, help_text="留空为全平台默认")
    code = models.CharField("代号", max_length=32)
    offset_days = models.SmallIntegerField("相对期限（天）", help_text="负数为期限之前，0 为当天，正数为之后")
    circle = models.SlugField("提醒范围", max_length=32)
    is_active = models.BooleanField("启用", default=True)

    objects = MilestoneRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提醒规则"
        ordering = ["kind", "scope", "offset_days"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "scope", "code"], name="milestone_rule_once"),
            models.UniqueConstraint(
                fields=["kind", "code"], condition=Q(scope=None), name="milestone_rule_default_once"
            ),
        ]

    def __str__(self):
        return self.words

    @property
    def words(self) -> str:
        return offset_words(self.offset_days)


def offset_words(days: int) -> str:
    if days == 0:
        return "到期当天"
    return f"到期前 {-days} 天" if days < 0 else f"逾期 {days} 天"


class MilestoneState(models.TextChoices):
    PENDING = "pending", "待提醒"
    DONE = "done", "已办"
    SKIPPED = "skipped", "未提醒"
    CANCELLED = "cancelled", "已取消"
    DEAD = "dead", "多次失败"


class MilestoneQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Milestones of the scopes whose reminders the user looks after."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(scope__in=user.reminder_scopes)

    def of(self, subject):
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def pending(self):
        return self.filter(state=MilestoneState.PENDING)

    def due(self, at):
        return self.pending().filter(next_try_at__lte=at)

    def with_superseded(self, at):
        """Mark what a later reminder of the same matter and round has overtaken; single moments never are."""
        later = self.model.objects.filter(
            subject_type=OuterRef("subject_type"),
            subject_id=OuterRef("subject_id"),
            kind=OuterRef("kind"),
            round=OuterRef("round"),
            offset_days__gt=OuterRef("offset_days"),
            due_at__lte=at,
            state__in=[MilestoneState.PENDING, MilestoneState.DONE],
        )
        return self.annotate(superseded=Exists(later))


class Milestone(models.Model):
    """时间节点: one moment at which something is to happen about one matter. The row is the timer."""

    kind = models.CharField("事项", max_length=64, editable=False)
    subject_type = models.CharField("对象类型", max_length=64, editable=False)
    subject_id = models.BigIntegerField("对象", editable=False)
    code = models.CharField("代号", max_length=32, editable=False)
    offset_days = models.SmallIntegerField("相对期限（天）", null=True, editable=False)
    circle = models.SlugField("提醒范围", max_length=32, blank=True, editable=False)
    round = models.PositiveSmallIntegerField("轮次", default=1, editable=False)
    scope = models.BigIntegerField("范围", null=True, editable=False)
    due_at = models.DateTimeField("时刻", editable=False)
    state = models.CharField(
        "状态", max_length=16, choices=MilestoneState, default=MilestoneState.PENDING, editable=False
    )
    reason = models.CharField("原因", max_length=300, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0, editable=False)
    next_try_at = models.DateTimeField("下次尝试", editable=False)
    settled_at = models.DateTimeField("了结时间", null=True, editable=False)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "时间节点"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["next_try_at"], name="milestone_due", condition=Q(state="pending")),
            models.Index(fields=["scope", "state", "-id"], name="milestone_of_scope"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind", "code", "round"], name="milestone_once"
            ),
            models.CheckConstraint(condition=Q(state__in=MilestoneState.values), name="milestone_state_known"),
            models.CheckConstraint(
                condition=Q(state="pending", settled_at=None) | (~Q(state="pending") & Q(settled_at__isnull=False)),
                name="milestone_settled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "done"]) | ~Q(reason=""), name="milestone_untold_has_reason"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.code}"

    @property
    def words(self) -> str:
        """When it is, said relative to the due date: 到期前 3 天."""
        return "" if self.offset_days is None else offset_words(self.offset_days)


class Heartbeat(models.Model):
    """心跳: when a sweep last ran, and what it did; a silence is seen by everybody."""

    name = models.CharField("名称", max_length=64, unique=True, editable=False)
    at = models.DateTimeField("时间", editable=False)
    detail = models.JSONField("情况", default=dict, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "心跳"

    def __str__(self):
        return self.name
