"""Whose rows, and from which part of the country."""

import django_filters as filters
from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field

from members.models import Committee, Region
from members.models.regions import DIGITS

CODE = RegexValidator(r"^[0-9]{2}([0-9]{2}){0,2}$|^[0-9]{9}([0-9]{3}){0,2}$", "请填 2、4、6、9、12 或 15 位区划代码。")


@extend_schema_field({"type": "string"})
class OfCommittee(filters.ModelChoiceFilter):
    """`committee=` the committee's name in addresses."""

    def __init__(self, **options):
        asked = {"label": "政协的网址名，如 jiahe", "queryset": Committee.objects.all(), "to_field_name": "slug"}
        super().__init__(**{**asked, **options})


class Within(filters.CharFilter):
    """`within=` a division's code, whole or without the zeros at its end: the division and everything below."""

    def __init__(self, **options):
        super().__init__(**{"label": "区划代码或其前几位，含下级", "validators": [CODE], **options})

    def filter(self, queryset, value):
        if not value:
            return queryset
        level = next(level for level, digits in DIGITS.items() if not value[digits:].strip("0"))
        low, high = Region(code=value, level=level).span
        return queryset.filter(**{f"{self.field_name}__gte": low, f"{self.field_name}__lt": high})
