"""Filters that more than one list offers."""

from datetime import UTC, date, datetime

import django_filters as filters
from django.core.exceptions import ValidationError


def storable(moment: datetime) -> None:
    """Validator: a moment of the first or the last day of the calendar may have no place in another time zone."""
    try:
        moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise ValidationError("这个时间超出了范围。") from None


def in_calendar(day: date) -> None:
    """Validator: a day that can be counted from, forwards and backwards, and whose year makes sense."""
    if not 1949 <= day.year <= 2100:
        raise ValidationError("请核对年份，应在 1949 年到 2100 年之间。")


class SearchFilter(filters.CharFilter):
    """`q=` words, through the search index."""

    def __init__(self, **options):
        super().__init__(**{"label": "搜索", **options})

    def filter(self, queryset, value):
        return queryset.matching(value) if value else queryset
