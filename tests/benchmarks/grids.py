"""A whole city's grids: `DATABASE_URL=… python tests/benchmarks/grids.py [--grids 15490] [--dedicated 317]`.

Loads the divisions of Tangshan, writes a workbook of generated grids in its real villages, checks and loads it, exports
both ledgers, hands the export in again (nothing may change) and posts 3,641 members, in an empty database of its own
(SQLite in a temporary folder when no DATABASE_URL is given). Prints the seconds and the memory of each step.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.mkdtemp()}/grids.sqlite3"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.documents.sheet import Sheet, workbook  # noqa: E402
from members.models import Member, Region, RegionLevel, User  # noqa: E402
from tests.factories import members as make  # noqa: E402
from workstations.gridbook import columns, grids, ledgers  # noqa: E402
from workstations.models import Grid, GridPosting, ImportOf  # noqa: E402
from workstations.services import postings  # noqa: E402


class Undone(Exception):
    """Takes the whole run back."""


def table(committee, count, dedicated) -> bytes:
    """So many basic and dedicated grids, spread over the villages of the city; codes left to the platform."""
    villages = Region.objects.within(committee.region).in_force().filter(level=RegionLevel.VILLAGE)
    codes = list(villages.values_list("code", flat=True))
    rows = [
        ["", f"第{number // len(codes) + 1}网格", code, "基础", "", f"网格员{number % 900}", 80 + number % 60, 250]
        for number, code in enumerate(islice(cycle(codes), count))
    ]
    rows += [["", f"专属网格{n}", codes[n * 7], "专属", "学校", "", None, None] for n in range(dedicated)]
    return workbook(Sheet("网格", [column.value for column in columns.Column], rows))


def timed(label, do):
    began, asked = time.perf_counter(), len(connection.queries_log)
    result = do()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds, statements = time.perf_counter() - began, len(connection.queries_log) - asked
    print(f"  {label}: {seconds:.1f} s, {statements} statements, at most {memory:.0f} MB so far")
    return result


def people(committee, count) -> list[int]:
    sector = make.member(make.user("first", "第一位"), committee).sector
    users = User.objects.bulk_create(
        [User(username=f"m{n}", name=f"委员{n}", password="!", date_joined=timezone.now()) for n in range(count - 1)]
    )
    Member.objects.bulk_create(
        [Member(user=user, committee=committee, term=committee.term, sector=sector, since=make.SINCE) for user in users]
    )
    return list(Member.objects.filter(committee=committee).values_list("pk", flat=True))


def ledger(committee) -> bytes:
    with ledgers.basic_book(committee, committee.region, by=None, at=timezone.now()) as file:
        return file.read()


def run(count, dedicated, members):
    call_command("load_reference", verbosity=0)
    committee = make.committee(Region.objects.get(code="130200000000"), slug="tangshan", brand="凤凰商量")
    content = table(committee, count, dedicated)
    print(f"{count + dedicated} grids, {len(content) // 1024} KB, {connection.vendor}")
    connection.force_debug_cursor = True
    read = timed("read the workbook", lambda: columns.read(content, "网格.xlsx", ImportOf.GRIDS))
    plan = timed("check", lambda: grids.check(read, committee))
    assert plan.is_loadable, [str(fault) for fault in plan.all_faults[:5]]
    timed("load", lambda: grids.load(plan, by=None, at=timezone.now()))
    assert Grid.objects.count() == count + dedicated
    pks = people(committee, members)
    codes = list(Grid.objects.values_list("pk", flat=True))
    rows = [(pks[n % members], code, "按所在乡镇") for n, code in enumerate(codes)]
    timed("post the members", lambda: postings.post_many(committee, rows, by=None, at=timezone.now()))
    assert GridPosting.objects.count() == len(codes)
    basic = timed("基本信息台账", lambda: ledger(committee))
    again = columns.read(basic, "台账.xlsx", ImportOf.GRIDS)
    plan = timed("hand the ledger in again", lambda: grids.check(again, committee))
    assert plan.counts["skipped"] == plan.counts["rows"] == len(codes), plan.counts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grids", type=int, default=15_490)
    parser.add_argument("--dedicated", type=int, default=317)
    parser.add_argument("--members", type=int, default=3641)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    try:
        with transaction.atomic():
            run(given.grids, given.dedicated, given.members)
            raise Undone
    except Undone:
        reset_queries()


if __name__ == "__main__":
    main()
