from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.models.organisations import Committee


class RegulationState(models.TextChoices):
    IN_FORCE = "in_force", "现行有效"
    TRIAL = "trial", "试行"
    REPEALED = "repealed", "已废止"


class RegulationQuerySet(SearchQuerySet):
    def visible_to(self, user):
        """The public ones are everybody's; the others for the committee's people."""
        public = Q(is_public=True)
        return (
            self.filter(public | Q(committee__in=user.committee_ids)) if user.is_authenticated else self.filter(public)
        )


class Regulation(Searchable):
    """制度: a rule that binds, with issuer, number, date, text or file, and if it is in force (rows 60, 139, 152)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="regulations", verbose_name="政协")
    title = models.CharField("名称", max_length=120)
    issuer = models.CharField("制定机关", max_length=64, help_text="如：县委、县政协")
    number = models.CharField("文号", max_length=32, blank=True)
    issued_on = models.DateField("印发日期")
    state = models.CharField("效力", max_length=12, choices=RegulationState, default=RegulationState.IN_FORCE)
    repealed_on = models.DateField("废止日期", null=True, blank=True)
    tags = models.CharField("标签", max_length=100, blank=True, help_text="几个之间用顿号隔开")
    text = models.TextField("正文", blank=True, validators=[MaxLengthValidator(50000)])
    is_public = models.BooleanField("向社会公开", default=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = RegulationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "制度"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["committee", "state", "-id"], name="regulation_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RegulationState.values), name="regulation_state_known"),
            models.CheckConstraint(
                condition=~Q(state=RegulationState.REPEALED) | Q(repealed_on__isnull=False),
                name="regulation_repealed_has_date",
                violation_error_message="已废止的制度要写废止日期。",
            ),
            models.UniqueConstraint(
                fields=["committee", "title", "issued_on"],
                name="regulation_once",
                violation_error_message="同名、同日印发的制度已经登记。",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("regulation", args=[self.pk])

    @property
    def tag_list(self) -> list[str]:
        return [tag for tag in self.tags.replace("，", "、").replace(",", "、").replace(" ", "、").split("、") if tag]

    @property
    def tone(self) -> str:
        return {RegulationState.IN_FORCE: "ok", RegulationState.TRIAL: "soon"}.get(self.state, "closed")

    def search_document(self):
        return f"{self.title} {self.issuer} {self.number} {self.tags} {self.text}"


class PracticeKind(models.TextChoices):
    PLATFORM = "platform", "阵地建设"
    CONSULTATION = "consultation", "协商"
    PARTY = "party", "党建"
    CONSENSUS = "consensus", "凝聚共识"
    DUTY = "duty", "履职管理"
    SUPERVISION = "supervision", "民主监督"
    OTHER = "other", "其他"


class PracticeQuerySet(SearchQuerySet):
    def visible_to(self, user):
        """Shared ones for everybody who works in any committee; the others for one's own (row 104)."""
        if not user.is_authenticated:
            return self.none()
        own = Q(committee__in=user.committee_ids)
        return self.filter(own | Q(is_shared=True)) if user.committee_ids else self.none()


class Practice(Searchable):
    """经验: a practice that one committee shares with the others, with what can be copied of it (row 104).

    `payload` is a snapshot of a procedure, scheme or checklist; `payload_kind` names who can make it a row again
    (members/sharing.py).
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="practices", verbose_name="政协")
    kind = models.CharField("类别", max_length=16, choices=PracticeKind)
    title = models.CharField("名称", max_length=64)
    summary = models.CharField("一句话介绍", max_length=200)
    text = models.TextField("做法", blank=True, validators=[MaxLengthValidator(20000)])
    effect = models.TextField("成效", blank=True, validators=[MaxLengthValidator(2000)])
    payload_kind = models.CharField("可复制的内容", max_length=32, blank=True, editable=False)
    payload_title = models.CharField("内容名称", max_length=64, blank=True, editable=False)
    payload = models.JSONField("内容", null=True, blank=True, editable=False)
    is_shared = models.BooleanField("与各级政协共享", default=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "经验"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["is_shared", "kind", "-id"], name="practice_kind")]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "title"], name="practice_once", violation_error_message="本会已有同名的经验。"
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("practice", args=[self.pk])

    def search_document(self):
        return f"{self.title} {self.summary} {self.text} {self.effect}"


class PracticeUse(models.Model):
    """采用: a committee copied a practice, and what came of it."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="uses", verbose_name="经验")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="采用的政协")
    made = models.CharField("得到", max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="采用人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "采用"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.committee} {self.made}"
