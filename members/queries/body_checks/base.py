"""What a rule about bodies is, what it answers, and the ways to mend what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from members.models import Body, BodyKind, PartyLevel
from members.queries.body_snapshot import Snapshot


@dataclass(frozen=True)
class Broken:
    """One row that breaks a rule: what is wrong, and where to mend it."""

    title: str
    wrong: str
    url: str
    label: str


@dataclass(frozen=True)
class Check:
    """The result of a rule over `total` objects; no object, nothing to say."""

    code: str
    title: str
    why: str
    of: str  # what was looked at
    total: int
    broken: list[Broken]

    @property
    def tone(self) -> str:
        return "closed" if not self.total else "late" if self.broken else "ok"

    @property
    def result(self) -> str:
        if not self.total:
            return "尚未设置"
        return f"{len(self.broken)} 处待完善" if self.broken else "符合"


RULES: list[tuple[str, str, str, str, Callable]] = []


def rule(title: str, *, why: str, of: str):
    """Register fn(snapshot) -> (objects looked at, iterator of Broken)."""

    def register(look):
        RULES.append((look.__name__, title, why, of, look))
        return look

    return register


Found = tuple[list, Iterator[Broken]]


def branches(here: Snapshot) -> list[Body]:
    """The functional party branches."""
    party = here.of(BodyKind.PARTY_ORGANISATION)
    return [body for body in party if body.party_level == PartyLevel.FUNCTIONAL_BRANCH]


# --- ways to mend --------------------------------------------------------------------------------------------------


def to_seat(body: Body, wrong: str, post: str = "") -> Broken:
    address = reverse("body-seat", args=[body.pk])
    return Broken(body.name, wrong, f"{address}?{urlencode({'post': post})}" if post else address, "任职")


def to_edit(body: Body, wrong: str) -> Broken:
    return Broken(body.name, wrong, reverse("body-edit", args=[body.pk]), "修改资料")


def to_look(body: Body, wrong: str) -> Broken:
    return Broken(body.name, wrong, body.get_absolute_url(), "看机构")


def to_open(title: str, wrong: str, **given) -> Broken:
    return Broken(title, wrong, f"{reverse('body-new')}?{urlencode(given)}", "设立")
