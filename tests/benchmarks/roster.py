"""A whole city's roster: `DATABASE_URL=… python tests/benchmarks/roster.py [--members 3641]`.

Writes a workbook of generated members, checks it, loads it and exports it again, in an empty database of its own
(SQLite in a temporary folder when no DATABASE_URL is given), and prints the seconds of each step. All of it should
take less than 10 s for the 3,641 members of four levels.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.mkdtemp()}/roster.sqlite3"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from members.models import Member  # noqa: E402
from members.roster import export, sheets, write  # noqa: E402
from members.roster.check import check  # noqa: E402
from members.roster.load import load  # noqa: E402
from tests.factories import members as make  # noqa: E402
from tests.factories import people  # noqa: E402

SECTORS = [f"第{number}界" for number in range(30)]
SPECIAL = [f"第{number}专门委员会" for number in range(10)]


class Undone(Exception):
    """Takes the whole run back."""


def roster(count) -> bytes:
    rows = (
        people.row(
            f"委员{number}", f"1390{number:07}", SECTORS[number % 30], 委员证号=f"{number:05}", 届次=11,
            是否常委="否", 单位及职务=f"某局第{number}科科长", 党派="民盟", 专长="水利、教育",
            所在乡镇=("珠泉镇", "塘村镇")[number % 2], 专委会=SPECIAL[number % 10], 任职起="2021-12-25",
        )
        for number in range(count)
    )  # fmt: skip
    return people.book(*rows)


def timed(label, do):
    began, asked = time.perf_counter(), len(connection.queries_log)
    result = do()
    print(f"  {label}: {time.perf_counter() - began:.1f} s, {len(connection.queries_log) - asked} statements")
    return result


def run(count):
    committee = make.committee(make.county("431024", "嘉禾县"), slug="jiahe")
    for name in SECTORS:
        make.sector(committee, name)
    for name in SPECIAL:
        people.special(committee, name)
    at = timezone.now()
    content = roster(count)
    reset_queries()
    connection.force_debug_cursor = True
    print(f"{connection.vendor}, {count} members")
    began = time.perf_counter()
    table = timed("read the workbook", lambda: sheets.read(content, "a.xlsx"))
    plan = timed("dry run", lambda: check(table, committee, by=None, today=timezone.localdate(at)))
    assert plan.counts["created"] == count, plan.all_faults[:3]
    slips = timed("load", lambda: load(plan, by=None, at=at))
    print(f"  in all: {time.perf_counter() - began:.1f} s")
    assert len(slips) == Member.objects.count() == count
    rows = timed("export", lambda: write.to_book(export.export(committee, kind="xlsx", by=None, at=at)).read())
    again = timed("dry run of the export", lambda: sheets.read(rows, "a.xlsx"))
    again = check(again, committee, by=None, today=timezone.localdate(at))
    assert again.counts["skipped"] == count, (again.counts, again.all_faults[:3])
    raise Undone


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--members", type=int, default=3641)
    given = reader.parse_args()
    call_command("migrate", verbosity=0)
    try:
        with transaction.atomic():
            run(given.members)
    except Undone:
        pass
