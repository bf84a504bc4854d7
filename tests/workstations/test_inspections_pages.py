"""Pages of inspections: the county's, a station's, the cards on the phone; who sees what."""

import pytest
from django.utils import timezone

from config.uploads import store
from tests.factories import standards as make
from tests.factories import workstations as places
from tests.factories.standards import AT
from workstations.models import Inspection, InspectionKind
from workstations.services import stations as station_services
from workstations.states import InspectionState


@pytest.fixture
def scene(cast):
    cast.station = places.station(cast.committee)
    cast.ma = make.keeper(cast.station)
    cast.eight = make.standard(cast.committee)
    cast.three = make.plain(cast.committee, "甲", "乙", "丙")
    return cast


def text(answer):
    return answer.content.decode()


def test_two_missing_are_named_on_the_station_s_page_and_put_it_first_in_the_county(scene, as_):
    """Row 154: two of 八有 are missing, everybody sees which, and the office sees this station before all others."""
    places.station(scene.committee, "新站")
    good = places.station(scene.committee, "好站")
    make.done(good, scene.eight)
    make.done(scene.station, scene.eight, "有经费", "有记录", stars=4, by=scene.li)
    for person in (None, scene.ma, scene.li):
        page = text(as_(person).get(f"/stations/{scene.station.pk}/"))
        assert "八有 6/8，还缺：有记录、有经费" in page
        assert "★★★★☆" in page
    for address, person in ((f"/office/inspections/?standard={scene.eight.pk}", scene.li),
                            (f"/c/jiahe/standards/?standard={scene.eight.pk}", None)):  # fmt: skip
        answer = as_(person).get(address)
        assert [str(row.station) for row in answer.context["page"]] == ["珠泉镇委员工作室", "新站", "好站"]
        assert "缺 2 项" in text(answer)
        assert "1/2" in text(answer)


def test_the_county_s_page_is_narrowed(scene, as_):
    places.station(scene.committee, "塘村站", region=places.town(scene.committee, 101))
    client = as_(scene.li)
    rows = client.get(f"/office/inspections/?standard={scene.three.pk}&q=塘村").context["page"]
    assert [str(row.station) for row in rows] == ["塘村站"]
    for query in ("standard=999", "standard=x", "page=abc", "page=99", "kind=zzz"):
        assert client.get(f"/office/inspections/?{query}").status_code == 200


def test_an_empty_county_says_what_to_do_next(cast, as_):
    assert "选建站标准" in text(as_(cast.li).get("/office/inspections/"))
    assert "还没有公布建站标准" in text(as_(None).get("/c/jiahe/standards/"))


@pytest.mark.parametrize("address", ["/office/inspections/", "/c/jiahe/standards/"])
def test_the_county_s_page_costs_the_same_with_one_and_three(scene, as_, address, django_assert_max_num_queries):
    client = as_(scene.li)
    for name in ("一站", "二站", "三站"):
        make.done(places.station(scene.committee, name), scene.eight, "有经费")
        with django_assert_max_num_queries(20):
            client.get(f"{address}?standard={scene.eight.pk}")


def test_the_history_shows_the_photos_and_costs_the_same(scene, as_, django_assert_max_num_queries):
    client = as_(None)
    for _ in range(3):
        make.done(scene.station, scene.eight, "有经费")
        with django_assert_max_num_queries(9):
            page = text(client.get(f"/stations/{scene.station.pk}/inspections/"))
    assert page.count('<img src="/files/') == 6
    assert page.count("八有 7/8") == 3


# --- filling in --------------------------------------------------------------------------------------------------


