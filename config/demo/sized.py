"""`load_demo --size N`: so many proposals of five years in one invented county, as the services would have left them.

Written in bulk, with dice that always fall the same way; no real person and no real place is named.
"""

import datetime
import random
from collections.abc import Callable

from django.db import connection, transaction

from config.demo import sized_beside, sized_more, sized_world
from config.demo.cities import Loaded
from config.demo.sized_lives import Year
from config.demo.sized_rows import Rows
from config.refusals import Refusal
from members.models import Committee

SEED = 990101
MEMBERS = 200
MOST = 100_000


def is_loaded() -> bool:
    """Whole or not at all: it is one transaction."""
    return Committee.objects.filter(slug=sized_world.SLUG).exists()


@transaction.atomic
def load(size: int, now: datetime.datetime, *, tell: Callable = lambda words: None) -> Loaded:
    """Everything in one transaction; Refusal where the size is none."""
    if not 1 <= size <= MOST:
        raise Refusal(f"数量应在 1 到 {MOST} 之间。")
    dice = random.Random(SEED)
    tell("成立示范县政协，登记委员和单位")
    world = sized_world.make(min(MEMBERS, max(24, size // 10)), dice, now)
    rows = Rows(world.committee)
    shares = _shares(size, len(world.plenaries))
    for plenary, share in zip(world.plenaries, shares, strict=True):
        tell(f"{plenary}的 {share} 件提案")
        Year(world, plenary, random.Random(f"{SEED} {plenary.number}"), rows).tell(share)
        rows.write()
    tell("社情民意信息")
    sized_more.information(world, rows, random.Random(f"{SEED} information"), -(-size // 3))
    tell("微建议")
    sized_beside.micros(world, rows, random.Random(f"{SEED} micros"), -(-size // 5))
    rows.keep_numbers()
    tell("遴选、督办、回头看、考核")
    sized_more.selections(world, random.Random(f"{SEED} selections"))
    sized_more.campaigns(world, random.Random(f"{SEED} campaigns"))
    sized_beside.showcases(world, random.Random(f"{SEED} showcases"))
    sized_beside.traces(world)
    sized_beside.appraisals(world)
    sized_more.reminders(world)
    sized_more.stamps(world)
    _measure()
    return Loaded(sized_more.counts(world), [(str(world.committee), world.staff.username)])


def _measure() -> None:
    """PostgreSQL plans by what it knows of its tables; after so many rows at once it must look again."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _shares(size: int, years: int) -> list[int]:
    """The last plenary gets what cannot be shared."""
    return [*([size // years] * (years - 1)), size - size // years * (years - 1)]
