"""The room's public module: keep the index true, ask it for the rows that hold all words."""

from collections.abc import Iterable
from itertools import islice

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan

from config import bulk
from config.search import words
from config.search.entries import SearchEntry
from config.search.words import bigrams, normalise

__all__ = [
    "bigrams",
    "few",
    "forget_kinds_except",
    "hold",
    "index_many",
    "index_new",
    "normalise",
    "rebuild",
    "refill",
]

BATCH = 1000
SAMPLE, FREQUENT = 200, 6  # a word in 6 of 200 entries is found soon by walking
FEW = 2000  # so many ids go into a query; more hits than that are met often enough by walking
# Where a text holds another, and how the tokens are asked for. SQLite must not collect all hits before the first.
VENDORS = {
    "postgresql": ("strpos", "search_searchentry WHERE bigrams @@ %s::tsquery"),
    "sqlite": (
        "instr",
        "search_bigrams CROSS JOIN search_searchentry ON id = search_bigrams.rowid WHERE search_bigrams MATCH %s",
    ),
}


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


def index_new(kind: str, rows: Iterable[tuple[str, int | None, str]]) -> int:
    """Load entries of rows that have none yet, each (object id, scope, document); for imports of whole tables."""
    columns = ["kind", "object_id", "scope", "text"]
    entries = ((kind, object_id, scope, words.document(text)) for object_id, scope, text in rows)
    if connection.vendor == "postgresql":
        columns.append("bigrams")
        entries = ((*entry, words.vector(kind, *entry[2:])) for entry in entries)
    return bulk.insert(SearchEntry._meta.db_table, columns, entries)


def hold(terms: list[str]) -> Q:
    """The entries whose text has every term as a part; exact, and nothing needs escaping."""
    return Q(*(GreaterThan(StrIndex("text", Value(term)), 0) for term in terms))


def few(kind: str, scopes: list[int], terms: list[str]) -> list[str] | None:
    """Ids of the rows of `kind` (in any of `scopes`, if given) that hold all terms; None when they are many."""
    position, asked = VENDORS[connection.vendor]
    held = " AND ".join([f"{position}(text, %s) > 0"] * len(terms))
    with connection.cursor() as cursor:
        only, order, whose = "", "kind DESC, object_id DESC", []
        if scopes:
            only, order, whose = "AND scope = %s", "kind DESC, scope DESC, object_id DESC", scopes[:1]
        cursor.execute(
            "SELECT count(*) FROM (SELECT text FROM search_searchentry"
            f" WHERE kind = %s {only} ORDER BY {order} LIMIT {SAMPLE}) AS sample WHERE {held}",
            [kind, *whose, *terms],
        )
        if cursor.fetchone()[0] >= FREQUENT:
            return None
        # The tokens name kind and scope; conditions on the columns would tempt PostgreSQL into reading their index too.
        cursor.execute(
            f"SELECT kind, object_id FROM {asked} AND {held} LIMIT {FEW + 1}",
            [words.question(connection.vendor, kind, scopes, terms), *terms],
        )
        rows = cursor.fetchall()
    return [object_id for its_kind, object_id in rows if its_kind == kind] if len(rows) <= FEW else None


def rebuild(model) -> tuple[int, int]:
    """Write all entries of `model` anew, batch by batch, and drop those of rows that are gone: (written, dropped)."""
    rows = model._base_manager.order_by("pk")
    rows = rows.select_related(*model.search_related) if model.search_related else rows
    written = index_many(rows.iterator(chunk_size=BATCH))
    row = model._base_manager.filter(pk=Cast(OuterRef("object_id"), model._meta.pk))
    dropped, _ = SearchEntry.objects.filter(~Exists(row), kind=model._meta.label_lower).delete()
    return written, dropped


def forget_kinds_except(kinds: Iterable[str]) -> None:
    """Drop the entries of models that are searchable no longer."""
    SearchEntry.objects.exclude(kind__in=list(kinds)).delete()


@transaction.atomic
def refill() -> None:
    """Fill SQLite's token table from the entries, whatever stood in it; PostgreSQL keeps the tokens with the entry."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_bigrams(search_bigrams) VALUES ('delete-all')")
        cursor.execute(
            "INSERT INTO search_bigrams(rowid, tokens)"
            " SELECT id, search_tokens(kind, scope, text) FROM search_searchentry"
        )
