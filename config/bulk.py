"""Many new rows as fast as the database loads them: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import islice

from django.db import connection

CHUNK = 20_000
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def insert(table: str, columns: Sequence[str], rows: Iterable[tuple]) -> int:
    """Add `rows` of text, numbers and None to `table` and return how many; inside the caller's transaction."""
    rows, count = iter(rows), 0
    load = _copy if connection.vendor == "postgresql" else _execute
    with connection.cursor() as cursor:
        while chunk := list(islice(rows, CHUNK)):
            load(cursor, table, columns, chunk)
            count += len(chunk)
    return count


def _copy(cursor, table, columns, rows):
    lines = ("\t".join(map(_field, row)) for row in rows)
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", StringIO("\n".join(lines)))


def _field(value):
    return r"\N" if value is None else str(value).translate(_ESCAPES)


def _execute(cursor, table, columns, rows):
    places = ", ".join(["%s"] * len(columns))
    cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
