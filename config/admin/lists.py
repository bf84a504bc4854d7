"""Lists that stay fast on a million rows and offer nothing that belongs to others."""

from contextlib import suppress

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property

from config.filters import storable


def is_answerable(value: str) -> bool:
    """Whether a database can be asked for `value` at all."""
    try:
        with suppress(ValueError):  # what is no moment may still be asked for
            if moment := parse_datetime(value):
                storable(moment)
    except ValidationError:
        return False
    return "\0" not in value


class CappedPaginator(Paginator):
    """Counts and turns pages up to CAP rows; beyond, one narrows the list by a filter or a word."""

    CAP = 10_000

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.CAP].count()

    @property
    def is_capped(self):
        return self.count == self.CAP


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """Offers only what the user could also choose in the form; nothing when that is too much for a list."""

    LONGEST = 60

    def field_choices(self, field, request, model_admin):
        offered = model_admin.choosable(field, request, model_admin.view_permission)
        offered = offered.complex_filter(field.get_limit_choices_to())[: self.LONGEST + 1]
        choices = [(row.pk, str(row)) for row in offered]
        return choices if len(choices) <= self.LONGEST else []


class YearFilter(admin.SimpleListFilter):
    """The last years and the next one: asking the table which years it has would read all of it."""

    title, parameter_name = "年度", "year"

    def lookups(self, request, model_admin):
        this_year = timezone.localdate().year
        return [(str(year), f"{year}年") for year in range(this_year + 1, this_year - 5, -1)]

    def queryset(self, request, queryset):
        return queryset.filter(year=self.value()) if self.value() in dict(self.lookup_choices) else queryset


class WaitingFilter(admin.SimpleListFilter):
    """What waits for a person, declared once in `ModelAdmin.waiting`: a filter here, a line on the first page."""

    title, parameter_name = "待办", "waiting"

    def __init__(self, request, params, model, model_admin):
        self.waiting = model_admin.waiting
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return [(name, item.label) for name, item in self.waiting.items()]

    def queryset(self, request, queryset):
        item = self.waiting.get(self.value())
        return item.rows(queryset) if item else queryset


admin.FieldListFilter.register(lambda field: field.remote_field, ScopedRelatedFilter, take_priority=True)
