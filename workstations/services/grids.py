"""What happens to grids: added, generated for villages that have none, changed, retired; thousands at once (row 36)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config import bulk
from config.audit import log
from config.refusals import Incomplete, WrongState
from config.saving import once
from config.search import index
from members.models import Committee, Region, RegionLevel
from members.models.regions import CODE_LENGTH
from workstations.gridbook.places import short
from workstations.models import Grid, GridKind
from workstations.rules import grids as rules
from workstations.services import postings

FIRST_DEDICATED = 901
NUMBERS = {GridKind.BASIC: (1, FIRST_DEDICATED - 1), GridKind.DEDICATED: (FIRST_DEDICATED, 999)}
"""The last three digits of a code, by kind."""

MOST_PER_VILLAGE = 50
BATCH = 500
ABOUT = ("kind", "field", "warden", "households", "residents")


@dataclass(frozen=True)
class NewGrid:
    """A grid to be: its code of 15 digits, the village or town it lies in, and what is known of it."""

    code: str
    place: str
    name: str
    kind: str = GridKind.BASIC
    field: str = ""
    warden: str = ""
    households: int | None = None
    residents: int | None = None
    has_region: bool = False  # the division stands already, only what is known of it is new


# --- one grid ----------------------------------------------------------------------------------------------------


@transaction.atomic
def add(committee: Committee, place: Region, *, name: str, kind: str, about: dict, by, at: datetime) -> Grid:
    """新增网格: one grid in a village (a dedicated one also in a town) under the next free number."""
    rules.require(by, committee)
    if not committee.region.contains(place.pk):
        raise Incomplete("不在本会辖区内。", {"place": f"{place}不在{committee.region}辖区内。"})
    if place.level != RegionLevel.VILLAGE and (kind, place.level) != (GridKind.DEDICATED, RegionLevel.TOWN):
        words = "基础网格要建在村（社区）里，专属网格也可以建在乡镇（街道）里。"
        raise Incomplete(words, {"place": words})
    if place.valid_to:
        raise Incomplete(f"{place}已停用。", {"place": f"{place}已停用，不能再建网格。"})
    code = _next_code(place, kind)
    grid = Grid(region=Region(code=code, name=name, level=RegionLevel.GRID, parent=place), committee=committee,
                kind=kind, **about)  # fmt: skip
    _check(grid)
    insert(committee, [NewGrid(code, place.pk, name, kind, **about)], at=at)
    grid = Grid.objects.select_related("region").get(pk=code)
    log.record("grid.add", grid, by=by, at=at, scope=committee.pk, code=code)
    return grid


@transaction.atomic
def edit(grid: Grid, *, name: str, about: dict, by, at: datetime) -> None:
    """修改网格: name and what is known of it; the code stays, and with it postings and logs."""
    rules.require(by, grid.committee_id)
    _require_in_force(grid)
    told = {"name": (grid.region.name, name), **{key: (getattr(grid, key), value) for key, value in about.items()}}
    changed = {key: after for key, (before, after) in told.items() if before != after}
    grid.region.name = name
    for key, value in about.items():
        setattr(grid, key, value)
    _check(grid)
    if changed:
        change_many({grid.pk: changed})
        log.record("grid.edit", grid, by=by, at=at, scope=grid.committee_id, fields=sorted(changed))


@transaction.atomic
def retire(grid: Grid, *, on: date, reason: str, by, at: datetime) -> int:
    """停用: with the day `on`; its postings end with it, its code is never used again. Returns postings ended."""
    rules.require(by, grid.committee_id)
    if not reason.strip():
        raise Incomplete("请写明停用的原因。", {"reason": "请写明停用的原因，如：并入第二网格。"})
    if on > timezone.localdate(at):
        raise Incomplete("停用日期不能晚于今天。", {"on": "停用日期不能晚于今天。"})
    if grid.region.valid_from and on < grid.region.valid_from:
        raise Incomplete("停用日期不能早于启用日期。", {"on": f"不能早于启用日期 {grid.region.valid_from:%Y-%m-%d}。"})
    if not Region.objects.filter(pk=grid.pk, valid_to__isnull=True).update(valid_to=on):
        raise WrongState(f"“{grid}”已由他人停用，请刷新后再看。")
    grid.region.valid_to = on
    ended = postings.end_at(grid.region, on=on, by=by, at=at)
    log.record("grid.retire", grid, by=by, at=at, scope=grid.committee_id, reason=reason.strip(), postings_ended=ended)
    return ended


def _next_code(place, kind) -> str:
    first, most = NUMBERS[kind]
    taken = Region.objects.filter(code__gte=f"{place.pk}{first:03}", code__lte=f"{place.pk}{most:03}").order_by("-code")
    last = taken.values_list("code", flat=True).first()
    number = int(last[CODE_LENGTH:]) + 1 if last else first
    if number > most:
        words = f"{place}的{GridKind(kind).label}编号已用完（{first:03}–{most:03}）。"
        raise Incomplete(words, {"kind": words})
    return f"{place.pk}{number:03}"


def _require_in_force(grid):
    if grid.region.valid_to:
        raise WrongState(f"“{grid}”已于 {grid.region.valid_to:%Y-%m-%d} 停用，不能再改。")


def _check(grid):
    try:
        grid.region.clean_fields(exclude=["parent"])
        grid.clean_fields(exclude=["region"])
    except ValidationError as problem:
        raise Incomplete("".join(problem.messages), {name: "".join(words) for name, words in problem}) from problem


# --- one for every village ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """What generating would make: how many villages have none, and the grids for them."""

    villages: int
    grids: list[NewGrid]
    unknown: int = 0  # villages without a number of households, where households decide


def draft(
    committee: Committee,
    within: Region,
    *,
    per_village: int,
    households: Mapping[str, int] | None = None,
    each: int = 0,
) -> Draft:
    """Grids for the villages inside `within` that have none: so many a village, or one for `each` households.

    `households` says how many a village (by code) has; a village it leaves out gets `per_village`.
    """
    villages = Region.objects.within(committee.region).within(within).in_force().filter(level=RegionLevel.VILLAGE)
    divided = Region.objects.within(within).filter(level=RegionLevel.GRID).order_by("code")
    has, last = set(), {}
    for code, until in divided.values_list("code", "valid_to"):
        if (number := int(code[CODE_LENGTH:])) < FIRST_DEDICATED:
            last[code[:CODE_LENGTH]] = number
            has |= {code[:CODE_LENGTH]} if until is None else set()
    found, unknown, count = [], 0, 0
    for code, name in villages.order_by("code").values_list("code", "name"):
        if code in has:
            continue
        count += 1
        of_village = (households or {}).get(code)
        unknown += bool(each and of_village is None)
        wanted = per_village if not each or of_village is None else max(1, -(-of_village // each))
        found += _divide(code, name, min(wanted, MOST_PER_VILLAGE), of_village, after=last.get(code, 0))
    return Draft(count, found, unknown)


def _divide(code, name, wanted, of_village, *, after) -> Iterable[NewGrid]:
    """Numbered on after those that are no more; the households in shares that differ by one at most."""
    for number in range(1, wanted + 1):
        share = None if of_village is None else of_village // wanted + (number <= of_village % wanted)
        yield NewGrid(f"{code}{after + number:03}", code, f"{short(name)}第{number}网格", households=share)


@transaction.atomic
def generate(committee: Committee, within: Region, *, expected: int, by, at: datetime, **how) -> int:
    """生成网格: exactly the `expected` number that was seen, or nothing; returns it."""
    rules.require(by, committee)
    made = draft(committee, within, **how)
    if len(made.grids) != expected:
        raise WrongState(f"您看过以后情况有了变动，现在会生成 {len(made.grids)} 个网格，请再确认一次。")
    insert(committee, made.grids, at=at)
    log.record(
        "grid.generate", committee, by=by, at=at, scope=committee.pk, within=str(within), villages=made.villages,
        grids=expected,
    )  # fmt: skip
    return expected


# --- many --------------------------------------------------------------------------------------------------------


def insert(committee: Committee, grids: list[NewGrid], *, at: datetime) -> None:
    """Store new grids with their divisions and what search finds of them; in the transaction of the caller."""
    today = timezone.localdate(at).isoformat()
    fresh = [grid for grid in grids if not grid.has_region]
    with once("刚刚有人登记了同样的网格，这一次什么都没有存入，请刷新后再看。"):
        bulk.insert(
            Region._meta.db_table,
            ["code", "name", "level", "parent_id", "valid_from"],
            ((grid.code, grid.name, int(RegionLevel.GRID), grid.place, today) for grid in fresh),
        )
        bulk.insert(
            Grid._meta.db_table,
            ["region_id", "committee_id", *ABOUT],
            (
                (one.code, committee.pk, str(one.kind), one.field, one.warden, one.households, one.residents)
                for one in grids
            ),
        )
    index.index_new(Region._meta.label_lower, ((grid.code, None, grid.name) for grid in fresh))
    change_many({grid.code: {"name": grid.name} for grid in grids if grid.has_region})


def change_many(changes: Mapping[str, dict]) -> None:
    """Code → fields and their new values; names go to the divisions, the rest to what is known of the grids."""
    names = {code: fields["name"] for code, fields in changes.items() if "name" in fields}
    divisions = Region.objects.in_bulk(list(names))
    for code, division in divisions.items():
        division.name = names[code]
    Region.objects.bulk_update(divisions.values(), ["name"], batch_size=BATCH)
    index.index_many(divisions.values())
    by_fields = defaultdict(list)
    rest = {code: {key: value for key, value in fields.items() if key != "name"} for code, fields in changes.items()}
    grids = Grid.objects.in_bulk([code for code, fields in rest.items() if fields])
    for code, grid in grids.items():
        for key, value in rest[code].items():
            setattr(grid, key, value)
            by_fields[key].append(grid)
    for key, changed in by_fields.items():
        Grid.objects.bulk_update(changed, [key], batch_size=BATCH)
