"""联系制度 as places named them; a click copies one into a committee, where it is changed like any other."""

from dataclasses import dataclass

from config.milestones import seed
from members.models import Circle
from members.reminders.contacts import LADDER
from members.services.contacts import VISIT


@dataclass(frozen=True)
class Tier:
    name: str
    contacts: Circle
    targets: Circle
    visits_a_year: int = 2
    leads: bool = False


@dataclass(frozen=True)
class Preset:
    label: str
    source: str
    tiers: tuple[Tier, ...]


C = Circle
PRESETS = {
    "three": Preset(
        "三联", "第 42 行",
        (
            Tier("主席会议成员联系常委", C.CHAIRS, C.STANDING),
            Tier("常委联系委员", C.STANDING, C.MEMBERS),
            Tier("委员联系群众", C.MEMBERS, C.PEOPLE, 4),
        ),
    ),
    "lead": Preset(
        "三联三带", "第 55 行",
        (
            Tier("党组成员联系带动党员委员", C.PARTY_LEADERS, C.PARTY_MEMBERS, leads=True),
            Tier("党员委员联系带动党外委员", C.PARTY_MEMBERS, C.OUTSIDE, leads=True),
            Tier("党外委员联系带动界别群众", C.OUTSIDE, C.PEOPLE, leads=True),
        ),
    ),
    "parties": Preset(
        "走访党派团体和各界人士", "第 130 行",
        (
            Tier("主席会议成员走访党派团体", C.CHAIRS, C.PARTIES),
            Tier("主席会议成员联系党外人士", C.CHAIRS, C.OUTSIDE),
            Tier("走访非公经济人士和新阶层", C.CHAIRS, C.PEOPLE),
        ),
    ),
    "towns": Preset(
        "联系镇街", "第 176 行",
        (
            Tier("主席会议成员联系镇街", C.CHAIRS, C.TOWNS, 4),
            Tier("专委会联系镇街", C.DIRECTORS, C.TOWNS, 4),
        ),
    ),
}  # fmt: skip


def load() -> None:
    """The reminder ladder of planned visits."""
    seed.load(VISIT, LADDER)