def test_without_scripts_one_form_saves_all_and_leads_to_the_end(scene, as_):
    client = as_(scene.ma)
    begun = client.post(f"/stations/{scene.station.pk}/inspect/", {"standard": scene.eight.pk, "kind": "self"})
    row = Inspection.objects.get()
    assert begun.url == f"/inspections/{row.pk}/fill/"
    said = {}
    for finding in row.findings.all():
        there = finding.name not in ("有经费", "有记录")
        said[f"f{finding.pk}-passed"] = "yes" if there else "no"
        if finding.needs_photo:
            said[f"f{finding.pk}-photos"] = [make.photo(), make.photo("里面.jpg", "blue")]
    assert client.post(begun.url, {**said, "finish": "1"}).url == f"/inspections/{row.pk}/finish/"
    assert "还缺 2 项" in text(client.get(f"/inspections/{row.pk}/finish/"))
    assert client.post(f"/inspections/{row.pk}/finish/").url == row.get_absolute_url()
    row.refresh_from_db()
    assert (row.state, row.stars, row.kind) == (InspectionState.DONE, None, InspectionKind.SELF)
    assert store.of(row.findings.get(name="有标牌")).count() == 2
    page = text(client.get(row.get_absolute_url()))
    assert "还缺：有记录、有经费" in page
    assert "补齐后再查一次" in page


def test_one_refused_item_keeps_the_others_and_what_was_typed(scene, as_):
    row = make.begun(scene.station, scene.eight, by=scene.li)
    plaque, money = row.findings.get(name="有标牌"), row.findings.get(name="有经费")
    page = as_(scene.li).post(
        f"/inspections/{row.pk}/fill/",
        {f"f{plaque.pk}-passed": "yes", f"f{plaque.pk}-words": "门口右侧", f"f{money.pk}-passed": "no"},
    )
    assert page.status_code == 400
    assert "“有标牌”须附照片" in text(page)
    assert 'value="门口右侧"' in text(page)
    plaque.refresh_from_db()
    money.refresh_from_db()
    assert (plaque.passed, money.passed) == (None, False)


def test_a_card_saves_itself(scene, as_):
    row = make.begun(scene.station, scene.eight, InspectionKind.SELF, by=scene.ma)
    plaque = row.findings.get(name="有标牌")
    client, address = as_(scene.ma), f"/inspections/findings/{plaque.pk}/"
    refused = client.post(address, {f"f{plaque.pk}-passed": "yes"})
    assert (refused.status_code, refused.json()) == (400, {"error": "“有标牌”须附照片：请先拍照上传，再选“有”。"})
    said = {f"f{plaque.pk}-passed": "yes", f"f{plaque.pk}-words": "门口"}
    saved = client.post(address, {**said, f"f{plaque.pk}-photos": make.photo()}).json()
    assert saved["saved"]
    assert "<img" in saved["photos"]
    again = client.post(address, {**said, f"f{plaque.pk}-photos": make.photo()})
    assert again.status_code == 200
    plaque.refresh_from_db()
    assert (plaque.passed, plaque.words, store.of(plaque).count()) == (True, "门口", 1)
    strange = client.post(address, {f"f{plaque.pk}-passed": "maybe"})
    assert strange.status_code == 400
    broken = client.post(address, {**said, f"f{plaque.pk}-photos": make.paper("假.jpg")})
    assert "无法作为照片打开" in broken.json()["error"]


def test_the_office_gives_stars_and_says_what_to_mend(scene, as_):
    row = make.answered(make.begun(scene.station, scene.three, by=scene.li), "甲", by=scene.li)
    client, address = as_(scene.li), f"/inspections/{row.pk}/finish/"
    assert client.post(address, {"stars": "9", "words": "补齐甲"}).status_code == 400
    client.post(address, {"stars": "3", "words": "补齐甲"})
    row.refresh_from_db()
    assert (row.stars, row.words, row.state) == (3, "补齐甲", InspectionState.DONE)
    assert "补齐甲" in text(as_(scene.ma).get(row.get_absolute_url()))
    for other in (None, scene.wang, scene.zhao):
        assert "补齐甲" not in text(as_(other).get(row.get_absolute_url()))


def test_the_end_of_an_unfinished_one_leads_back(scene, as_):
    row = make.begun(scene.station, scene.three, by=scene.li)
    client = as_(scene.li)
    assert "回去选完" in text(client.get(f"/inspections/{row.pk}/finish/"))
    assert client.post(f"/inspections/{row.pk}/finish/").url == f"/inspections/{row.pk}/fill/"
    client.post(f"/inspections/{row.pk}/drop/")
    row.refresh_from_db()
    assert row.state == InspectionState.DROPPED
    assert client.get(f"/inspections/{row.pk}/fill/").url == row.get_absolute_url()


