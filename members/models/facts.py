from django.db import models
from django.db.models import Q

from members.facts import THERE


class FactFilter(models.Model):
    """事实条件: which facts count, by kind, detail, mark and share; an empty list asks nothing."""

    facts = models.JSONField("记什么", default=list)
    details = models.JSONField("只计哪些类别", default=list, blank=True)
    marks = models.JSONField("只计哪些考勤", default=list, blank=True)
    shares = models.JSONField("只计哪些份额", default=list, blank=True)

    class Meta:
        abstract = True

    def takes(self, fact: str, detail: str, mark: str, share: str) -> bool:
        """Whether one fact counts; without `marks`, whoever was called up has to have been there."""
        return (
            fact in self.facts
            and (not self.details or detail in self.details)
            and (mark in self.marks if self.marks else mark in ("", *THERE))
            and (not self.shares or share in self.shares)
        )

    def as_q(self) -> Q:
        """The same for the database, over columns of those four names."""
        asked = Q(fact__in=self.facts, mark__in=self.marks or ["", *THERE])
        if self.details:
            asked &= Q(detail__in=self.details)
        return asked & Q(share__in=self.shares) if self.shares else asked
