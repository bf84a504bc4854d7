"""全员入委 at any size: `python tests/benchmarks/grouping.py [--members 3641] [--sectors 34] [--units 8] [--free]`.

Plans generated members without a database and prints how long it took and how even it came out; without arguments the
three sizes that places named, by sector and one by one.
"""

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from members.grouping import Key, Person, Problem, Unit, plan, report

SPECIALTIES = ["法律", "医疗卫生", "农业", "教育", "财税金融", "工程建设", "文化", "环境保护", ""]
SHOWN = [
    "seconds",
    "unit_spread",
    "group_spread",
    "group_spread_inside",
    "party_off",
    "best_of_units",
    "best_of_groups",
]
PLACES = [(597, 28, 9), (1098, 30, 8), (3641, 34, 8)]


def people(size, sectors, chance):
    keys = [Key("sector", number, f"第{number}界") for number in range(1, sectors + 1)]
    weights = [chance.choice([3, 4, 5, 6, 7, 8, 10, 12]) for _ in keys]
    for number in range(size):
        key = keys[number] if number < sectors else chance.choices(keys, weights)[0]
        yield Person(
            number, f"委员{number}", key, key.name, chance.random() < 0.4, chance.random() < 0.15,
            chance.choice(SPECIALTIES),
        )  # fmt: skip


def run(size, sectors, units, is_free):
    asked = Problem(
        tuple(people(size, sectors, random.Random(1))),
        tuple(Unit(number, f"第{number}委") for number in range(1, units + 1)),
        is_free=is_free,
    )
    told = report(asked, plan(asked))
    figures = "  ".join(f"{name} {told[name]}" for name in SHOWN)
    print(f"{size} members, {sectors} sectors, {units} committees, {'free' if is_free else 'whole'}: {figures}")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--members", type=int)
    options.add_argument("--sectors", type=int, default=34)
    options.add_argument("--units", type=int, default=8)
    options.add_argument("--free", action="store_true")
    asked = options.parse_args()
    if asked.members:
        run(asked.members, asked.sectors, asked.units, asked.free)
        return
    for is_free in (False, True):
        for place in PLACES:
            run(*place, is_free)


if __name__ == "__main__":
    main()
