"""The room's public module: keep the index true, ask it for the rows that hold all words."""

from collections.abc import Iterable
from itertools import islice

from django.db.models import Count, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from config.search import words
from config.search.entries import SearchEntry
from config.search.words import bigrams, normalise

__all__ = ["bigrams", "few", "hold", "index_many", "normalise"]

BATCH = 1000
SAMPLE, FREQUENT = 200, 4  # a word in 4 of 200 entries is found soon by walking
FEW = 2000  # so many ids go into a query; more hits than that are met often enough by walking


def index_many(rows: Iterable) -> int:
    """Write the entries of saved `rows`; for bulk paths, where `save()` is not called."""
    rows, written = iter(rows), 0
    while batch := [SearchEntry.of(row) for row in islice(rows, BATCH)]:
        SearchEntry.objects.bulk_create(
            batch,
            update_conflicts=True,
            unique_fields=["kind", "object_id"],
            update_fields=["scope", "text", "bigrams"],
        )
        written += len(batch)
    return written


def hold(terms: list[str]) -> Q:
    """The entries whose text has every term as a part; exact, and nothing needs escaping."""
    return Q(*(GreaterThan(StrIndex("text", Value(term)), 0) for term in terms))


def few(kind: str, scopes: list[int], terms: list[str]) -> list[str] | None:
    """Ids of the rows of `kind` (in any of `scopes`, if given) that hold all terms; None when they are many."""
    entries = SearchEntry.objects.filter(kind=kind)
    sample = entries.order_by("kind", "object_id")
    if scopes:
        entries = entries.filter(scope__in=scopes)
        sample = sample.filter(scope=min(scopes)).order_by("kind", "scope", "object_id")
    hits = sample.annotate(hit=hold(terms))[:SAMPLE].aggregate(n=Count("pk", filter=Q(hit=True)))["n"]
    if hits >= FREQUENT:
        return None
    found = entries.filter(hold(terms), bigrams__answers=words.question(kind, scopes, terms))
    ids = list(found.values_list("object_id", flat=True)[: FEW + 1])
    return ids if len(ids) <= FEW else None
