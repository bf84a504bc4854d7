"""What says much the same: rows that share bigrams with a text, the nearest first."""

from django.db import models

from config.search import words
from config.search.entries import BigramsField, SearchEntry

CANDIDATES = 600  # newest rows that share anything with the text; they are compared in memory
ASKED = 40  # bigrams of the text that are asked for
ALIKE = 0.18  # share of common bigrams from which two texts are worth showing together


@BigramsField.register_lookup
class Meets(models.Lookup):
    """`bigrams__meets=[token, …]`: entries that hold any of the tokens."""

    lookup_name = "meets"
    prepare_rhs = False

    def get_db_prep_lookup(self, value, connection):
        return "%s", [value]

    def as_postgresql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", [*params, " | ".join(f"'{token}'" for token in self.rhs)]

    def as_sqlite(self, compiler, connection):
        row = f"{compiler.quote_name_unless_alias(self.lhs.alias)}.id"
        found = "SELECT rowid FROM search_bigrams WHERE search_bigrams MATCH %s"
        return f"{row} IN ({found})", [" OR ".join(f'"{token}"' for token in self.rhs)]


def nearest(model: type[models.Model], text: str, *, scope: int | None, limit: int) -> list[int]:
    """Primary keys of the rows of `model` in `scope` that are most like `text`, if they have enough in common."""
    mine = set(words.bigrams(words.normalise(text)))
    mine = {pair for pair in mine if len(pair) == 2}
    if not mine:
        return []
    kind = model._meta.label_lower
    tokens = words.tokens(kind, None, words.normalise(text))
    tokens = tokens[:: -(-len(tokens) // ASKED)]  # they are sorted: take them from everywhere
    entries = SearchEntry.objects.filter(kind=kind, scope=scope, bigrams__meets=tokens).order_by("-pk")
    scored = []
    for object_id, other in entries.values_list("object_id", "text")[:CANDIDATES]:
        theirs = set(words.bigrams(other))
        likeness = len(mine & theirs) / min(len(mine), len(theirs) or 1)
        if likeness >= ALIKE:
            scored.append((likeness, int(object_id)))
    return [pk for _, pk in sorted(scored, reverse=True)[:limit]]
