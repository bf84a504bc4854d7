from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from members.models import Committee, OwnedQuerySet

DIGITS = "〇一二三四五六七八九"


def in_chinese(number: int) -> str:
    """1 … 99 as in “十四届三次”."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


class PlenaryQuerySet(OwnedQuerySet):
    def collecting(self, committee: Committee, on):
        """The plenary to whose number a proposal of the day `on` belongs: the latest that has begun to collect."""
        return self.filter(committee=committee, collects_from__lte=on).order_by("-collects_from", "-pk").first()


class Plenary(models.Model):
    """全体会议: one session of a term; proposals are numbered by it, and by its calendar they are 大会提案 or 平时提案.

    From `collects_from` (a date) to `collects_until` (a moment) they are 大会提案 (domain 1.1).
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="plenaries", verbose_name="政协")
    term = models.PositiveSmallIntegerField("届")
    number = models.PositiveSmallIntegerField("次")
    opens_on = models.DateField("开幕")
    closes_on = models.DateField("闭幕")
    collects_from = models.DateField("开始征集提案", help_text="各地多为开幕前三个月")
    collects_until = models.DateTimeField("大会提案截止")

    objects = PlenaryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "全体会议"
        ordering = ["-opens_on", "-pk"]
        indexes = [models.Index(fields=["committee", "-collects_from"], name="plenary_collects")]
        constraints = [
            models.UniqueConstraint(fields=["committee", "term", "number"], name="plenary_once"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="plenary_closes_after_opening"),
            models.CheckConstraint(condition=Q(term__range=(1, 99), number__range=(1, 99)), name="plenary_counted"),
        ]

    def __str__(self):
        return f"{in_chinese(self.term)}届{in_chinese(self.number)}次会议"

    def clean(self):
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValidationError({"closes_on": "闭幕不能早于开幕。"})
        collects = self.collects_from and self.collects_until
        if collects and timezone.localdate(self.collects_until) < self.collects_from:
            raise ValidationError({"collects_until": "截止不能早于开始征集。"})

    @property
    def year(self) -> int:
        return self.opens_on.year

    @property
    def scope(self):
        return self.committee_id
