from django.conf import settings
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, In

from config.search import index, words
from config.search.entries import SearchEntry

__all__ = ["SearchEntry", "SearchQuerySet", "Searchable"]


class SearchQuerySet(models.QuerySet):
    def matching(self, sought: str):
        """The rows that hold every word of `sought` (parted by spaces); all rows when there is none.

        Asks the index at once: rare words become the ids found, frequent ones a condition that walks the list.
        """
        held = self._held(sought)
        return self if held is None else self.filter(held)

    def matching_within(self, within: Q, sought: str, *, others: Q):
        """Of the rows of `within` those that hold every word of `sought`, and `others` besides."""
        held = self._held(sought)
        return self.filter(within | others if held is None else within & held | others)

    def _held(self, sought) -> Q | None:
        terms = list(dict.fromkeys(words.normalise(sought[: words.LONGEST_QUESTION]).split()))
        if not terms:
            return None
        kind = self.model._meta.label_lower
        ids = index.few(kind, self._scopes(), terms)
        if ids is not None:
            return Q(pk__in=ids)
        # A scalar subquery, because PostgreSQL would turn EXISTS into a join over the whole index.
        entry = SearchEntry.objects.filter(kind=kind, object_id=Cast(OuterRef("pk"), models.CharField()))
        return Q(Exact(Subquery(entry.annotate(hit=index.hold(terms)).values("hit")), True))

    def _scopes(self) -> list[int]:
        """The scopes that this queryset is filtered by already, as far as its own conditions say; else none."""
        for condition in self.query.where.children if self.query.where.connector == "AND" else []:
            column = getattr(condition, "lhs", None)
            if getattr(column, "target", None) is None or column.alias != self.query.base_table:
                continue
            if column.target.attname == settings.SEARCH_SCOPE and isinstance(condition, Exact | In):
                values = condition.rhs if isinstance(condition, In) else [condition.rhs]
                if isinstance(values, list | tuple | set | frozenset) and all(isinstance(v, int) for v in values):
                    return list(values)
        return []


class Searchable(models.Model):
    """A row that can be found by its words; `search_document()` says which."""

    search_related: tuple[str, ...] = ()  # what search_document() follows, for bulk loading

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            index.index_many([self])

    def search_document(self) -> str:
        raise NotImplementedError

    @property
    def search_scope(self) -> int | None:
        """Whose row it is, so that the hits of others do not count."""
        return getattr(self, settings.SEARCH_SCOPE, None)
