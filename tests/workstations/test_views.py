import datetime

import pytest
from django.urls import reverse

from config.audit.models import AuditEntry
from members.models import RegionLevel
from tests.factories import members as people
from tests.factories import workstations as make
from workstations.models import PostKind, StationKind, StationPost, Workstation

pytestmark = pytest.mark.django_db


def listed(response):
    return [station.name for station in response.context["page"]]


def test_the_public_list_shows_the_open_stations_of_this_committee(cast, as_):
    make.station(cast.committee)
    make.closed_station(cast.committee)
    make.station(cast.other_committee, "永兴工作室")
    for user in (None, cast.wang, cast.zhao):
        page = as_(user).get(reverse("station-list", args=["jiahe"]))
        assert listed(page) == ["珠泉镇委员工作室"]
    assert "开设站点" not in page.content.decode()
    assert "开设站点" in as_(cast.li).get(reverse("station-list", args=["jiahe"])).content.decode()


def test_the_list_is_narrowed_by_word_kind_and_place(cast, as_):
    make.station(cast.committee)
    village = make.Region.objects.get(code="431024101001")
    make.station(cast.committee, "英花村工作站", kind=StationKind.VILLAGE_STATION, region=village)
    address = reverse("station-list", args=["jiahe"])

    def found(**query):
        return listed(as_(None).get(address, query))

    assert found(q="英花") == ["英花村工作站"]
    assert found(kind="township_studio") == ["珠泉镇委员工作室"]
    assert found(place="431024101000") == ["英花村工作站"]
    assert found(q="英花", kind="township_studio") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_need_the_same_queries_for_more_rows(cast, as_, rows, django_assert_num_queries):
    for number in range(rows):
        station = make.station(cast.committee, f"第{number}工作室")
        for post in list(PostKind)[:rows]:
            make.post(station, cast.wang_member, post)
    visitor = as_(None)
    with django_assert_num_queries(6):
        visitor.get(reverse("station-list", args=["jiahe"]))
    with django_assert_num_queries(3):
        visitor.get(reverse("station-coverage", args=["jiahe"]))
    keeper = as_(cast.wang)
    with django_assert_num_queries(12):
        keeper.get(reverse("my-stations"))
    office = as_(cast.li)
    with django_assert_num_queries(12):
        office.get(reverse("office-stations"))


def test_an_empty_county_is_told_what_the_pages_are_for(cast, as_):
    assert "目前还没有" in as_(None).get(reverse("station-list", args=["jiahe"])).content.decode()
    page = as_(None).get(reverse("station-coverage", args=["jiahe"]))
    assert [(row.town.name, row.stations) for row in page.context["coverage"].towns] == [("珠泉镇", 0), ("塘村镇", 0)]


def test_a_station_shows_who_serves_and_no_telephone(cast, as_):
    cast.wang.phone = "13900000001"
    cast.wang.save()
    station = make.station(cast.committee)
    make.post(station, cast.wang_member)
    text = as_(None).get(station.get_absolute_url()).content.decode()
    assert "王委员" in text
    assert "139" not in text


def test_a_closed_station_is_not_found_by_others(cast, as_):
    address = make.closed_station(cast.committee).get_absolute_url()
    answers = [as_(user).get(address).status_code for user in (None, cast.wang, cast.zhao, cast.li)]
    assert answers == [404, 404, 404, 200]


OFFICE_PAGES = [
    "station-office", "station-edit", "station-post", "station-close", "station-demonstration", "station-tie",
]  # fmt: skip


@pytest.mark.parametrize("name", OFFICE_PAGES)
def test_office_pages_of_a_station_are_for_its_own_office(cast, as_, name):
    address = reverse(name, args=[make.station(cast.committee).pk])
    answers = [as_(user).get(address).status_code for user in (None, cast.wang, cast.zhang, cast.zhao, cast.li)]
    assert answers == [302, 403, 403, 404, 200]


def filled(**changed):
    blank = dict.fromkeys(["name", "elsewhere", "host", "sector", "member", "serves", "introduction", "plaque_on"], "")
    blank |= dict.fromkeys(["telephone", "duties", "walls", "area", "cost", "plaque_by"], "")
    given = {"kind": "township_studio", "region": "431024100000", "address": "", "opening_hours": "", "feature": ""}
    return {**blank, **given, **changed}


def test_the_office_opens_a_station_that_gets_its_usual_name(cast, as_):
    answer = as_(cast.li).post(reverse("station-add", args=["jiahe"]), filled())
    station = Workstation.objects.get()
    assert answer.url == reverse("station-office", args=[station.pk])
    assert (station.name, station.committee) == ("珠泉镇委员工作室", cast.committee)


def test_a_station_away_from_home_is_placed_by_name_and_says_whom_it_serves(cast, as_):
    guangdong = people.region("440000000000", "广东省", RegionLevel.PROVINCE)
    people.region("441900000000", "东莞市", RegionLevel.CITY, guangdong)
    given = filled(kind="member_home", name="在粤委员工作室", region="", elsewhere="东莞市")
    page = as_(cast.li).post(reverse("station-add", args=["jiahe"]), given)
    assert page.context["form"].errors == {"serves": ["设在本辖区以外，请填写服务对象。"]}
    as_(cast.li).post(reverse("station-add", args=["jiahe"]), {**given, "serves": "在粤乡亲"})
    station = Workstation.objects.get()
    assert (station.region_id, station.serves) == ("441900000000", "在粤乡亲")
    as_(cast.li).post(
        reverse("station-edit", args=[station.pk]),
        {**given, "serves": "在粤乡亲", "elsewhere": "", "region": "431024000000"},
    )
    assert Workstation.objects.get().region_id == "431024000000"


