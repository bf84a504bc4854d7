"""派驻方案 at the sizes that places named: `python tests/benchmarks/posting.py [--database]`.

Plans 盘锦 (1,098 members, 544 villages) and 唐山 (3,641 members, 15,490 + 317 grids) on their real divisions, without a
database, and prints what it cost and what it came to. With `--database` the cities that `load_demo --city` has put into
the database of DATABASE_URL (or SQLite) are planned once more through the service, and rolled back.
"""

import argparse
import csv
import lzma
import os
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from workstations.posting import Problem, Target, Worker, plan, report

REGIONS = Path(__file__).resolve().parents[2] / "members" / "data" / "regions.csv.xz"
WORDS = {"学校": ("教育",), "企业": ("经济", "工商"), "医院": ("医药", "卫生")}
SKILLS = ("教育 教育界", "法律", "工商 经济界", "农业", "医药卫生界", "")
CITIES = {"盘锦": ("2111", 1098, 260, 0, 0), "唐山": ("1302", 3641, 480, 15_490, 317)}


def villages(prefix: str) -> list[str]:
    """The codes of the villages of a place, as the shipped divisions have them."""
    with lzma.open(REGIONS, "rt", encoding="utf-8") as file:
        return [
            row["code"] for row in csv.DictReader(file) if row["code"].startswith(prefix) and row["level"] == "village"
        ]


def problem(prefix: str, members: int, upper: int, grids: int, dedicated: int) -> Problem:
    """So many members, `upper` of them of the city, at home where the villages are; grids, or villages where 0."""
    codes, dice = villages(prefix), random.Random(1)
    targets = [Target(code) for code in codes]
    if grids:
        per = Counter(codes) + Counter(dice.choices(codes, k=grids - len(codes)))
        targets = [Target(f"{code}{number:03}") for code in codes for number in range(1, per[code] + 1)]
        targets += [Target(f"{code}901", dice.choice(sorted(WORDS))) for code in dice.sample(codes, dedicated)]
    workers = []
    for number in range(members):
        village, known = dice.choice(codes), dice.random()
        home = village if known < 0.18 else village[:9] if known < 0.94 else village[:6] if known < 0.97 else ""
        bound = "" if number < upper else village[:6]
        workers.append(Worker(number, home, bound, dice.choice(SKILLS)))
    return Problem(tuple(targets), tuple(workers), words=WORDS)


def run(name: str) -> None:
    asked = problem(*CITIES[name])
    started = time.perf_counter()
    told = report(asked, plan(asked))
    say(name, time.perf_counter() - started, told)


def say(name, seconds, told) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    near = told["reach"]["1"] + told["reach"]["2"]
    spread = " ".join(f"{county['least']}–{county['most']}" for county in told["counties"])
    print(
        f"{name}: {told['members']} members, {told['targets']} targets, {told['seats']} seats in {seconds:.1f} s, "
        f"peak {peak:.0f} MB\n  covered {told['covered']}/{told['targets']}, at home {near / told['seats']:.1%}, "
        f"loads by county {spread}"
    )


def run_in_database(slug: str) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from members.models import Committee
    from workstations.models import PlanTarget, PostingPlan
    from workstations.services import posting_plans as services

    committee = Committee.objects.filter(slug=slug).select_related("region").first()
    if committee is None:
        print(f"{slug}: not loaded, see manage.py load_demo --city {slug}")
        return
    now = timezone.now()
    with transaction.atomic():
        made = services.open_plan(
            PostingPlan(committee=committee, name="量一量", target=PlanTarget.GRID), by=None, at=now
        )
        services.start(made, by=None, at=now)
        started = time.perf_counter()
        services.work_out(made, run=made.runs, at=now)
        say(f"{slug} ({connection.vendor}, read, planned and written)", time.perf_counter() - started, made.report)
        transaction.set_rollback(True)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", action="store_true")
    if options.parse_args().database:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        for slug in ("panjin", "tangshan"):
            run_in_database(slug)
        return
    for name in CITIES:
        run(name)


if __name__ == "__main__":
    main()
