"""需求清单 from a table, as villages and stations hand it in: read, checked line by line, all or none (row 159)."""

from datetime import datetime

from django.db import transaction

from config.audit import log
from config.documents import tables
from config.documents.cells import text
from config.privacy import PLAIN, reaches_somebody
from config.refusals import Incomplete
from config.search import index
from config.transitions import take
from members.models import Committee, Region, User
from workstations.models import Demand, DemandKind, Workstation
from workstations.models.lists import FIELDS
from workstations.rules import lists as rules

COLUMNS = ("类别", "需要什么", "领域", "说明", "在哪里", "跟进站点", "为谁")
LONGEST = {"需要什么": 64, "说明": 500, "为谁": 64}
KINDS = {label: value for value, label in DemandKind.choices}
SHAPE = tables.Shape(
    key="需要什么",
    column_of={label: label for label in COLUMNS}.get,
    most=1_000,
    order=COLUMNS,
    noun="需求清单",
    empty="没有读到需求：每行一项，要有“需要什么”和“在哪里”。",
    no_header="表头里要有“需要什么”和“在哪里”，",
)


@transaction.atomic
def import_demands(
    committee: Committee, lines: list[tables.Line], *, verified: bool, by: User, at: datetime
) -> list[Demand]:
    """批量登记: everything of `lines`, or with one wrong line nothing; `verified` makes all of them public at once."""
    rules.require("keep", by, Demand(committee=committee))
    demands = _demands(committee, lines, by, at)
    Demand.objects.bulk_create(demands, batch_size=200)
    index.index_many(demands)
    for demand in demands:
        if verified:
            take(demand, "accept", by=by, at=at)
    log.record("demand.import", None, by=by, at=at, scope=committee.pk, number=len(demands))
    return demands


def _demands(committee, lines, by, at):
    places, stations = _places(committee), _stations(committee)
    taken = _titles(committee)
    found, errors = [], []
    for line in lines:
        cells = {label: text(line.cells.get(label, "")) for label in COLUMNS}
        wrong = _wrong(cells)
        region, station = places.get(cells["在哪里"]), stations.get(cells["跟进站点"])
        if region is None:
            many = cells["在哪里"] in places
            told = "有几个同名的，请写成“乡镇+村”" if many else "不是本辖区的乡镇或村（社区）"
            wrong.append(f"在哪里“{cells['在哪里']}”{told}" if cells["在哪里"] else "“在哪里”没有填写")
        if cells["跟进站点"] and station is None:
            wrong.append(f"本会没有开放的站点“{cells['跟进站点']}”")
        same = (cells["需要什么"], region)
        if region and same in taken:
            wrong.append(f"“{cells['需要什么']}”{taken[same]}")
        taken[same] = f"与第 {line.row} 行重复"
        errors += [f"第 {line.row} 行：{words}。" for words in wrong]
        if not wrong:
            found.append(
                Demand(
                    committee=committee, kind=KINDS[cells["类别"] or DemandKind.NEED.label], title=cells["需要什么"],
                    field=cells["领域"], words=cells["说明"], region_id=region, station_id=station, who=cells["为谁"],
                    raised_by=by, raised_at=at,
                )
            )  # fmt: skip
    if errors:
        told = "".join(tables.told(errors))
        raise Incomplete(told, {"text": f"一项也没有登记，请改好后重新提交。{told}"})
    return found


def _wrong(cells) -> list[str]:
    wrong = [] if cells["需要什么"] else ["“需要什么”没有填写"]
    wrong += [f"{name}超过 {most} 个字" for name, most in LONGEST.items() if len(cells[name]) > most]
    if cells["类别"] and cells["类别"] not in KINDS:
        wrong.append(f"类别“{cells['类别']}”不认识，可填：{'、'.join(KINDS)}")
    if cells["领域"] and cells["领域"] not in FIELDS:
        wrong.append(f"领域“{cells['领域']}”不认识，可填：{'、'.join(FIELDS)}")
    wrong += [f"“{name}”{PLAIN}".rstrip("。") for name in ("需要什么", "说明") if reaches_somebody(cells[name])]
    return wrong


def _places(committee) -> dict[str, str | None]:
    """Name of a division (alone, or after its town's) → code; None where several have it."""
    found = {}
    rows = Region.objects.within(committee.region).in_force().values_list("code", "name", "parent__name")
    for code, name, above in rows:
        for words in {name, f"{above}{name}"}:
            found[words] = None if words in found else code
        found[code] = code
    return found


def _stations(committee) -> dict[str, int]:
    return dict(Workstation.objects.open().filter(committee=committee).values_list("name", "pk"))


def _titles(committee) -> dict[tuple, str]:
    """What waits already: the same thing in the same place is not taken twice."""
    waiting = Demand.objects.filter(committee=committee, settled_at__isnull=True)
    return {pair: "已经在清单里" for pair in waiting.values_list("title", "region")}