def test_places_that_share_a_name_are_told_apart_by_code(cast, as_):
    for code in ("220100000000", "110100000000"):
        people.region(code, "同名市", RegionLevel.CITY)
    page = as_(cast.li).post(reverse("station-add", args=["jiahe"]), filled(region="", elsewhere="同名市"))
    assert page.context["form"].errors["elsewhere"] == [
        "有同名的行政区划，请改填代码：同名市(110100000000)、同名市(220100000000)。"
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"region": ""}, "region"),
        ({"region": "431023100000"}, "region"),
        ({"kind": "sector_studio"}, "__all__"),
        ({"kind": "palace"}, "kind"),
        ({"elsewhere": "没有这个地方", "region": ""}, "elsewhere"),
        ({"name": "长" * 65}, "name"),
    ],
)
def test_a_refused_station_keeps_what_was_typed_and_stores_nothing(cast, as_, changed, field):
    page = as_(cast.li).post(reverse("station-add", args=["jiahe"]), filled(address="老街 1 号", **changed))
    assert field in page.context["form"].errors
    assert "老街 1 号" in page.content.decode()
    assert Workstation.objects.count() == 0


@pytest.mark.parametrize("field", ["host", "sector", "member"])
def test_what_belongs_to_another_county_is_not_a_valid_choice(cast, as_, field):
    foreign = {
        "host": cast.other_unit.pk,
        "sector": people.sector(cast.other_committee).pk,
        "member": cast.qian_member.pk,
    }
    page = as_(cast.li).post(reverse("station-add", args=["jiahe"]), filled(**{field: foreign[field]}))
    assert list(page.context["form"].errors) == [field]
    assert Workstation.objects.count() == 0


def test_the_office_edits_posts_and_closes(cast, as_):
    station, li = make.station(cast.committee), as_(cast.li)
    li.post(reverse("station-edit", args=[station.pk]), filled(name=station.name, feature="矛盾调解"))
    post = {"post": "keeper", "member": cast.wang_member.pk, "user": "", "since": "2026-01-01"}
    li.post(reverse("station-post", args=[station.pk]), post)
    held = StationPost.objects.get()
    assert (held.member, held.post, held.since) == (cast.wang_member, PostKind.KEEPER, datetime.date(2026, 1, 1))
    li.post(reverse("station-end-post", args=[held.pk]), {"until": "2026-02-01"})
    assert StationPost.objects.get().until == datetime.date(2026, 2, 1)
    li.post(reverse("station-close", args=[station.pk]), {"reason": "合并"})
    assert not Workstation.objects.get().is_open
    verbs = list(AuditEntry.objects.filter(verb__startswith="station.").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["station.edit", "station.post", "station.end_post", "station.close"]


def test_a_refusal_of_the_service_is_told_on_the_page(cast, as_):
    station = make.station(cast.committee)
    make.post(station, cast.wang_member)
    post = {"post": "keeper", "member": cast.wang_member.pk, "user": "", "since": "2026-01-01"}
    page = as_(cast.li).post(reverse("station-post", args=[station.pk]), post)
    assert "这位委员已在本站担任这个职务。" in page.content.decode()
    assert StationPost.objects.count() == 1


def test_members_of_other_counties_cannot_be_posted(cast, as_):
    station = make.station(cast.committee)
    for person in ({"member": cast.qian_member.pk, "user": ""}, {"member": "", "user": cast.zhao.pk}):
        as_(cast.li).post(
            reverse("station-post", args=[station.pk]), {"post": "staff", "since": "2026-01-01", **person}
        )
    assert StationPost.objects.count() == 0


def test_another_countys_post_is_not_found(cast, as_):
    post = make.post(make.station(cast.committee), cast.wang_member)
    answer = as_(cast.zhao).post(reverse("station-end-post", args=[post.pk]), {"until": "2026-02-01"})
    assert answer.status_code == 404
    assert StationPost.objects.get().until is None


def test_a_keeper_changes_the_introduction_and_nothing_else(cast, as_):
    station = make.station(cast.committee)
    make.post(station, cast.wang_member)
    wang = as_(cast.wang)
    assert listed_mine(wang) == [station]
    given = {"address": "老街 1 号", "opening_hours": "每周三", "feature": "", "introduction": "欢迎", "name": "别名"}
    assert wang.post(reverse("station-keep", args=[station.pk]), given).url == reverse("my-stations")
    station.refresh_from_db()
    assert (station.name, station.address, station.introduction) == ("珠泉镇委员工作室", "老街 1 号", "欢迎")


def listed_mine(client):
    return client.get(reverse("my-stations")).context["stations"]


def test_who_keeps_no_station_is_told_how_one_comes_to(cast, as_):
    assert listed_mine(as_(cast.wang)) == []
    station = make.station(cast.committee)
    assert as_(cast.wang).get(reverse("station-keep", args=[station.pk])).status_code == 403


def test_keepers_find_their_page_from_the_list(cast, as_):
    make.post(make.station(cast.committee), cast.wang_member)
    address = reverse("station-list", args=["jiahe"])
    pages = [as_(user).get(address).content.decode() for user in (None, cast.zhang, cast.wang)]
    assert [reverse("my-stations") in page for page in pages] == [False, False, True]
