from django.db import models
from django.db.models import F

from members.models.organisations import Committee


class NumberSequence(models.Model):
    """编号: the last number given for one kind of document of a committee in a year; no gap, no double."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号"
        constraints = [models.UniqueConstraint(fields=["committee", "kind", "year"], name="sequence_once")]

    def __str__(self):
        return f"{self.kind} {self.year}: {self.last}"


def next_number(committee: Committee, kind: str, year: int) -> int:
    """The next number; the row stays locked until the caller's transaction ends, so an undone number is reused."""
    row, _ = NumberSequence.objects.get_or_create(committee=committee, kind=kind, year=year)
    NumberSequence.objects.filter(pk=row.pk).update(last=F("last") + 1)
    row.refresh_from_db()
    return row.last
