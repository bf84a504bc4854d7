from django.db import models
from django.db.models import Q

from config.search.models import Searchable, SearchQuerySet

CODE_LENGTH = 12


class RegionLevel(models.IntegerChoices):
    PROVINCE = 1, "省级"
    CITY = 2, "地级"
    COUNTY = 3, "县级"
    TOWN = 4, "乡级"
    VILLAGE = 5, "村级"
    GRID = 6, "网格"


# How many digits of the code name the division; the rest is zeros (GB/T 2260, GB/T 10114).
DIGITS = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12, 6: 15}


class RegionQuerySet(SearchQuerySet):
    def visible_to(self, user):
        """Divisions are public."""
        return self

    def within(self, region):
        """`region` and everything below it: one range on the primary key."""
        low, high = region.span
        return self.filter(code__gte=low, code__lt=high)

    def in_force(self, on=None):
        """Divisions not retired on `on` (a date; today when left out)."""
        if on is None:
            return self.filter(valid_to__isnull=True)
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))


class Region(Searchable):
    """行政区划: one division on its statistical code; the code is the tree, a prefix is an ancestor (GB/T 2260)."""

    code = models.CharField("区划代码", max_length=15, primary_key=True)
    name = models.CharField("名称", max_length=64)
    level = models.PositiveSmallIntegerField("级别", choices=RegionLevel)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        indexes = [models.Index(fields=["level", "code"], name="region_level")]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=RegionLevel.values), name="region_level_known"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{12}(\d{3})?$"), name="region_code_digits"),
        ]

    def __str__(self):
        return self.name

    def search_document(self):
        return self.name

    @property
    def prefix(self) -> str:
        return self.code[: DIGITS[self.level]]

    @property
    def span(self) -> tuple[str, str]:
        """Half-open range of codes that belong to this division."""
        digits = len(self.prefix)
        following = str(int(self.prefix) + 1).zfill(digits)
        width = max(CODE_LENGTH, digits)
        return self.prefix.ljust(width, "0"), following.ljust(width, "0")

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes of the divisions above, highest first; a city without counties stands in for the county too."""
        above = (self.code[: DIGITS[level]].ljust(CODE_LENGTH, "0") for level in range(1, self.level))
        return list(dict.fromkeys(above))

    def contains(self, code: str) -> bool:
        low, high = self.span
        return low <= code < high
