"""Filters that more than one list offers."""

import django_filters as filters


class SearchFilter(filters.CharFilter):
    """`q=` words, through the search index."""

    def __init__(self, **options):
        super().__init__(**{"label": "搜索", **options})

    def filter(self, queryset, value):
        return queryset.matching(value) if value else queryset
