"""What the public page of a station shows besides its own fields: who, with whom, where, what takes place."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AnonymousUser

from config.uploads import store
from workstations.models import CHAIN, Activity, PostKind, ReceptionShift, Room, StationPost, StationTie, TieRole
from workstations.services.stations import PHOTO
from workstations.states import ActivityState

FEW = 12  # activities that are looked at, the newest first
CONSULTATIONS = 5
STAFFED = (PostKind.KEEPER, PostKind.DEPUTY_KEEPER, PostKind.STAFF)


@dataclass(frozen=True)
class Composition:
    """编制: who is there in which post, as places say it: 1+1+2 (rows 185, 192)."""

    counts: list[tuple[str, int]]
    formula: str
    is_dual: bool
    levels: list[tuple[str, int]]

    @property
    def people(self) -> int:
        return sum(number for _, number in self.counts)


def composition(posts: Iterable[StationPost]) -> Composition:
    """Of posts in force; `formula` is keepers + deputies + staff, once one of these posts is held."""
    posts = list(posts)
    held = Counter(post.post for post in posts)
    counts = [(kind.label, held[kind]) for kind in PostKind if held[kind]]
    staffed = [held[kind] for kind in STAFFED]
    levels = Counter(post.level for post in posts if post.level)
    formula = "+".join(map(str, staffed)) if any(staffed) else ""
    return Composition(counts, formula, held[PostKind.CONVENER] == 2, sorted(levels.items()))


@dataclass(frozen=True)
class Ties:
    """The chain above a station, step by step, and what it is tied to beside and below."""

    chain: list[tuple[str, list[StationTie]]] = field(default_factory=list)
    beside: list[tuple[str, list[StationTie]]] = field(default_factory=list)

    def __bool__(self):
        return bool(self.chain or self.beside)


def ties(station, user, on: date | None = None) -> Ties:
    """Those in force on the day `on` (today), in one statement."""
    rows = StationTie.objects.visible_to(user).in_force(on).filter(station=station).in_order()
    by_role = {}
    for row in rows.select_related("member__user", "body", "organisation"):
        by_role.setdefault(TieRole(row.role), []).append(row)
    chain = [(role.label, by_role[role]) for role in CHAIN if role in by_role]
    beside = [(role.label, found) for role, found in by_role.items() if role not in CHAIN]
    return Ties(chain, beside)


def here_today(station, user, today: date):
    """值班: which members receive the public here today, and from when to when."""
    shifts = ReceptionShift.objects.visible_to(user).standing().filter(station=station, on=today)
    return shifts.select_related("member__user").order_by("starts", "pk")


def rooms(station, user):
    return Room.objects.visible_to(user).open().filter(station=station)


def photos(station):
    return store.of(station, PHOTO)


def activities(station, now) -> tuple[list[Activity], list[Activity]]:
    """Public ones: to come (the next first), and held (the latest first), in one statement."""
    found = list(Activity.objects.public().filter(station=station).order_by("-starts_at", "-pk")[:FEW])
    coming = [one for one in found if one.state == ActivityState.OPEN and one.ends_at >= now]
    return coming[::-1], [one for one in found if one not in coming]


def consultations(station):
    """What was and is deliberated here, as the app above shows it to everybody."""
    return station.consultations.visible_to(AnonymousUser()).select_related("committee")[:CONSULTATIONS]
