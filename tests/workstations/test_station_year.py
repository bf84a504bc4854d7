"""Stations in numbers: the matrix, the features, the quotas of a station and the sheet of its year."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from members.models import Body, BodyKind
from members.roles import Role
from tests.factories import activities as acts
from tests.factories import consultation as above
from tests.factories import members as people
from tests.factories import workstations as make
from tests.workstations.test_quotas import cells, held, preset
from workstations.models import FundKind, FundLine, PostKind, StationKind, Visit
from workstations.queries import station_matrix, station_year
from workstations.services.activities import Outcome

pytestmark = pytest.mark.django_db
AT = make.AT
TODAY = AT.date()


def village(committee):
    return make.Region.objects.get(code="431024101001")


# --- the matrix --------------------------------------------------------------------------------------------------


def test_platforms_by_level_as_one_two_nine_thirty_four(cast, as_):
    """Row 144, in small: one of the county, two of towns, one of a village, one away from home."""
    committee = cast.committee
    make.station(committee, "县委员之家", kind=StationKind.MEMBER_HOME, region=committee.region)
    make.station(committee, "珠泉镇")
    make.station(committee, "塘村镇", region=make.town(committee, 101))
    make.station(committee, "英花村", kind=StationKind.VILLAGE_STATION, region=village(committee))
    away = cast.other_committee.region
    make.station(committee, "在永兴", kind=StationKind.MEMBER_HOME, region=away, serves="在永兴乡亲")
    make.closed_station(committee)
    make.station(cast.other_committee, "邻县的", region=make.Region.objects.get(code="431023100000"))
    found = station_matrix.matrix(committee)
    assert (found.formula, found.total) == ("1+2+1", 5)
    assert [(label, number) for _, label, number in found.levels] == [
        ("县级", 1), ("乡镇（街道）", 2), ("村（社区）", 1), ("辖区以外", 1),
    ]  # fmt: skip
    assert (found.towns_covered, found.towns, found.villages_covered) == (2, 2, 1)
    homes = next(row for row in found.rows if row.label == "委员之家")
    assert ([cell.number for cell in homes.cells], homes.total.number, homes.towns) == ([1, 0, 0, 1], 2, 0)


def test_each_number_leads_to_as_many_rows(cast, as_):
    committee = cast.committee
    sector = people.sector(committee, "教育界")
    make.station(committee, "县委员之家", kind=StationKind.MEMBER_HOME, region=committee.region)
    make.station(committee, "界别工作室", kind=StationKind.SECTOR_STUDIO, sector=sector)
    make.station(committee, "英花村", kind=StationKind.VILLAGE_STATION, region=village(committee))
    make.station(committee, "在永兴", kind=StationKind.MEMBER_HOME, region=cast.other_committee.region, serves="乡亲")
    visitor, listing = as_(None), reverse("station-list", args=["jiahe"])
    page = visitor.get(reverse("station-matrix", args=["jiahe"]))
    for row in page.context["found"].rows:
        for cell in [*row.cells, row.total]:
            assert len(visitor.get(f"{listing}?{cell.query}").context["page"].rows) == cell.number, cell.query
    for code, _, number in page.context["found"].levels:
        assert len(visitor.get(listing, {"level": code}).context["page"].rows) == number
    assert len(visitor.get(listing, {"sector": sector.pk}).context["page"].rows) == 1
    assert f"?sector={sector.pk}" in page.content.decode()


def test_sectors_without_a_station_come_first_and_a_belief_is_not_named(cast):
    make.station(cast.committee, "界别", kind=StationKind.SECTOR_STUDIO, sector=people.sector(cast.committee, "教育界"))
    people.sector(cast.committee, "科技界")
    Body.objects.create(committee=cast.committee, name="宗教界", kind=BodyKind.SECTOR, is_sensitive=True)
    Body.objects.create(committee=cast.committee, name="东片区", kind=BodyKind.ZONE)
    found = station_matrix.matrix(cast.committee)
    names = [sector.name for sector, _ in found.sectors]
    assert names[-1] == "教育界"
    assert "宗教界" not in names
    assert (found.sectors_covered, found.groups) == (1, [("片区", 1)])


def test_the_committees_below_are_listed(cast, as_):
    cast.other_committee.upper = cast.committee
    cast.other_committee.save()
    make.station(cast.other_committee, "邻县的")
    page = as_(None).get(reverse("station-matrix", args=["jiahe"]))
    assert [(row["label"], row["value"]) for row in page.context["lower"]] == [(str(cast.other_committee), 1)]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_matrix_and_features_cost_as_much_for_more_rows(cast, as_, rows, django_assert_num_queries):
    for number in range(rows):
        make.station(cast.committee, f"第{number}站", feature=f"特色{number}")
    visitor = as_(None)
    with django_assert_num_queries(6):
        visitor.get(reverse("station-matrix", args=["jiahe"]))
    with django_assert_num_queries(3):
        visitor.get(reverse("station-features", args=["jiahe"]))


def test_one_station_one_feature(cast, as_):
    """Row 158: every feature with its stations, the one that several share first, each leading to its list."""
    make.station(cast.committee, "甲站", feature="协商＋乡村振兴")
    make.station(cast.committee, "乙站", feature="民情大走访")
    make.station(cast.committee, "丙站", feature="民情大走访")
    make.station(cast.committee, "丁站")
    make.closed_station(cast.committee, feature="众筹")
    page = as_(None).get(reverse("station-features", args=["jiahe"]))
    assert [(feature, len(found)) for feature, found in page.context["features"]] == [
        ("民情大走访", 2), ("协商＋乡村振兴", 1),
    ]  # fmt: skip
    listing = reverse("station-list", args=["jiahe"])
    found = as_(None).get(listing, {"feature": "走访"}).context["page"]
    assert {station.name for station in found} == {"乙站", "丙站"}


def test_an_empty_county_is_told_what_to_do(cast, as_):
    assert "还没有开放的站点" in as_(None).get(reverse("station-matrix", args=["jiahe"])).content.decode()
    assert "还没有站点写明特色" in as_(None).get(reverse("station-features", args=["jiahe"])).content.decode()


# --- quotas of stations ------------------------------------------------------------------------------------------


def test_two_deliberations_and_two_studies_with_the_consultations_held_here(cast):
    """Row 156: what the app above held at the station counts as a deliberation, elsewhere and called off not."""
    station = make.station(cast.committee)
    held(cast.committee, "talk", station=station)
    held(cast.committee, "study", station=station)
    above.consultation(cast, "concluded", workstation=station)
    above.consultation(cast, "concluded", title="别处的")
    above.consultation(cast, "called_off", title="没开成", workstation=station)
    quota = preset(cast.committee, "two-and-two")
    assert [(done, planned) for done, planned, _ in cells(quota, station)] == [(2, 2), (1, 2)]


def test_one_two_three_n(cast):
    """Row 185: at least two meetings a year and the three activities."""
    station = make.station(cast.committee)
    for kind in ("talk", "study", "survey", "inspection"):
        held(cast.committee, kind, station=station)
    quota = preset(cast.committee, "one-two-three-n-station")
    assert [(done, planned) for done, planned, _ in cells(quota, station)] == [(1, 2), (1, 1), (1, 1), (1, 1)]


def test_three_group_activities_and_one_study_a_quarter(cast):
    station = make.station(cast.committee)
    for month in (2, 3, 8):
        held(cast.committee, "study", date(2026, month, 5), station=station)
    assert cells(preset(cast.committee, "three-group-activities-station"), station) == [(3, 3, 2)]
    assert [done for done, *_ in cells(preset(cast.committee, "quarterly-study-station"), station)] == [2]


def test_the_page_of_the_quota_says_what_counts(cast, as_):
    make.station(cast.committee)
    page = as_(cast.li).get(preset(cast.committee, "two-and-two").get_absolute_url())
    assert "在这个站点召开、已结束的协商活动" in page.content.decode()


# --- the year ----------------------------------------------------------------------------------------------------


@pytest.fixture
def lived(cast):
    """A station with a year behind it."""
    station = make.station(cast.committee, plaque_on=date(2025, 3, 1), area=50, cost=Decimal(130000))
    make.post(station, cast.wang_member, PostKind.KEEPER)
    make.post(station, cast.chen, PostKind.DEPUTY_KEEPER, until=date(2025, 12, 31))
    at = AT - timedelta(days=30)
    ends = at + timedelta(hours=2)
    acts.held(
        cast, station=station, kind="talk", title="垃圾清运座谈", starts_at=at, ends_at=ends, there=[cast.wang_member],
        outcome=Outcome(guests=35),
    )  # fmt: skip
    for kind, amount in ((FundKind.RAISED, 1848000), (FundKind.BUDGET, 30000)):
        FundLine.objects.create(
            committee=cast.committee, station=station, kind=kind, amount=amount, on=TODAY, purpose="修路", at=AT
        )
    struck = {"struck_at": AT, "struck_why": "登记错了"}
    FundLine.objects.create(
        committee=cast.committee,
        station=station,
        kind=FundKind.RAISED,
        amount=1,
        on=TODAY,
        purpose="错",
        at=AT,
        **struck,
    )
    Visit.objects.create(station=station, on=TODAY, people=3, matter="咨询", by=cast.li, at=AT)
    return station


def numbers(station, year=2026):
    return {number.label: number.value for number in station_year.station_year(station, year, today=TODAY).numbers}


def test_the_year_in_numbers(cast, lived):
    """Rows 64, 190, 192: members and the public apart, money raised, budget."""
    told = numbers(lived)
    assert told == {
        "活动": 1, "协商活动": 0, "委员参加": 1, "参加的委员": 1, "群众代表参加": 35, "接待群众": 3, "群众反映": 0,
        "已答复办结": 0, "成果转化": 0, "年度经费": 30000, "争取资金": 1848000, "已支出": 0,
    }  # fmt: skip
    assert set(numbers(lived, 2025).values()) == {0}


def test_people_of_the_year_and_how_the_station_is_staffed(cast, lived):
    of = {year: station_year.station_year(lived, year, today=TODAY) for year in (2025, 2026)}
    assert [str(post.person) for post in of[2025].posts] == ["王委员", "陈局长"]
    assert [str(post.person) for post in of[2026].posts] == ["王委员"]
    assert [of[year].composition.formula for year in of] == ["1+1+0", "1+0+0"]


def test_the_sheet_is_read_printed_and_taken_away(cast, as_, lived):
    preset(cast.committee, "two-and-two")
    client, address = as_(cast.li), reverse("station-year", args=[lived.pk, 2026])
    page = client.get(address).content.decode()
    for words in ("垃圾清运座谈", "184.8", "站点 2＋2", "王委员", "35 人"):
        assert words in page
    book = load_workbook(BytesIO(client.get(address, {"as": "xlsx"}).content))
    assert book.sheetnames == ["基本情况", "人员", "数字", "定额", "活动"]
    assert [cell.value for cell in book["活动"][2]][2:] == ["垃圾清运座谈", 1, 35]
    paper = Document(BytesIO(client.get(address, {"as": "docx"}).content))
    assert any("情况表" in line.text for line in paper.paragraphs)
    assert paper.tables[3].rows[1].cells[1].text == "协商"


def test_the_sheet_is_for_the_office_the_keepers_and_the_auditors(cast, as_, lived):
    auditor = people.user("shenji", "审计员", is_staff=True)
    people.grant(auditor, Role.AUDITOR, cast.committee)
    address = reverse("station-year", args=[lived.pk, 2026])
    who = (None, cast.li, cast.wang, auditor, cast.chen, cast.zhang, cast.zhao)
    assert [as_(user).get(address).status_code for user in who] == [302, 200, 200, 200, 403, 403, 403]
    for year in (1999, 2999):
        assert as_(cast.li).get(reverse("station-year", args=[lived.pk, year])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sheet_costs_as_much_for_more_rows(cast, as_, lived, rows, django_assert_max_num_queries):
    quota = preset(cast.committee, "two-and-two")
    for number in range(rows):
        held(cast.committee, "study", station=lived)
        quota.pk, quota.name = None, f"定额{number}"
        quota.save()
        make.post(lived, people.member(people.user(f"m{number}", f"驻站{number}"), cast.committee), PostKind.RESIDENT)
    client = as_(cast.li)
    address = reverse("station-year", args=[lived.pk, 2026])
    client.get(address)
    with django_assert_max_num_queries(26):
        client.get(address)


def test_a_station_without_anything_is_told_what_to_do(cast, as_):
    station = make.station(cast.committee)
    page = as_(cast.li).get(reverse("station-year", args=[station.pk, 2026])).content.decode()
    for words in ("还没有已办结的活动", "没有人员任职", "没有给这类站点设定额"):
        assert words in page


def test_the_public_is_counted_when_an_activity_is_closed(cast, as_):
    """Row 64: 委员300余人次、群众代表500余人次."""
    activity = acts.published(
        cast, starts_at=datetime(2026, 11, 1, 9, tzinfo=AT.tzinfo), ends_at=datetime(2026, 11, 1, 11, tzinfo=AT.tzinfo)
    )
    given = {
        "effect": "",
        "guests": "35",
        "viewers": "",
        "venues": "",
        "effects-TOTAL_FORMS": 0,
        "effects-INITIAL_FORMS": 0,
    }
    address = reverse("activity-close", args=[activity.pk])
    wrong = as_(cast.li).post(address, {**given, "guests": "-1"})
    assert "guests" in wrong.context["form"].errors
    assert as_(cast.li).post(address, given).status_code == 302
    activity.refresh_from_db()
    assert activity.guests == 35
    assert "35 人到场" in as_(None).get(activity.get_absolute_url()).content.decode()
