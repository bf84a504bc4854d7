"""Members and places as a person types them into a form, found in the way in which a table finds them."""

import re

from django.utils import timezone

from members.models import Committee, Member, Region, RegionLevel
from members.models.regions import CODE_LENGTH, DIGITS
from workstations.gridbook import postings
from workstations.gridbook.columns import Seat
from workstations.gridbook.outcomes import Outcome
from workstations.gridbook.places import Places

PARTED = re.compile(r"[\s、,，;；]+")


def members_of(words: str, committee: Committee) -> tuple[list[Member], list[str]]:
    """Members who may be posted here, by name or 委员证号, each once; and what was not understood."""
    known = postings.Known.of(committee, set(), timezone.localdate())
    found, errors = [], []
    for word in filter(None, PARTED.split(words)):
        by_number = word in known.by_number and word not in known.by_name
        outcome = Outcome(0, name="" if by_number else word, values={Seat.NUMBER: word} if by_number else {})
        postings.find_member(outcome, known)
        errors += [fault.words for fault in outcome.faults]
        found += [outcome.member] if outcome.member else []
    return list(dict.fromkeys(found)), errors


def regions_of(words: str, committee: Committee) -> tuple[list[Region], list[str]]:
    """Grids by code, villages by code or name, one a line; and what was not understood."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    codes, errors, places = [], [], None
    for line in lines:
        if line.isascii() and line.isdigit() and len(line) == DIGITS[RegionLevel.GRID]:
            codes.append(line)
            continue
        places = places or Places.of(committee)
        try:
            codes.append(places.find(line))
        except ValueError as problem:
            errors.append(str(problem))
    regions = Region.objects.in_bulk(codes)
    for code in codes:
        region = regions.get(code)
        if region is None:
            errors.append(f"没有代码为 {code} 的网格。")
        elif not committee.region.contains(code):
            errors.append(f"{region}（{code}）不在{committee.region}辖区内。")
        elif region.level < RegionLevel.VILLAGE:
            errors.append(f"“{region}”是{region.get_level_display()}，请写到村（社区）或网格。")
        elif region.valid_to:
            errors.append(f"{region}（{code[CODE_LENGTH:] or code}）已停用。")
    return [regions[code] for code in dict.fromkeys(codes) if code in regions], errors
