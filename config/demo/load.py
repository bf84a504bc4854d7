"""The whole demo in one transaction: people, then everything that they did, in the order in which they did it."""

import datetime
import random
import tomllib
from itertools import chain
from pathlib import Path

from django.db import transaction

from config.demo import stations
from config.demo.accounts import ACCOUNTS
from config.demo.consultations import Talk
from config.demo.days import Days
from config.demo.duties import Duties
from config.demo.information_year import Register
from config.demo.matters import Matter
from config.demo.people import Population
from config.demo.places import Places
from config.demo.plans import Planning
from config.demo.proposal_affairs import Affairs
from config.demo.proposal_year import Case
from config.demo.scores import Scores
from config.demo.story import tell
from config.notices import outbox
from config.notices.models import Notice
from members.models import Committee

DATA = Path(__file__).parent / "data"
SEED = 431024
SINCE = 2  # years that everybody has been in office
READ_AFTER = datetime.timedelta(days=5)


def read(name: str) -> dict:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def is_loaded() -> bool:
    """Whole or not at all: where its first member sits, the rest is too."""
    return Committee.objects.filter(slug="jiahe", members__user__name=ACCOUNTS[0].name).exists()


@transaction.atomic
def load(now: datetime.datetime) -> None:
    days, rng = Days(now), random.Random(SEED)
    since = datetime.date(days.today.year - SINCE, 1, 1)
    population = Population(since=since, rng=rng)
    places = {spec["slug"]: population.settle(spec) for spec in read("committees")["committee"]}
    population.administrator(ACCOUNTS[-1].username)
    told = chain(*(_stories(place, slug, days, population.names) for slug, place in places.items()))
    tell(told, until=now)
    outbox.mark_read(Notice.objects.filter(created_at__lt=now - READ_AFTER), at=now)


def _stories(place, slug, days, names):
    """Everything that happened in one committee; each story has its own dice, so that one more changes no other."""
    yield from stations.stories(place, read("stations")[slug], days)
    if told := read("duty").get(slug):
        duties = Duties(place, told, days, random.Random(f"{SEED} {slug} duty"))
        yield from duties.stories()
        yield from Scores(place, told, days, duties, random.Random(f"{SEED} {slug} scores")).stories()
    if told := read("places").get(slug):
        yield from Places(place, told, days, random.Random(f"{SEED} {slug} places")).stories()
    agenda = read("agenda")[slug]
    planning = Planning(place, agenda, days, random.Random(f"{SEED} {slug}"))
    yield from planning.stories()
    for told in agenda["topics"]:
        dice = random.Random(f"{SEED} {slug} {told['title']}")
        yield from Talk(place, told, planning, days, names, dice).stories()
    for told in read("micros").get(slug, []):
        yield Matter(place, told, days, random.Random(f"{SEED} {told['title']}")).story()
    if told := read("proposals").get(slug):
        cases: dict[str, Case] = {}
        yield from [Case(place, one, days, random.Random(f"{SEED} {slug} {one['key']}"), cases).story() for one in told]
        yield from Affairs(place, cases, days, names, random.Random(f"{SEED} {slug} affairs")).stories()
    if told := read("information").get(slug):
        yield from Register(place, told, days, names, random.Random(f"{SEED} {slug} register")).stories()
