"""Which members fit the units that a supervision team looks at (row 84): words of the unit against specialties."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from members.models import Body, Member, Membership, Organisation, OrganisationKind

DATA = Path(__file__).parent.parent / "data" / "bodies.json"
PLACE = re.compile(r"^.{0,6}?[省市县区州盟旗]")
OFFICE = re.compile(r"(委员会|办公室|办事处|人民政府|管理局|服务中心|中心|总局|分局|局|委|办|厅|处|科|所|站)+$")
PLAIN = {"和", "与", "及", "、", "事务", "管理", "工作", "服务"}
FOR_SPECIALTY, FOR_SECTOR = 2, 1


@dataclass
class Match:
    """A member who fits, and why; `recused` says why this member should not look at the unit after all."""

    member: Member
    score: int = 0
    reasons: list[str] = field(default_factory=list)
    recused: str = ""


@cache
def fields_of_work() -> dict[str, list[str]]:
    """A word in the names of units → the words that people of that field use of themselves."""
    return json.loads(DATA.read_text())["fields"]


def words_of(unit: Organisation) -> dict[str, str]:
    """Words to look for → the part of the unit's name that they come from: 县住建局 → 住建, 建设, 房地产 …"""
    words = {}
    for name in {unit.name, unit.short_name} - {""}:
        for part, related in fields_of_work().items():
            if part in name:
                words |= dict.fromkeys([part, *related], part)
    return words or _pairs(unit)


def _pairs(unit):
    """A unit of no known field: every two characters of what is left of its name without place and office."""
    if unit.kind == OrganisationKind.TOWN:
        return {}
    core = OFFICE.sub("", PLACE.sub("", unit.name, count=1))
    pairs = [core[start : start + 2] for start in range(len(core) - 1)]
    return {pair: pair for pair in pairs if not any(plain in pair for plain in PLAIN)}


def proposals(team: Body, user, *, most: int = 30) -> tuple[list[Organisation], list[Match]]:
    """(the units that the team looks at, members who fit them, the best first); who sits there already is left out."""
    units = [unit for unit in team.organisations.order_by("pk") if unit.kind != OrganisationKind.PARTY_GROUP]
    words = {unit: words_of(unit) for unit in units}
    seated = Membership.objects.in_force().filter(body=team, member__isnull=False).values("member")
    members = Member.objects.visible_to(user).filter(committee=team.committee).in_force().exclude(pk__in=seated)
    found = []
    for member in members.select_related("user", "sector"):
        match = Match(member)
        for unit in units:
            _weigh(match, unit, words[unit])
        if match.score:
            found.append(match)
    found.sort(key=lambda match: (bool(match.recused), -match.score, match.member.pk))
    return units, found[:most]


def _weigh(match, unit, words):
    member = match.member
    for label, text, weight in (
        ("专长", member.specialties, FOR_SPECIALTY),
        ("界别", member.sector.name, FOR_SECTOR),
    ):
        hits = [word for word in words if word in text]
        if hits:
            match.score += weight * len(hits)
            match.reasons.append(f"{label}“{text}”与{unit}相关（{'、'.join(hits[:3])}）")
    if member.work_post and any(name and name in member.work_post for name in (unit.name, unit.short_name)):
        match.recused = f"在{unit}任职，应当回避"
