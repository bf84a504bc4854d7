"""委员在身边: what is counted, at every level; the page, the map, the tables and the API say the same numbers."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from members.models import Parameter, Region, RegionLevel
from tests.factories import coverage as make
from tests.factories import members as people
from tests.factories import workstations as places
from tests.factories.coverage import TODAY, days_ago
from workstations.models import GridPosting, StationKind
from workstations.queries import grid_coverage as queries

ZHUQUAN, TANGCUN = "431024100001", "431024101001"  # 金田居委会, 英花村


@pytest.fixture
def village():
    return lambda code=TANGCUN: Region.objects.get(code=code)


def matrix(committee, code="", today=TODAY):
    return queries.matrix(committee, queries.division(committee, code), today)


def tally(row):
    found = row.tally
    return (found.targets, found.covered, found.silent, found.told, found.villages, found.villages_covered)


def rows(found):
    return {row.region.name: tally(row) for row in found.rows}


# --- what is counted ---------------------------------------------------------------------------------------------


def test_a_village_without_grids_is_a_target_and_its_grids_take_its_place(cast):
    assert (matrix(cast.committee).whole.targets, matrix(cast.committee).whole.villages) == (2, 2)
    make.grid(cast.committee, ZHUQUAN, 1)
    make.grid(cast.committee, ZHUQUAN, 2)
    assert (matrix(cast.committee).whole.targets, matrix(cast.committee).whole.villages) == (3, 2)


def test_a_retired_grid_gives_the_village_back(cast):
    grid = make.grid(cast.committee, ZHUQUAN)
    make.posting(cast.wang_member, grid)
    Region.objects.filter(pk=grid.pk).update(valid_to=date(2026, 1, 1))
    whole = matrix(cast.committee).whole
    assert (whole.targets, whole.covered, len(whole.members)) == (2, 0, 0)


def test_a_grid_is_covered_by_its_own_member_and_its_village_with_it(cast):
    first, second = (make.grid(cast.committee, ZHUQUAN, n) for n in (1, 2))
    make.posting(cast.wang_member, first)
    make.logged(cast.wang_member, first)
    assert rows(matrix(cast.committee)) == {"珠泉镇": (2, 1, 0, 1, 1, 1), "塘村镇": (1, 0, 0, 0, 1, 0)}
    assert second.level == RegionLevel.GRID


@pytest.mark.parametrize("code", ["", "431024100000", ZHUQUAN])
def test_two_served_grids_of_a_village_are_one_village_at_every_level(cast, code):
    for number in (1, 2):
        make.posting(cast.wang_member, make.grid(cast.committee, ZHUQUAN, number))
    whole = matrix(cast.committee, code).whole
    assert (whole.covered, whole.villages_covered) == (2, 1)
    assert whole.villages == (1 if code else 2)


def test_a_posting_to_a_village_with_grids_covers_the_village_and_no_grid(cast, village):
    make.grid(cast.committee, ZHUQUAN)
    make.posting(cast.wang_member, village(ZHUQUAN))
    whole = matrix(cast.committee).whole
    assert (whole.covered, whole.villages_covered, len(whole.members)) == (0, 1, 1)


def test_a_dedicated_grid_right_below_a_town_counts_and_is_no_village(cast):
    park = make.grid(cast.committee, "431024100000", 1, "工业园")
    make.posting(cast.wang_member, park)
    whole = matrix(cast.committee).whole
    assert (whole.targets, whole.covered, whole.villages, whole.villages_covered) == (3, 1, 2, 0)
    assert rows(matrix(cast.committee, "431024100000"))["工业园"] == (1, 1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"until": date(2026, 11, 9)}, False),
        ({"until": date(2026, 11, 10)}, True),
        ({"since": date(2026, 11, 11)}, False),
    ],
)
def test_only_postings_in_force_today_count(cast, village, fields, counts):
    make.posting(cast.wang_member, village(), **fields)
    assert matrix(cast.committee).whole.covered == counts


def test_who_has_left_the_committee_serves_nowhere(cast, village):
    make.posting(cast.wang_member, village())
    cast.wang_member.until = date(2026, 11, 9)
    cast.wang_member.save()
    whole = matrix(cast.committee).whole
    assert (whole.covered, whole.villages_covered, len(whole.members)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("since", "logged_on", "silent"),
    [
        (days_ago(60), None, 1),
        (days_ago(59), None, 0),
        (days_ago(300), days_ago(61), 1),
        (days_ago(300), days_ago(60), 0),
        (days_ago(300), days_ago(2), 0),
    ],
)
def test_silent_is_who_stands_sixty_days_without_a_log(cast, village, since, logged_on, silent):
    from datetime import datetime

    make.posting(cast.wang_member, village(), since=since)
    if logged_on:
        at = datetime(logged_on.year, logged_on.month, logged_on.day, 12, tzinfo=make.ZONE)
        make.logged(cast.wang_member, village(), month=logged_on.replace(day=1), at=at)
    assert matrix(cast.committee).whole.silent == silent


def test_how_many_days_is_the_committee_s_own(cast, village):
    make.posting(cast.wang_member, village(), since=days_ago(40))
    assert matrix(cast.committee).whole.silent == 0
    Parameter.objects.create(committee=cast.committee, code="grid.silent_days", value="30")
    fresh = type(cast.committee).objects.get(pk=cast.committee.pk)
    assert matrix(fresh).whole.silent == 1


def test_a_log_of_last_month_written_in_this_one_ends_the_silence_but_is_not_this_month_s(cast, village):
    from datetime import datetime

    make.posting(cast.wang_member, village())
    at = datetime(2026, 11, 3, 9, tzinfo=make.ZONE)
    make.logged(cast.wang_member, village(), month=date(2026, 10, 1), at=at)
    whole = matrix(cast.committee).whole
    assert (whole.silent, whole.told) == (0, 0)


def test_two_members_in_one_grid_count_it_once_and_one_member_in_two_is_one(cast, village):
    other = people.member(people.user("other"), cast.committee)
    for member, code in ((cast.wang_member, ZHUQUAN), (cast.wang_member, TANGCUN), (other, TANGCUN)):
        make.posting(member, village(code))
    found = matrix(cast.committee)
    assert (found.whole.covered, len(found.whole.members)) == (2, 2)
    assert {row.region.name: len(row.tally.members) for row in found.rows} == {"珠泉镇": 1, "塘村镇": 2}


def test_the_uncovered_come_first_then_the_silent_then_the_code(cast, village):
    extra = people.region("431024102000", "车头镇", RegionLevel.TOWN, cast.committee.region)
    third = people.region("431024102001", "车头村", RegionLevel.VILLAGE, extra)
    make.posting(cast.wang_member, village(ZHUQUAN), since=days_ago(1))
    make.posting(cast.wang_member, third, since=days_ago(90))
    assert [row.region.name for row in matrix(cast.committee).rows] == ["塘村镇", "车头镇", "珠泉镇"]


# --- levels ------------------------------------------------------------------------------------------------------


def test_the_city_counts_what_its_counties_post_and_members_by_level(cast, village):
    city = make.city(cast)
    above = people.member(people.user("above"), city)
    people.member(people.user("idle"), city)
    make.posting(cast.wang_member, village())
    make.posting(above, village(ZHUQUAN), committee=cast.committee)
    found = matrix(city)
    assert rows(found) == {"永兴县": (2, 0, 0, 0, 2, 0), "嘉禾县": (2, 2, 2, 0, 2, 2)}
    assert [(one.label, one.done, one.total) for one in found.by_level] == [("地级委员", 1, 2), ("县级委员", 1, 2)]
    assert (found.posted.done, found.posted.total) == (2, 4)
    assert [cell.region.name for cell in found.rows[1].cells] == ["珠泉镇", "塘村镇"]
    county = matrix(city, "431024000000")
    assert [tally(row) for row in county.rows] == [(1, 1, 1, 0, 1, 1)] * 2


def test_a_village_names_who_serves_in_which_grid(cast, village):
    grid = make.grid(cast.committee, ZHUQUAN)
    shy = people.member(people.user("shy", "不公开的人"), cast.committee, is_public=False)
    make.posting(cast.wang_member, grid)
    make.posting(shy, grid)
    make.posting(cast.wang_member, village(ZHUQUAN))
    found = matrix(cast.committee, ZHUQUAN)
    assert found.rows[0].names == ("王委员", "一位委员")
    assert found.names == ("王委员",)


def test_a_city_whose_towns_have_no_county_above(db):
    province = people.region("440000000000", "广东省", RegionLevel.PROVINCE)
    place = people.region("441900000000", "莞城市", RegionLevel.CITY, province)
    for number in (1, 2):
        town = people.region(f"44190000{number}000", f"镇{number}", RegionLevel.TOWN, place)
        people.region(f"44190000{number}001", f"村{number}", RegionLevel.VILLAGE, town)
    committee = people.committee(place)
    member = people.member(people.user("m"), committee)
    make.posting(member, Region.objects.get(code="441900001001"))
    assert rows(matrix(committee)) == {"镇2": (1, 0, 0, 0, 1, 0), "镇1": (1, 1, 1, 0, 1, 1)}


def test_stations_by_kind_layer_and_sector_whoever_opened_them(cast):
    sector = people.sector(cast.committee)
    places.station(cast.committee)
    places.station(
        cast.committee, "经济界工作室", kind=StationKind.SECTOR_STUDIO, sector=sector, region=cast.committee.region
    )
    places.station(
        cast.committee, "英花村工作站", kind=StationKind.VILLAGE_STATION, region=Region.objects.get(pk=TANGCUN)
    )
    places.closed_station(cast.committee)
    found = matrix(cast.committee)
    assert found.whole.station_kinds == [("乡镇委员工作室", 1), ("界别委员工作室", 1), ("村（社区）工作站", 1)]
    assert found.own.station_number == 1
    assert [(one.label, one.done, one.total) for one in found.layers] == [
        ("乡镇（街道）有站点", 2, 2),
        ("村（社区）有站点", 1, 2),
        ("界别有站点", 1, 1),
    ]


def test_a_handful_of_statements_whatever_the_number(cast, village, django_assert_num_queries):
    city = make.city(cast)
    for more in (0, 4):
        for number in range(more):
            member = people.member(people.user(f"more{number}"), cast.committee)
            make.posting(member, make.grid(cast.committee, ZHUQUAN, number + 1))
        city = type(city).objects.select_related("region").get(pk=city.pk)
        with django_assert_num_queries(8):
            queries.matrix(city, city.region, TODAY)


# --- the page, the tables, the API -------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [None, "wang", "li", "zhang", "zhou", "zhao"])
def test_everybody_sees_the_same_numbers(cast, as_, who, village):
    make.posting(cast.wang_member, village(), since=timezone.localdate())
    page = as_(who and getattr(cast, who)).get("/c/jiahe/where/")
    assert page.status_code == 200
    assert page.context["matrix"].whole.covered == 1
    assert "1 / 2" in page.content.decode()


@pytest.mark.parametrize(
    "code",
    ["431023000000", "430000000000", "431024999000", "x", "431024100001001", "９", "431024100001" * 3, "431024", "\0"],
)
def test_what_is_not_of_this_committee_is_not_there(cast, client, code):
    make.grid(cast.committee, ZHUQUAN)
    assert client.get("/c/jiahe/where/", {"at": code}).status_code == 404
    assert client.get("/api/v1/coverage/", {"committee": "jiahe", "at": code}).status_code == 404


@pytest.mark.parametrize("code", ["", "431024000000", "431024100000", ZHUQUAN])
@pytest.mark.parametrize("show", ["", "list"])
def test_every_level_opens_and_leads_one_down(cast, client, code, show):
    make.grid(cast.committee, ZHUQUAN)
    page = client.get("/c/jiahe/where/", {"at": code, "show": show})
    body = page.content.decode()
    assert page.status_code == 200
    assert body.count('<svg class="map ') == (0 if show else 2)
    below = {"": "431024100000", "431024000000": "431024100000", "431024100000": ZHUQUAN}.get(code)
    if below:
        assert f"?at={below}" in body


def test_a_village_leads_to_the_page_of_who_serves_there(cast, client):
    grid = make.grid(cast.committee, ZHUQUAN)
    body = client.get("/c/jiahe/where/", {"at": ZHUQUAN}).content.decode()
    assert [code in body for code in (f'href="/grids/{ZHUQUAN}/"', f'href="/grids/{grid.pk}/"')] == [True, True]
    assert "/grids/" not in client.get("/c/jiahe/where/").content.decode()


def test_every_tile_is_a_link_with_all_it_shows_in_words(cast, client, village):
    make.posting(cast.wang_member, village(), since=timezone.localdate())
    places.station(cast.committee)
    body = client.get("/c/jiahe/where/").content.decode()
    words = "珠泉镇：网格（村）0 / 1 有委员，0%，乡镇委员工作室 1"
    assert f'<a href="/c/jiahe/where/?at=431024100000" aria-label="{words}"><title>{words}</title>' in body
    assert 'fill="url(#map-desk-full)"' in body
    assert "▲1" in body
    assert " style=" not in body


def test_a_committee_without_divisions_is_told_what_to_do(db, client):
    place = people.region("431099000000", "空县", RegionLevel.COUNTY)
    people.committee(place, slug="kong")
    assert "导入行政区划" in client.get("/c/kong/where/").content.decode()


def test_the_page_needs_as_many_statements_for_more_rows(cast, as_, village, django_assert_max_num_queries):
    client, most = as_(cast.li), 14
    client.get("/c/jiahe/where/")  # the session is written once
    for number in range(3):
        with django_assert_max_num_queries(most) as captured:
            client.get("/c/jiahe/where/?at=431024100000")
        most = len(captured)
        make.posting(cast.wang_member, make.grid(cast.committee, ZHUQUAN, number + 1))


def test_the_tables_say_what_the_page_says(cast, client, village):
    make.posting(cast.wang_member, village(), since=timezone.localdate())
    places.station(cast.committee)
    answer = client.get("/c/jiahe/where/?as=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("区划代码,名称,级别,网格（村）,有委员,没有委员")
    assert lines[0].endswith("乡镇委员工作室")
    assert lines[1].startswith("431024100000,珠泉镇,乡级,1,0,1,0,0,1,0,0,1,1")
    assert lines[-1] == ",合计,,2,1,1,0,0,2,1,1,1,1"
    book = client.get("/c/jiahe/where/?as=xlsx")
    assert book["Content-Disposition"].startswith("attachment")


def test_the_api_says_what_the_page_says_and_may_be_kept(cast, client, village):
    make.posting(cast.wang_member, village(), since=timezone.localdate())
    places.station(cast.committee)
    answer = client.get("/api/v1/coverage/", {"committee": "jiahe"})
    told = answer.json()
    assert (told["at"], told["silent_days"], told["whole"]["covered"], told["whole"]["members"]) == (
        "431024000000",
        60,
        1,
        1,
    )
    assert [(row["name"], row["covered"], row["targets"]) for row in told["rows"]] == [
        ("珠泉镇", 0, 1),
        ("塘村镇", 1, 1),
    ]
    assert told["rows"][0]["stations"] == [{"kind": "township_studio", "number": 1}]
    assert told["by_level"] == [{"label": "县级委员", "done": 1, "total": 1}]
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = client.get("/api/v1/coverage/", {"committee": "jiahe"}, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("query", [{}, {"committee": "nowhere"}, {"committee": "jiahe", "year": "2026"}])
def test_the_api_refuses_what_it_does_not_understand(cast, client, query):
    answer = client.get("/api/v1/coverage/", query)
    assert (answer.status_code, "errors" in answer.json()) == (400, True)


def test_nobody_is_named_above_a_village_and_nothing_personal_in_the_api(cast, client, village):
    make.posting(cast.wang_member, village())
    assert "王委员" not in client.get("/c/jiahe/where/").content.decode()
    assert "王委员" not in client.get("/api/v1/coverage/", {"committee": "jiahe", "at": TANGCUN}).content.decode()
    assert "王委员" in client.get(reverse("where", args=["jiahe"]), {"at": TANGCUN}).content.decode()
    assert GridPosting.objects.count() == 1
