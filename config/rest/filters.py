import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError

from config.filters import storable

LARGEST_ID = 2**63 - 1


class Asked(filters.FilterSet):
    """Copies and validates the filters that were asked for, and no other: a third of the cost of a list."""

    def __init__(self, data, **options):
        self.base_filters = {name: one for name, one in self.base_filters.items() if name in data}
        super().__init__(data, **options)


class UpdatedSince(filters.IsoDateTimeFilter):
    """`updated_since=` a moment: what was written at or after it."""

    def __init__(self, **options):
        words = "在这一时刻（ISO 8601，如 2026-11-20T08:00:00Z）及以后有变动的"
        usual = {"field_name": "updated_at", "lookup_expr": "gte", "label": words, "validators": [storable]}
        super().__init__(**{**usual, **options})


class PlainNumber(forms.DecimalField):
    """Refuses the digits of other scripts, which a number may be written in but an address is not."""

    def to_python(self, value):
        if isinstance(value, str) and not value.isascii():
            raise ValidationError("请用半角数字。")
        return super().to_python(value)


class IdFilter(filters.NumberFilter):
    """The number of another row, no larger than a database counts."""

    field_class = PlainNumber

    def __init__(self, **options):
        super().__init__(**{"min_value": 1, "max_value": LARGEST_ID, "decimal_places": 0, **options})
