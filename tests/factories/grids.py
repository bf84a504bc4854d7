"""Grids, postings and monthly logs for tests; around 2026-11-10, in the villages of factories.members.county."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.documents.sheet import Sheet, workbook
from config.uploads.checks import Checked
from members.models import Region
from tests.factories import members as make
from workstations.gridbook import waiting
from workstations.gridbook.columns import Column, Seat
from workstations.models import Grid, GridKind, GridPosting, ImportOf
from workstations.services import grid_logs, postings
from workstations.services import grids as services

TODAY = date(2026, 11, 10)
AT = datetime(2026, 11, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
MONTH = date(2026, 11, 1)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GRID_COLUMNS, SEAT_COLUMNS = [column.value for column in Column], [column.value for column in Seat]


def village(committee, number=100) -> Region:
    """金田居委会 in 珠泉镇 (100) or 英花村 in 塘村镇 (101) of the committee's county."""
    return Region.objects.get(pk=f"{committee.region.prefix}{number}001")


def grid(committee, number=100, *, name="第一网格", kind=GridKind.BASIC, at=AT, **about) -> Grid:
    return services.add(committee, village(committee, number), name=name, kind=kind, about=about, by=None, at=at)


def grids(committee, count) -> list[Grid]:
    return [grid(committee, name=f"第{n}网格") for n in range(1, count + 1)]


def posting(committee, member, region, *, at=AT, since=date(2026, 1, 1), **fields) -> GridPosting:
    """A posting that stands since January, as by hand; a grid stands for its division."""
    region = getattr(region, "region", region)
    postings.post(member, [region], committee=committee, by=None, at=at)
    rows = GridPosting.objects.filter(member=member, region=region, until__isnull=True)
    rows.update(since=since, **fields)
    return GridPosting.objects.filter(member=member, region=region).latest("pk")


def log(member, month=MONTH, *, regions, acts=None, at=AT, **fields):
    codes = [getattr(region, "pk", region) for region in regions]
    acts = {"publicist": 2} if acts is None else acts
    return grid_logs.save(member, month, regions=codes, acts=acts, by=member.user, at=at, **fields)


def row(name, place="", code="", kind="", field="", warden="", households=None, residents=None) -> list:
    return [code, name, place, kind, field, warden, households, residents]


def book(*rows, header=GRID_COLUMNS) -> bytes:
    return workbook(Sheet("表", header, rows))


def file(*rows, header=GRID_COLUMNS, name="网格.xlsx") -> Checked:
    return Checked(book(*rows, header=header), title=name, suffix=".xlsx", content_type=XLSX)


def look(committee, *rows, of=ImportOf.GRIDS, by=None, at=AT):
    header = GRID_COLUMNS if of == ImportOf.GRIDS else SEAT_COLUMNS
    return waiting.look(committee, of, file(*rows, header=header), by=by, at=at)


def load(committee, by, *rows, of=ImportOf.GRIDS, at=AT):
    """Hand a table in and confirm it; returns the plan that was loaded."""
    header = GRID_COLUMNS if of == ImportOf.GRIDS else SEAT_COLUMNS
    given = file(*rows, header=header)
    plan = waiting.look(committee, of, given, by=by, at=at)
    handed = waiting.hand_in(plan, of, given, by=by, at=at)
    return waiting.confirm(handed, waiting.look_again(handed, at=at).digest, by=by, at=at)


def member(committee, username="feng", name="冯委员", **fields):
    return make.member(make.user(username, name), committee, **fields)
