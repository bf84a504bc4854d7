"""两本台账: 基本信息台账 (what is known of each grid, who serves it) and 开展工作情况台账 (what was done); rows 36, 38.

Rows come in batches, so that a city's 15,807 grids need no memory; texts stay texts, whatever sign they begin with.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile

from django.utils import timezone

from config.audit import log
from config.documents.sheet import Sheet, csv_lines, save
from config.uploads.models import Attachment
from members.models import Committee, Region, RegionLevel
from workstations.gridbook.columns import WHOLE_VILLAGE, Column
from workstations.gridbook.places import Places
from workstations.models import Grid, GridKind, GridLog, GridPosting, Played
from workstations.queries import grids as queries
from workstations.rules import grids as rules

BATCH = 2000
BASIC = [*(column.value for column in Column), "乡镇（街道）", "县（市、区）", "联系委员", "界别", "委员级别"]
WORK = [
    "月份", "委员", "界别", "委员级别", "去过的网格（村）", *Played.labels, "合计次数",
    "情况和问题", "照片", "反馈时间",
]  # fmt: skip


def basic_book(committee: Committee, within: Region, *, by, at: datetime):
    """基本信息台账 as an open temporary file with a workbook; its first columns are those of the import."""
    return _book("基本信息台账", BASIC, _told("basic", committee, basic_rows(committee, within), within, by=by, at=at))


def basic_csv(committee: Committee, within: Region, *, by, at: datetime) -> Iterator[bytes]:
    """The same line by line as CSV."""
    return csv_lines(BASIC, _told("basic", committee, basic_rows(committee, within), within, by=by, at=at))


def work_book(committee: Committee, logs, within: Region, *, by, at: datetime):
    """开展工作情况台账 as an open temporary file with a workbook."""
    return _book("开展工作情况台账", WORK, _told("work", committee, work_rows(logs), within, by=by, at=at))


def work_csv(committee: Committee, logs, within: Region, *, by, at: datetime) -> Iterator[bytes]:
    return csv_lines(WORK, _told("work", committee, work_rows(logs), within, by=by, at=at))


def _told(which, committee, rows, within, *, by, at):
    """Who took what stands in the trail before the first row goes out."""
    rules.require(by, committee)
    log.record("grid.export", committee, by=by, at=at, scope=committee.pk, ledger=which, within=str(within))
    return rows


def _book(title, header, rows):
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    save(file, Sheet(title, header, rows))
    file.seek(0)
    return file


# --- 基本信息 ----------------------------------------------------------------------------------------------------


def basic_rows(committee: Committee, within: Region) -> Iterator[list]:
    """One row for each grid in force, then one for each village served as a whole."""
    places = Places.of(committee)
    grids = Grid.objects.within(committee.region).within(within).in_force().order_by("region")
    fields = ("region", "region__name", "kind", "field", "warden", "households", "residents")
    after = ""
    while batch := list(grids.filter(region__gt=after).values_list(*fields)[:BATCH]):
        serving = _serving(region__gte=batch[0][0], region__lte=batch[-1][0])
        for code, name, kind, field, warden, households, residents in batch:
            about = [code, name, places.whole(code[:12]), GridKind(kind).label, field, warden, households, residents]
            yield [*about, *_above(places, code), *_who(serving[code])]
        after = batch[-1][0]
    villages = GridPosting.objects.within(committee.region).within(within).in_force()
    villages = villages.filter(region__level=RegionLevel.VILLAGE)
    serving = _serving(pk__in=villages.values("pk"))
    for code in sorted(serving):
        about = ["", WHOLE_VILLAGE, places.whole(code), "", "", "", None, None]
        yield [*about, *_above(places, code), *_who(serving[code])]


def _serving(**where) -> dict[str, list[GridPosting]]:
    found = defaultdict(list)
    rows = GridPosting.objects.in_force().filter(**where).order_by("pk")
    for row in rows.select_related("member__user", "member__sector", "member__committee__region"):
        found[row.region_id].append(row)
    return found


def _above(places, code):
    county, town = places.above(code)
    return [town, county]


def _who(postings):
    members = [posting.member for posting in postings]
    return ["、".join(map(str, told)) for told in (
        members, [member.sector for member in members], [queries.level_of(member) for member in members]
    )]  # fmt: skip


# --- 开展工作情况 ------------------------------------------------------------------------------------------------


def work_rows(logs) -> Iterator[list]:
    """One row for each monthly log of the queryset, newest first."""
    logs = logs.select_related("member__user", "member__sector", "member__committee__region")
    logs = logs.prefetch_related("acts", "regions").order_by("-pk")
    before = None
    while batch := list((logs.filter(pk__lt=before) if before else logs)[: BATCH // 2]):
        photos = _photos([entry.pk for entry in batch])
        for entry in batch:
            times = {act.played: act.times for act in entry.acts.all()}
            yield [
                f"{entry.month:%Y-%m}", str(entry.member), str(entry.member.sector), queries.level_of(entry.member),
                "、".join(region.name for region in entry.regions.all()),
                *(times.get(played, 0) for played in Played.values), sum(times.values()), entry.words,
                photos.get(str(entry.pk), 0), f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M}",
            ]  # fmt: skip
        before = batch[-1].pk


def _photos(pks) -> dict[str, int]:
    count = defaultdict(int)
    files = Attachment.objects.filter(target_type=GridLog._meta.label_lower, target_id__in=[str(pk) for pk in pks])
    for target in files.values_list("target_id", flat=True):
        count[target] += 1
    return count
