"""Who wrote what? Tries to join the letters of anonymous boxes, in a dump of everything, to people whose address,
browser, session, minute and turn it knows; it knows the box and the day as well, for these a word does tell.
"""

import math
import pickle
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from django.core.cache import cache
from django.db import connection

MIDNIGHTS = {time(), time(16)}  # of the place, told in its own time or in that of Greenwich: a day, and no minute
MOMENT = re.compile(r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)")


@dataclass(frozen=True)
class Sent:
    """One letter as its sender's watcher knows it; `turn` counts the letters of the same box and day."""

    cell: tuple[str, str]  # box, day
    turn: int
    at: datetime
    body: str
    who: tuple[str, ...]  # whatever names the sender: address, browser, session, cookies, account


def tables() -> dict[str, list[tuple[str, ...]]]:
    """Every table, each row whole and with its place on the disk, in the order of these places."""
    found = {}
    with connection.cursor() as cursor:
        for table, place in _places(cursor).items():
            cursor.execute(f'SELECT {place}* FROM "{table}"')
            found[table] = [tuple(map(str, row)) for row in cursor.fetchall()]
    return found


def _places(cursor) -> dict[str, str]:
    """Table → what tells the place of a row. An index for search is read as the tables that it keeps its words in."""
    names = sorted(connection.introspection.table_names(cursor))
    if connection.vendor == "postgresql":
        return dict.fromkeys(names, "ctid::text, xmin::text, ")
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%' OR sql LIKE '%WITHOUT ROWID%'")
    made = dict(cursor.fetchall())
    virtual = {name for name, sql in made.items() if sql.startswith("CREATE VIRTUAL")}
    return {name: "" if name in made else "rowid, " for name in names if name not in virtual}


def files(folder: Path) -> list[tuple]:
    """Every stored file, in the order of their numbers on the disk: number, time, name, bytes."""
    listed = [(path.stat(), path) for path in folder.rglob("*") if path.is_file()]
    return sorted((stat.st_ino, stat.st_mtime, path.name, path.read_bytes()) for stat, path in listed)


def remembered() -> list[tuple[str, str, str]]:
    """What the cache in this process holds: key, value, end."""
    return [
        (key, str(pickle.loads(value)), str(datetime.fromtimestamp(cache._expire_info[key], UTC)))
        for key, value in cache._cache.items()
    ]


def changed(before: dict, after: dict) -> dict[str, list[tuple[str, ...]]]:
    """The rows that are new or different, in their order."""
    known = {table: set(rows) for table, rows in before.items()}
    fresh = {table: [row for row in rows if row not in known.get(table, ())] for table, rows in after.items()}
    return {table: rows for table, rows in fresh.items() if rows}


# --- names and times --------------------------------------------------------------------------------------------------


def named(dump, sent: list[Sent]) -> list[str]:
    """Whatever names a sender and stands in the dump."""
    text = repr(dump)
    return sorted({name for letter in sent for name in letter.who if name in text})


def told_times(dump, sent: list[Sent], *, within=60) -> list[str]:
    """Moments in the dump, of either time zone, that lie within so many seconds of a letter's."""
    known = [at.replace(tzinfo=None) for letter in sent for at in (letter.at, letter.at.astimezone(UTC))]
    moments = {said: datetime.fromisoformat(said) for said in set(MOMENT.findall(repr(dump)))}
    return sorted(
        said
        for said, moment in moments.items()
        if moment.time() not in MIDNIGHTS and any(abs((moment - at).total_seconds()) < within for at in known)
    )


# --- order ------------------------------------------------------------------------------------------------------------


def positions(rows: list, sent: list[Sent]) -> dict[tuple, dict[int, int]]:
    """cell → turn → where in `rows` (in order, whatever they are) the body of that letter is met first."""
    text = "\n".join(map(repr, rows))
    found = defaultdict(dict)
    for letter in sent:
        where = text.find(letter.body)
        if where >= 0:
            found[letter.cell][letter.turn] = where
    return found


def orders(dump: dict[str, list[tuple[str, ...]]]) -> dict[str, list]:
    """Every table as it lies, and sorted by every column of it and by its length: keys, sequences, digests."""
    found = {}
    for table, rows in dump.items():
        found[table] = rows
        for column in range(len(rows[0])):
            found[f"{table}/{column}"] = sorted(rows, key=lambda row, column=column: row[column].rjust(24))
            found[f"{table}/{column} by length"] = sorted(rows, key=lambda row, column=column: len(row[column]))
    return found


def matched(found: dict[tuple, dict[int, int]]) -> tuple[int, int]:
    """(letters whose turn is their place, cells): by chance it is one in each cell, however many lie there."""
    hits = sum(
        turn == guess
        for cell in found.values()
        for turn, guess in zip(sorted(cell, key=cell.get), sorted(cell), strict=True)
    )
    return hits, len(found)


def chance_of(hits: int, cells: int) -> float:
    """How probable so many hits or more are in random orders: about Poisson, with one expected in each cell."""
    if not hits or not cells:
        return 1.0
    return min(1.0, sum(math.exp(n * math.log(cells) - cells - math.lgamma(n + 1)) for n in range(hits, hits + 300)))


def correlation(found: dict[tuple, dict[int, int]]) -> float:
    """Spearman's rank correlation of place and turn over all cells, in standard deviations from none."""
    score = weight = 0.0
    for cell in found.values():
        number = len(cell)
        if number > 2:
            turns = {turn: rank for rank, turn in enumerate(sorted(cell))}
            places = {turn: rank for rank, turn in enumerate(sorted(cell, key=cell.get))}
            squares = sum((turns[turn] - places[turn]) ** 2 for turn in cell)
            score += (1 - 6 * squares / (number * (number**2 - 1))) * (number - 1)
            weight += number - 1
    return score / math.sqrt(weight) if weight else 0.0


def best_guess(listed: dict[str, list], sent: list[Sent]) -> dict:
    """The order that tells most: its p-value times the number of orders tried, both ways, and the correlation."""
    tried, best, strongest = 0, (1.0, "", 0, 0), (0.0, "")
    for name, rows in listed.items():
        for way, lie in (("", rows), (" backwards", rows[::-1])):
            found = positions(lie, sent)
            if not found:
                continue
            tried += 1
            hits, cells = matched(found)
            best = min(best, (chance_of(hits, cells), name + way, hits, cells))
            strongest = max(strongest, (abs(correlation(found)), name + way))
    return {
        "tried": tried, "p": min(1.0, best[0] * max(tried, 1)), "order": best[1], "hits": best[2], "cells": best[3],
        "deviations": strongest[0],
    }  # fmt: skip
