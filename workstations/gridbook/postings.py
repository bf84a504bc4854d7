"""预检 and loading of a table of postings: who goes where, each refusal with row, column and reason (rows 36, 135)."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from config.documents.tables import Line, Table
from members.models import Committee, Member, Region, RegionLevel
from members.models.regions import CODE_LENGTH, DIGITS
from workstations.gridbook.columns import Seat
from workstations.gridbook.outcomes import Outcome, Plan, unless_unfit
from workstations.models import GridPosting
from workstations.services import postings as services

LENGTHS = (CODE_LENGTH, DIGITS[RegionLevel.GRID])
OFFERED = 4


@dataclass
class Known:
    """Members who may be posted, and the divisions that the table names."""

    committee: Committee
    regions: dict[str, Region]
    by_number: dict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))
    standing: set[tuple[int, str]] = field(default_factory=set)

    @classmethod
    def of(cls, committee: Committee, codes: set[str], today: date) -> "Known":
        known = cls(committee, Region.objects.in_bulk(codes))
        chain = list(committee.upwards())
        members = Member.objects.not_ended(today).filter(committee__in=chain).order_by("pk")
        for member in members.select_related("user", "sector", "committee"):
            known.by_name[member.user.name].append(member)
            if member.number:
                known.by_number[member.number].append(member)
        open_ones = GridPosting.objects.filter(member__committee__in=chain, until__isnull=True)
        known.standing = set(open_ones.values_list("member", "region"))
        return known


def check(table: Table, committee: Committee, *, today: date) -> Plan:
    """Hold a table against what is known; nothing is written."""
    parsed = [_parse(line) for line in table.lines]
    codes = {outcome.code for outcome in parsed if outcome.code}
    known = Known.of(committee, codes, today)
    for outcome in parsed:
        _find_place(outcome, known)
        find_member(outcome, known)
    _check_together(parsed, known)
    return Plan(committee, parsed, table.faults, table.notes)


def load(plan: Plan, *, by, at: datetime) -> None:
    """Write a plan without refusals, in the transaction of the caller."""
    rows = [(one.member.pk, one.code, one.values.get(Seat.WHY, "")) for one in plan.of("created")]
    services.post_many(plan.committee, rows, by=by, at=at)


def _parse(line: Line) -> Outcome:
    outcome = Outcome(line.row, faults=list(line.faults))
    given = {column: unless_unfit(outcome, line, column) for column in Seat}
    outcome.name, code = given[Seat.MEMBER], given[Seat.PLACE]
    outcome.values = {column: given[column] for column in Seat if given[column]}
    failed = {fault.column for fault in outcome.faults}
    if re.fullmatch(r"[\d.]+[eE]\+?\d+", code):
        words = f"“{code}”是科学计数法，代码已不完整，请把这一列设为文本格式后重新填写。"
        outcome.refuse(Seat.PLACE, words)
    elif not code and Seat.PLACE not in failed:
        outcome.refuse(Seat.PLACE, "没有填。")
    elif code and not (code.isascii() and code.isdigit() and len(code) in LENGTHS):
        outcome.refuse(Seat.PLACE, f"“{code}”应是网格的 15 位代码，或村（社区）的 12 位代码。")
    else:
        outcome.code = code
    if not (outcome.name or given[Seat.NUMBER]) and not failed & {Seat.MEMBER, Seat.NUMBER}:
        outcome.refuse(Seat.MEMBER, "没有填，请写姓名或委员证号。")
    if len(given[Seat.WHY]) > services.WHY:
        outcome.refuse(Seat.WHY, f"有 {len(given[Seat.WHY])} 字，最多 {services.WHY} 字。")
    return outcome


def _find_place(outcome: Outcome, known: Known):
    if not outcome.code:
        return
    region = known.regions.get(outcome.code)
    if not known.committee.region.contains(outcome.code):
        outcome.refuse(Seat.PLACE, f"{region or outcome.code}不在{known.committee.region}辖区内。")
    elif region is None:
        outcome.refuse(Seat.PLACE, f"没有代码为 {outcome.code} 的网格或村（社区）。")
    elif region.level < RegionLevel.VILLAGE:
        outcome.refuse(Seat.PLACE, f"{region}是{region.get_level_display()}，请写到村（社区）或网格。")
    elif region.valid_to:
        outcome.refuse(Seat.PLACE, f"{region}已于 {region.valid_to:%Y-%m-%d} 停用。")


def find_member(outcome: Outcome, known: Known):
    """By number; else by name, if only one of that name is meant: 张伟（经济界）."""
    number = outcome.values.get(Seat.NUMBER, "")
    if number:
        same = known.by_number.get(number, [])
        column, words = Seat.NUMBER, f"没有委员证号为“{number}”的在任委员。"
    else:
        name, _, sector = outcome.name.replace("（", "(").rstrip("）)").partition("(")
        same = [one for one in known.by_name.get(name.strip(), []) if sector in ("", one.sector.name)]
        column, words = Seat.MEMBER, f"本会和上级政协没有叫“{outcome.name}”的在任委员。"
    if not number and not outcome.name:
        return
    if not same:
        outcome.refuse(column, words)
    elif len(same) > 1:
        who = "、".join(f"{one}（{one.sector}）" for one in same[:OFFERED])
        outcome.refuse(column, f"有 {len(same)} 位，请填委员证号，或写成：{who}。")
    elif number and outcome.name and same[0].user.name != outcome.name.replace("（", "(").partition("(")[0]:
        outcome.refuse(Seat.MEMBER, f"委员证号 {number} 是{same[0]}的，这里写的是{outcome.name}，请核对。")
    else:
        outcome.member = same[0]
        outcome.name = str(same[0])


def _check_together(outcomes: list[Outcome], known: Known):
    seen = {}
    for outcome in outcomes:
        if outcome.faults or outcome.member is None:
            continue
        place = outcome.member.pk, outcome.code
        if place in seen:
            outcome.refuse(Seat.PLACE, f"与第 {seen[place]} 行重复：{outcome.member}已写过 {outcome.code}。")
        else:
            seen[place] = outcome.row
            outcome.is_known = place in known.standing
