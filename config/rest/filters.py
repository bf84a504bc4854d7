import django_filters as filters


class UpdatedSince(filters.IsoDateTimeFilter):
    """`updated_since=` a moment: what was written at or after it."""

    def __init__(self, **options):
        words = "在这一时刻（ISO 8601，如 2026-11-20T08:00:00Z）及以后有变动的"
        super().__init__(**{"field_name": "updated_at", "lookup_expr": "gte", "label": words, **options})
