"""委员在身边 at the size of a city: `DATABASE_URL=… python tests/benchmarks/coverage.py [--grids 15807]`.

Fills an empty database of its own (SQLite in a temporary folder when no DATABASE_URL is given): 14 counties, 230 towns,
6,304 villages, the grids in three villages of four, 3,641 members of 15 committees, four grids each, and monthly logs.
Prints milliseconds and statements of the page of the city, of a county, of a town, of a village, and of the API.
"""

# ruff: noqa: E402
import argparse
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.mkdtemp()}/coverage.sqlite3"

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.models import Committee, Member, Region, RegionLevel, User
from tests.factories import members as make
from workstations.models import Grid, GridLog, GridPosting, StationKind, Workstation

COUNTIES, TOWNS, VILLAGES, GRIDS, MEMBERS = 14, 230, 6304, 15807, 3641
AT = datetime.now(ZoneInfo("Asia/Shanghai"))
TODAY = AT.date()
SERVED = 0.93  # of the grids


def regions(level, codes, parent_digits, name):
    made = [
        Region(code=code, name=f"{name}{n}", level=level, parent_id=code[:parent_digits].ljust(12, "0"))
        for n, code in enumerate(codes, 1)
    ]
    return Region.objects.bulk_create(made, batch_size=1000)


def divisions(grids):
    """The tree of a city: codes as the statistics office gives them."""
    make.region("130000000000", "河北省", RegionLevel.PROVINCE)
    city = make.region("130200000000", "唐城市", RegionLevel.CITY, Region.objects.get(pk="130000000000"))
    counties = regions(3, [f"1302{n:02}000000" for n in range(1, COUNTIES + 1)], 4, "县")
    towns = [f"{counties[n % COUNTIES].code[:6]}{100 + n // COUNTIES}000" for n in range(TOWNS)]
    towns = regions(4, towns, 6, "镇")
    villages = [f"{towns[n % TOWNS].code[:9]}{1 + n // TOWNS:03}" for n in range(VILLAGES)]
    villages = regions(5, villages, 9, "村")
    gridded = [village for n, village in enumerate(villages) if n % 4]
    codes = [f"{gridded[n % len(gridded)].code}{1 + n // len(gridded):03}" for n in range(grids)]
    made = Region.objects.bulk_create(
        [
            Region(code=code, name=f"网格{n}", level=RegionLevel.GRID, parent_id=code[:12])
            for n, code in enumerate(codes, 1)
        ],
        batch_size=1000,
    )
    return city, counties, towns, made


def people(committees, number):
    sectors = {committee.pk: make.sector(committee) for committee in committees}
    users = [User(username=f"b{n}", name=f"委员{n}", must_change_password=False) for n in range(number)]
    users = User.objects.bulk_create(users, batch_size=1000)
    rows = []
    for n, user in enumerate(users):
        committee = committees[n % len(committees)]
        rows.append(
            Member(user=user, committee=committee, term=1, sector=sectors[committee.pk], since=date(2022, 1, 1))
        )
    return Member.objects.bulk_create(rows, batch_size=1000)


def fill(grids, members):
    draw = random.Random(1)
    city, counties, towns, places = divisions(grids)
    upper = Committee.objects.create(
        name="政协唐城市委员会", short_name="唐城市政协", slug="tang", brand="唐", region=city
    )
    committees = [upper] + [
        Committee.objects.create(
            name=f"政协{county}委员会", short_name=f"{county}政协", slug=f"c{n}", brand="县", region=county, upper=upper
        )
        for n, county in enumerate(counties)
    ]
    Grid.objects.bulk_create([Grid(region=place, committee=upper) for place in places], batch_size=1000)
    people_ = people(committees, members)
    served = sorted((place for place in places if draw.random() < SERVED), key=lambda place: place.code)
    whose = [people_[n * len(people_) // len(served)] for n in range(len(served))]
    GridPosting.objects.bulk_create(
        [
            GridPosting(
                committee=upper, member=member, region=place,
                since=TODAY - timedelta(days=draw.choice([20, 100, 300])),
            )
            for place, member in zip(served, whose, strict=True)
        ],
        batch_size=1000,
    )  # fmt: skip
    grids_of = defaultdict(list)
    for place, member in zip(served, whose, strict=True):
        grids_of[member.pk].append(place.code)
    logs(upper, people_, grids_of, draw)
    sector = make.sector(upper)
    Workstation.objects.bulk_create(
        Workstation(
            committee=upper,
            kind=draw.choice(StationKind.values[:3]),
            name=f"站{n}",
            region=town,
            sector=sector,
            member=people_[0],
        )
        for n, town in enumerate(towns)
        if n % 7
    )
    return upper, counties[0], towns[0]


def logs(committee, people_, grids_of, draw):
    """A log of most members in each of the last four months, naming their grids."""
    through = GridLog.regions.through
    month = TODAY.replace(day=1)
    for _ in range(4):
        writers = [member for member in people_ if draw.random() < 0.8]
        made = GridLog.objects.bulk_create(
            [
                GridLog(
                    committee=committee, member=member, month=month, by_id=member.user_id,
                    at=AT.replace(year=month.year, month=month.month, day=20), updated_at=AT,
                )
                for member in writers
            ],
            batch_size=1000,
        )  # fmt: skip
        rows = [through(gridlog_id=log.pk, region_id=code) for log in made for code in grids_of[log.member_id]]
        through.objects.bulk_create(rows, batch_size=2000)
        month = (month - timedelta(days=1)).replace(day=1)


def timed(client, words, address):
    client.get(address)  # templates are compiled once
    took = []
    for _ in range(5):
        with CaptureQueriesContext(connection) as statements:
            began = time.perf_counter()
            answer = client.get(address)
            took.append(time.perf_counter() - began)
    assert answer.status_code == 200, answer.status_code
    size = len(answer.content) / 1024
    print(f"{words}: {1000 * sorted(took)[2]:.0f} ms, {len(statements)} statements, {size:.0f} kB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--grids", type=int, default=GRIDS)
    parser.add_argument("--members", type=int, default=MEMBERS)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # no manifest
    call_command("migrate", verbosity=0)
    city, county, town = fill(options.grids, options.members)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}, {Region.objects.count():,} divisions, {GridPosting.objects.count():,} postings")
    client = Client()
    timed(client, "city", f"/c/{city.slug}/where/")
    timed(client, "county", f"/c/{city.slug}/where/?at={county.code}")
    timed(client, "town", f"/c/{city.slug}/where/?at={town.code}")
    timed(client, "village", f"/c/{city.slug}/where/?at={town.code[:9]}001")
    timed(client, "API of the city", f"/api/v1/coverage/?committee={city.slug}")
    timed(client, "table", f"/c/{city.slug}/where/?as=csv")


if __name__ == "__main__":
    main()
