"""A county's year of points at any size: `DATABASE_URL=… python tests/benchmarks/scoring.py [--facts 300000]`.

Fills an empty database of its own (SQLite in a temporary folder when no DATABASE_URL is given) with members and what
they did in a year, and prints: the first posting of the whole ledger, a full recomputation that finds nothing to add,
one after a tenth of the facts was taken back, one fact told, a member's card.
"""

# ruff: noqa: E402
import argparse
import os
import random
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.mkdtemp()}/scoring.sqlite3"

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from config import bulk
from members.facts import Fact, Mark, Share
from members.models import Body, Committee, DutyRecord, Member, Region, ScoreLine, ScoreScheme, User
from members.presets import schemes
from members.queries import scoring as queries
from members.services import duty, scoring

YEAR = 2026
NOW = timezone.now()
ADAPT = connection.ops.adapt_datetimefield_value
SEEN = [Fact.ACTIVITY] * 6 + [Fact.CONSULTATION] * 3 + [Fact.STANDING, Fact.PLENARY, Fact.PROPOSAL, Fact.PROPOSAL_FILED,
        Fact.INFORMATION, Fact.INFORMATION_ADOPTED, Fact.SPEECH, Fact.CHARITY, Fact.TRAINING]  # fmt: skip
MARKED = {Fact.ACTIVITY, Fact.CONSULTATION, Fact.STANDING, Fact.PLENARY, Fact.CHARITY, Fact.TRAINING}
COLUMNS = ("committee_id", "member_id", "year", "on", "fact", "detail", "mark", "share", "sharers", "quantity", "title",
           "url", "key", "version", "reverses_id", "reason", "at")  # fmt: skip


def people(number):
    place = Region.objects.create(code="431024000000", name="嘉禾县", level=3)
    named = {"name": "政协嘉禾县委员会", "short_name": "嘉禾县政协", "slug": "bench", "brand": "试"}
    county = Committee.objects.create(region=place, term=11, **named)
    sector = Body.objects.create(committee=county, kind="sector", name="经济界")
    User.objects.bulk_create(User(username=f"u{i}", name=f"委员{i}") for i in range(number))
    users = User.objects.order_by("pk").values_list("pk", flat=True)
    Member.objects.bulk_create(
        Member(user_id=user, committee=county, term=11, sector=sector, is_standing=i % 6 == 0, since=date(2022, 1, 1))
        for i, user in enumerate(users)
    )
    return county, list(Member.objects.order_by("pk").values_list("pk", flat=True))


def year_of(county, members, facts):
    rng = random.Random(1)
    at = ADAPT(NOW)

    def row(number):
        fact = rng.choice(SEEN)
        mark = rng.choice([Mark.PRESENT] * 6 + [Mark.LEAVE, Mark.ABSENT, Mark.LATE]) if fact in MARKED else ""
        share = rng.choice(Share.values) if fact.startswith("proposal") else Share.SOLE
        day = date(YEAR, 1, 1) + timedelta(days=rng.randrange(365))
        detail = "plenary" if fact == Fact.SPEECH else ""
        return (county.pk, members[number % len(members)], YEAR, day, fact.value, detail, str(mark), str(share),
                3, 1, f"第 {number} 件", "", f"bench:{number}", 1, None, "", at)  # fmt: skip

    quoted = [f'"{name}"' for name in COLUMNS]
    bulk.insert(DutyRecord._meta.db_table, quoted, (row(number) for number in range(facts)))


def take_back(share):
    """Counter-entries for every so-manieth record."""
    at, same = ADAPT(NOW), COLUMNS[:13]
    rows = DutyRecord.objects.order_by("pk").values_list(*same, "pk").iterator()
    quoted = [f'"{name}"' for name in COLUMNS]
    picked = ((*row[:13], 1, row[13], "核对后更正", at) for number, row in enumerate(list(rows)) if number % share == 0)
    return bulk.insert(DutyRecord._meta.db_table, quoted, picked)


def timed(words, work, each=1):
    began = time.perf_counter()
    with transaction.atomic():
        answer = work()
    took = (time.perf_counter() - began) / each
    print(f"{words}: {took:.2f} s" if took > 1 else f"{words}: {took * 1000:.0f} ms", f"({answer})" if answer else "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--facts", type=int, default=300_000)
    parser.add_argument("--members", type=int, default=3641)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    schemes.load()
    with transaction.atomic():
        county, members = people(options.members)
        year_of(county, members, options.facts)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}, {options.members:,} members, {options.facts:,} facts")
    preset = ScoreScheme.objects.presets().get(name__startswith="桐城")
    scheme = scoring.copy_preset(preset, county, YEAR, by=None, at=NOW)
    timed("first posting, lines", lambda: scoring.enact(scheme, by=None, at=NOW))
    timed("full recomputation, nothing to add", lambda: scoring.recompute(scheme, at=NOW))
    taken = take_back(10)
    timed(f"recomputation after {taken:,} were taken back, lines", lambda: scoring.recompute(scheme, at=NOW))
    assert scoring.recompute(scheme, at=NOW) == 0
    print(f"ledger: {ScoreLine.objects.count():,} lines")
    some = [Member.objects.get(pk=pk) for pk in members[:: len(members) // 20]][:20]
    timed("one fact told and posted", lambda: [_tell(member.pk) for member in some] and None, each=len(some))
    timed("one member's card", lambda: [queries.card(scheme, member) for member in some] and None, each=len(some))


def _tell(member):
    deed = duty.Deed(member=member, on=date(YEAR, 11, 20), fact=Fact.ACTIVITY, key=f"one:{member}", title="调研")
    return duty.record([deed], by=None, at=NOW)


if __name__ == "__main__":
    main()
