from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from config.search.models import Searchable, SearchQuerySet
from members.facts import DETAILS
from members.models import Body, Committee, Member
from members.roles import Permission
from workstations.models.activities import WEB_ADDRESS, Activity


class StoryKind(models.TextChoices):
    CASE = "case", "履职案例"
    PUBLICITY = "publicity", "宣传报道"
    HONOUR = "honour", "表彰奖励"


LEVELS = [(code, DETAILS[code]) for code in ("town", "county", "city", "province", "nation")]


class StoryQuerySet(SearchQuerySet):
    def visible_to(self, user):
        """Published ones are public; the others for the office that writes them."""
        if not user.is_authenticated:
            return self.filter(is_published=True)
        return self.filter(Q(is_published=True) | Q(committee__in=user.committees_with(Permission.DUTY_MANAGE)))


class Story(Searchable):
    """履职故事: a case with its effect, a report in the media, an honour (rows 65, 87, 94, 195)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="stories", verbose_name="政协")
    kind = models.CharField("类别", max_length=12, choices=StoryKind)
    title = models.CharField("标题", max_length=100)
    text = models.TextField("正文", blank=True, validators=[MaxLengthValidator(10000)])
    effect = models.CharField("成效", max_length=200, blank=True, help_text="如：搬迁提前一个月完成")
    on = models.DateField("日期")
    members = models.ManyToManyField(Member, blank=True, related_name="stories", verbose_name="委员")
    sector = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="界别"
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="stories", verbose_name="活动"
    )
    media = models.CharField("媒体或授予单位", max_length=64, blank=True)
    level = models.CharField("级别", max_length=12, choices=LEVELS, blank=True, help_text="媒体或授予单位的级别")
    link = models.CharField("网址", max_length=200, blank=True, validators=[WEB_ADDRESS])
    is_published = models.BooleanField("公开", default=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "履职故事"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["committee", "kind", "-id"], name="story_kind")]
        constraints = [models.CheckConstraint(condition=Q(kind__in=StoryKind.values), name="story_kind_known")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("story", args=[self.pk])

    @property
    def scope(self):
        return self.committee_id

    def clean(self):
        for field, label in (("sector", "界别"), ("activity", "活动")):
            related = getattr(self, field)
            if related and related.committee_id != self.committee_id:
                raise ValidationError({field: f"{label}须属于同一个政协委员会。"})

    def search_document(self):
        return f"{self.title} {self.text} {self.effect} {self.media}"
