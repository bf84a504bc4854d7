"""Two-character search at any size: `DATABASE_URL=… python tests/benchmarks/search.py [--rows 200000] [--words 1000]`.

Makes a table of generated Chinese notes in an empty database of its own (SQLite in a temporary folder when no
DATABASE_URL is given), asks it for words from absent to everywhere, and prints every time as a ratio to the plain
list query of the same run, worst and middle; then compares what was found with LIKE.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.mkdtemp()}/search.sqlite3"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402

from config.search import index  # noqa: E402
from config.search.models import Searchable, SearchEntry, SearchQuerySet  # noqa: E402

VOCABULARY, LENGTH, TENANTS, BATCH = 20_000, 40, 3, 5000


class Note(Searchable):
    committee_id = models.IntegerField()
    body = models.TextField()

    objects = SearchQuerySet.as_manager()

    class Meta:
        app_label = "search"
        indexes = [models.Index(fields=["committee_id", "-id"], name="note_list")]

    def search_document(self):
        return self.body


def vocabulary(seed):
    """Two-character words, the first ones frequent: word n is met in proportion to 1/n."""
    chance = random.Random(seed)
    signs = sorted({index.normalise(chr(code)) for code in range(0x4E00, 0x9000)})
    return ["".join(chance.choices(signs, k=2)) for _ in range(VOCABULARY)], chance


def fill(rows, known, chance):
    weights = [1 / n for n in range(1, len(known) + 1)]
    texts = ("".join(chance.choices(known, weights, k=LENGTH)) for _ in range(rows))
    began = time.perf_counter()
    while batch := [Note(committee_id=chance.randrange(TENANTS), body=text) for text in islice(texts, BATCH)]:
        index.index_many(Note.objects.bulk_create(batch))
    print(f"{rows} rows of {2 * LENGTH} characters written and indexed: {time.perf_counter() - began:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def ratio(ask, rounds=5):
    """The median of how many times longer `ask` takes than the plain list, measured in turns."""
    return statistics.median(_seconds(ask) / _seconds(page) for _ in range(rounds))


def _seconds(ask):
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def page(words=""):
    return list(Note.objects.filter(committee_id=1).matching(words).order_by("-pk")[:20])


def main(rows, asked):
    call_command("migrate", "search", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Note)
    try:
        known, chance = vocabulary(7)
        fill(rows, known, chance)
        everywhere = [known[int(len(known) ** (n / asked)) - 1] for n in range(asked)]
        absent = ["龘龘", "一龘", known[0][0] + "龘"]
        page(everywhere[0])
        plain = statistics.median(_seconds(page) for _ in range(200))
        ratios = {word: ratio(lambda word=word: page(word)) for word in dict.fromkeys(everywhere + absent)}
        print(f"{connection.vendor}: plain list {1000 * plain:.2f} ms, ratio 1.0")
        for label, chosen in (("absent", absent), ("all words", list(ratios))):
            found = sorted(ratios[word] for word in chosen)
            print(f"  {label} ({len(chosen)}): middle {statistics.median(found):.1f}, worst {found[-1]:.1f}")
        for word in sorted(ratios, key=ratios.get)[-5:]:
            hits = SearchEntry.objects.filter(text__contains=word).count()
            print(f"  slowest {word}: {ratios[word]:.1f}, {hits} hits in all")
        checked = chance.sample(list(ratios), min(50, len(ratios)))
        same = sum(
            set(Note.objects.matching(w).values_list("pk", flat=True))
            == {int(pk) for pk in SearchEntry.objects.filter(text__contains=w).values_list("object_id", flat=True)}
            for w in checked
        )
        print(f"  same rows as LIKE: {same} of {len(checked)} words")
    finally:
        SearchEntry.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.delete_model(Note)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, default=200_000)
    reader.add_argument("--words", type=int, default=1000)
    given = reader.parse_args()
    main(given.rows, given.words)
