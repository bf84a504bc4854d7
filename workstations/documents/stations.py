"""What is printed about a station: the sheet of its year, as .docx and .xlsx."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from config.documents.docx import Heading, Paragraph, Table, chinese_date, official
from config.documents.sheet import Sheet, workbook
from workstations.queries.station_year import StationYear

PEOPLE = ("姓名", "职务", "层级", "起止")
ACTIVITIES = ("日期", "类别", "名称", "委员到场", "群众代表到场")
QUOTAS = ("定额", "项目", "完成", "应完成")
NUMBERS = ("指标", "数量", "单位", "统计口径")


def year_document(found: StationYear, on: date) -> bytes:
    """站点年度情况表 as .docx, with the day on which it was made."""
    station = found.station
    blocks = [
        Heading(1, "基本情况"),
        Table(("项目", "内容"), _facts(found)),
        Heading(1, "人员"),
        _table(PEOPLE, _people(found), "本年度没有人员任职。"),
        Heading(1, "数字"),
        Table(NUMBERS, _numbers(found)),
        Heading(1, "定额完成"),
        _table(QUOTAS, _quotas(found), "本会没有给这类站点设定额。"),
        Heading(1, "活动"),
        _table(ACTIVITIES, _activities(found), "本年度没有已办结的活动。"),
    ]
    return official(
        mark=[station.committee.name], suffix="", title=found.title, blocks=blocks, signers=[station.name], on=on
    )


def year_book(found: StationYear) -> bytes:
    """The same tables for Excel and WPS."""
    return workbook(
        Sheet("基本情况", ("项目", "内容"), _facts(found)),
        Sheet("人员", PEOPLE, _people(found)),
        Sheet("数字", NUMBERS, _numbers(found)),
        Sheet("定额", QUOTAS, _quotas(found)),
        Sheet("活动", ACTIVITIES, _activities(found)),
    )


def _table(header, rows, empty):
    rows = list(rows)
    return Table(header, rows) if rows else Paragraph(empty)


def _facts(found) -> list[tuple[str, str]]:
    station = found.station
    plaque = "，".join(filter(None, [station.plaque_on and chinese_date(station.plaque_on), station.plaque_by]))
    counts = "、".join(f"{label}{number}" for label, number in found.composition.counts)
    told = [
        ("名称", station.name),
        ("类别", station.get_kind_display()),
        ("所在地", station.place),
        ("地址", station.address),
        ("挂牌", plaque),
        ("示范站", station.demonstration_since and f"{chinese_date(station.demonstration_since)}起"),
        ("特色", station.feature),
        ("面积", station.area and f"{station.area} 平方米"),
        ("建设投入", station.cost is not None and f"{station.cost} 元"),
        ("上墙内容", "、".join(station.wall_list)),
        ("人员构成", counts and f"{counts}{f'（{found.composition.formula}）' if found.composition.formula else ''}"),
    ]
    return [(label, words) for label, words in told if words]


def _people(found) -> Iterable[tuple]:
    for post in found.posts:
        until = chinese_date(post.until) if post.until else "今"
        yield str(post.person), post.get_post_display(), post.level or "本会", f"{chinese_date(post.since)}至{until}"


def _numbers(found) -> list[tuple]:
    return [(number.label, number.value, number.unit, number.what) for number in found.numbers]


def _quotas(found) -> list[tuple]:
    return [(card.name, cell.line.name, cell.done, cell.planned) for card in found.quotas for cell in card.cells]


def _activities(found) -> Iterable[tuple]:
    for one in found.activities:
        day = chinese_date(timezone.localdate(one.starts_at))
        guests = "" if one.guests is None else one.guests
        yield day, one.get_kind_display(), one.title, one.came, guests
