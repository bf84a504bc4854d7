"""What says much the same: rows that share bigrams with a text, the nearest first."""

from collections import Counter

from django.db import connection, models

from config.search import words
from config.search.entries import SearchEntry

SAMPLE = 60  # entries that say which bigrams everybody uses; where there are no more, they are all that is compared
ASKED = 40  # bigrams of the text that are asked for: so many that the sample has, and so many that it has not
CANDIDATES = 300  # the rows that share most of them, of any age; they are compared in memory
ALIKE = 0.18  # share of common bigrams from which two texts are worth showing together
# Each bigram is a question of its own to the index, and the rows with most answers win: nothing is sorted that is long.
HITS = {
    "postgresql": "SELECT id FROM search_searchentry WHERE bigrams @@ %s::tsquery",
    "sqlite": "SELECT rowid AS id FROM search_bigrams WHERE search_bigrams MATCH %s",
}


def nearest(model: type[models.Model], text: str, *, scope: int | None, limit: int) -> list[int]:
    """Primary keys of the rows of `model` in `scope` that are most like `text`, if they have enough in common.

    Two statements at most, whatever the number of rows and however old the row that is like it.
    """
    mine = _pairs(words.normalise(text))
    if not mine:
        return []
    kind = model._meta.label_lower
    rows = SearchEntry.objects.filter(kind=kind, scope=scope).order_by("-kind", "-scope", "-object_id")
    rows = list(rows.values_list("object_id", "text")[:SAMPLE])
    if len(rows) == SAMPLE:
        rows = _candidates(kind, scope, _telling(mine, [_pairs(other) for _, other in rows]))
    scored = []
    for object_id, other in rows:
        theirs = _pairs(other)
        likeness = len(mine & theirs) / min(len(mine), len(theirs) or 1)
        if likeness >= ALIKE:
            scored.append((likeness, int(object_id)))
    return [pk for _, pk in sorted(scored, reverse=True)[:limit]]


def _pairs(normalised: str) -> set[str]:
    return {pair for pair in words.bigrams(normalised) if len(pair) == 2}


def _telling(mine: set[str], sample: list[set[str]]) -> list[str]:
    """The bigrams of `mine` that tell texts apart: the rarest of the sample, and from everywhere those it has not.

    Together the former are met about once per row of the whole table, so that the question stays short.
    """
    met = Counter(pair for theirs in sample for pair in mine & theirs)
    asked, room = [], len(sample)
    for pair in sorted(met, key=lambda pair: (met[pair], pair))[:ASKED]:
        if asked and met[pair] > room:
            break
        asked.append(pair)
        room -= met[pair]
    unmet = sorted(mine - met.keys())
    return asked + unmet[:: -(-len(unmet) // ASKED) or 1]


def _candidates(kind: str, scope: int | None, asked: list[str]) -> list[tuple[str, str]]:
    """Object id and text of the entries that hold most of the bigrams."""
    scopes = [] if scope is None else [scope]
    questions = [words.question(connection.vendor, kind, scopes, [pair]) for pair in asked]
    hits = " UNION ALL ".join([HITS[connection.vendor]] * len(questions))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, scope, object_id, text FROM search_searchentry JOIN"
            f" (SELECT id AS hit FROM ({hits}) AS hits GROUP BY id ORDER BY count(*) DESC, id DESC LIMIT %s) AS best"
            " ON search_searchentry.id = best.hit",
            [*questions, CANDIDATES],
        )
        rows = cursor.fetchall()
    return [
        (object_id, text) for its_kind, its_scope, object_id, text in rows if (its_kind, its_scope) == (kind, scope)
    ]