# --- the cast ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "detail", "fill", "begin"),
    [
        ("li", 302, 200, 200),
        ("ma", 200, 403, 200),
        ("wang", 404, 404, 403),
        ("zhang", 404, 404, 403),
        ("zhao", 404, 404, 403),
        (None, 404, 302, 302),
    ],
)
def test_a_draft_is_for_who_fills_it_in(scene, as_, who, detail, fill, begin):
    row = make.begun(scene.station, scene.eight, by=scene.li)
    client = as_(getattr(scene, who) if who else None)
    assert client.get(row.get_absolute_url()).status_code == detail
    assert client.get(f"/inspections/{row.pk}/fill/").status_code == fill
    assert client.get(f"/inspections/{row.pk}/finish/").status_code == fill
    assert client.post(f"/inspections/findings/{row.findings.first().pk}/").status_code == fill
    assert client.get(f"/stations/{scene.station.pk}/inspect/").status_code == begin


@pytest.mark.parametrize(("who", "code"), [("wang", 403), ("ma", 403), ("zhou", 403), (None, 302), ("li", 200)])
def test_the_county_s_page_is_the_office_s(scene, as_, who, code):
    assert as_(getattr(scene, who) if who else None).get("/office/inspections/").status_code == code


def test_what_was_found_is_public_with_the_station(scene, as_):
    row = make.done(scene.station, scene.eight, "有经费")
    picture = store.of(row.findings.get(name="有标牌")).get()
    assert as_(None).get(row.get_absolute_url()).status_code == 200
    assert as_(None).get(picture.get_absolute_url()).status_code == 200
    station_services.close_station(scene.station, reason="合并", by=scene.li, at=timezone.now())
    assert as_(None).get(row.get_absolute_url()).status_code == 404
    assert as_(None).get(picture.get_absolute_url()).status_code == 404
    assert as_(scene.li).get(row.get_absolute_url()).status_code == 200


def test_the_photos_of_a_draft_are_not_public(scene, as_):
    row = make.answered(make.begun(scene.station, scene.eight))
    picture = store.of(row.findings.get(name="有标牌")).get()
    assert as_(None).get(picture.get_absolute_url()).status_code == 404
    assert as_(scene.ma).get(picture.get_absolute_url()).status_code == 200


# --- API and admin -----------------------------------------------------------------------------------------------


def test_the_api_tells_the_latest_results_and_nobody_s_name(scene, client):
    make.done(scene.station, scene.eight, "有经费", by=scene.li, words="请补齐", stars=4)
    make.done(scene.station, scene.eight, "有经费", "有记录", kind=InspectionKind.SELF, by=scene.ma)
    make.begun(scene.station, scene.three)
    answer = client.get("/api/v1/inspections/", {"committee": "jiahe"})
    (row,) = answer.json()["results"]
    assert (row["station_name"], row["standard"], row["kind"], row["items"]) == (
        "珠泉镇委员工作室", "八有", "self", 8,
    )  # fmt: skip
    assert row["missing"] == ["有记录", "有经费"]
    assert "马站长" not in text(answer)
    assert "请补齐" not in text(answer)
    assert client.get("/api/v1/inspections/", {"committee": "yongxing"}).json()["results"] == []
    assert client.get("/api/v1/inspections/", {"standard": "十有"}).json()["results"] == []
    assert client.get(f"/api/v1/inspections/{row['id']}/").json()["missing"] == ["有记录", "有经费"]


@pytest.mark.parametrize("model", ["standard", "inspection"])
def test_the_admin_is_for_reading(scene, as_, model):
    make.done(scene.station, scene.eight, at=AT)
    page = as_(scene.li).get(f"/admin/workstations/{model}/")
    assert page.status_code == 200
    assert "八有" in text(page)
    assert as_(scene.li).get(f"/admin/workstations/{model}/add/").status_code == 403
