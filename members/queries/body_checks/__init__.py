"""Every rule about bodies with its result and the rows that break it, each with a way to mend it.

A rule is a function of a Snapshot; a new rule is one more function with `@rule` in a module named here.
"""

from collections import Counter

from members.models import BodyKind, RegionLevel
from members.queries.bodies import MEMBERS, categories
from members.queries.body_checks import committees, councils, party, teams, towns
from members.queries.body_checks.base import RULES, Broken, Check
from members.queries.body_snapshot import Snapshot

__all__ = ["Broken", "Check", "Snapshot", "checks", "committees", "councils", "figures", "party", "teams", "towns"]


def checks(here: Snapshot, *, only: str = "") -> list[Check]:
    """Every rule (or `only` the one of that code) on what stands there."""
    done = []
    for code, title, why, of, look in RULES:
        if only in ("", code):
            looked_at, broken = look(here)
            done.append(Check(code, title, why, of, len(looked_at), list(broken)))
    return done


def figures(here: Snapshot) -> list[dict]:
    """What there is of 片区 → 工作单元 → 议事会 and of appointed people: label, done, what (rows 168, 169)."""
    councils = here.of(BodyKind.DELIBERATION_COUNCIL)
    levels = Counter(council.region.level for council in councils if council.region_id)
    pools = sum(len(here.seats[pool.pk]) for pool in here.of(BodyKind.EXPERT_POOL))
    counts = Counter(
        MEMBERS if seat.member else seat.standing for council in councils for seat in here.seats[council.pk]
    )
    return [
        {"label": "片区", "done": len(here.of(BodyKind.ZONE)), "what": "正在运行的片区"},
        {"label": "协商工作单元", "done": len(here.of(BodyKind.WORK_UNIT)), "what": "正在运行的工作单元"},
        {
            "label": "协商议事会",
            "done": f"{levels[RegionLevel.TOWN]}+{levels[RegionLevel.VILLAGE]}",
            "what": f"乡镇级+村级，共 {len(councils)} 个",
        },
        {"label": "人才库", "done": pools, "what": "聘期内的人员"},
        {
            "label": "议事会成员",
            "done": sum(counts.values()),
            "what": "、".join(f"{row['label']} {row['value']}" for row in categories(counts)) or "还没有成员",
        },
    ]
