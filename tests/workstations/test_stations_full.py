"""Stations with all that is said of them: telephone, walls, plaque, 示范站, photos, posts of every level, ties."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from config.audit.models import AuditEntry
from config.refusals import Incomplete, WrongState
from config.uploads import store
from members.models import Body, BodyKind, RegionLevel
from tests.factories import activities as acts
from tests.factories import members as people
from tests.factories import standards as papers
from tests.factories import workstations as make
from tests.workstations.test_views import filled
from workstations.models import PostKind, StationKind, StationPost, StationTie, TieRole, Workstation
from workstations.queries import station_shown
from workstations.services import stations as services
from workstations.services import ties as tying

pytestmark = pytest.mark.django_db
AT = make.AT
TODAY = AT.date()


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.fixture
def station(cast):
    return make.station(cast.committee)


@pytest.fixture
def upper(cast):
    """The city above the county, and a member of it."""
    place = people.region("431000000000", "郴州市", RegionLevel.CITY)
    city = people.committee(place, slug="chenzhou", name="政协郴州市委员会", short_name="郴州市政协")
    cast.committee.upper = city
    cast.committee.save()
    return people.member(people.user("shi", "市里的石"), city)


# --- what is written about a station -----------------------------------------------------------------------------


def test_area_cost_walls_plaque_and_telephone_are_read_by_everybody(cast, as_, station):
    """Rows 166, 187: about 50 square metres for 130 000 yuan, what hangs on the walls, who gave the plaque."""
    given = filled(
        name=station.name, telephone="0735-6612345", duties="联系群众，收集社情民意",
        walls="组织架构\n工作流程\n\n管理制度",
        area="50", cost="130000", plaque_on="2026-03-01", plaque_by="区委书记、区长", feature="协商＋乡村振兴",
    )  # fmt: skip
    assert as_(cast.li).post(reverse("station-edit", args=[station.pk]), given).status_code == 302
    station.refresh_from_db()
    assert (station.area, station.cost, station.wall_list) == (
        50,
        Decimal(130000),
        ["组织架构", "工作流程", "管理制度"],
    )
    page = text(as_(None).get(station.get_absolute_url()))
    for words in (
        "0735-6612345",
        "收集社情民意",
        "组织架构、工作流程、管理制度",
        "50 平方米",
        "130000 元",
        "区委书记、区长授牌",
    ):
        assert words in page
    fields = AuditEntry.objects.get(verb="station.edit").data["fields"]
    assert {"对外电话", "职责", "上墙内容", "授牌人"} <= set(fields)


@pytest.mark.parametrize("telephone", ["13900000001", "139 0000 0001", "找老王"])
def test_a_telephone_is_that_of_the_place(cast, as_, station, telephone):
    answer = as_(cast.li).post(
        reverse("station-edit", args=[station.pk]), filled(name=station.name, telephone=telephone)
    )
    assert "telephone" in answer.context["form"].errors
    assert telephone in answer.content.decode()


@pytest.mark.parametrize("field", ["introduction", "duties", "walls", "feature", "opening_hours"])
def test_public_words_hold_nobody_s_number(cast, as_, station, field):
    make.post(station, cast.wang_member)
    given = {
        "address": "",
        "opening_hours": "",
        "telephone": "",
        "feature": "",
        "introduction": "",
        field: "打13900000001",
    }
    page = as_(cast.wang).post(reverse("station-keep", args=[station.pk]), given)
    assert "会公开" in page.context["form"].errors[field][0]
    assert getattr(Workstation.objects.get(), field) == ""


def test_a_negative_cost_is_refused(cast, as_, station):
    page = as_(cast.li).post(reverse("station-edit", args=[station.pk]), filled(name=station.name, cost="-1"))
    assert "cost" in page.context["form"].errors


# --- 示范站 --------------------------------------------------------------------------------------------------------


def test_an_example_is_named_shown_found_and_ended(cast, as_, station):
    make.station(cast.committee, "另一站")
    li, address = as_(cast.li), reverse("station-demonstration", args=[station.pk])
    assert li.post(address, {"since": "2026-03-01"}).status_code == 302
    assert Workstation.objects.get(pk=station.pk).demonstration_since == date(2026, 3, 1)
    assert "示范站" in text(as_(None).get(station.get_absolute_url()))
    listing = reverse("station-list", args=["jiahe"])
    assert [one.pk for one in as_(None).get(listing, {"demonstration": "on"}).context["page"]] == [station.pk]
    assert li.post(address, {"reason": ""}).status_code == 200
    assert li.post(address, {"reason": "检查未达标"}).status_code == 302
    assert Workstation.objects.get(pk=station.pk).demonstration_since is None
    verbs = AuditEntry.objects.filter(verb__contains="demonstrat").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["station.demonstrate", "station.end_demonstration"]


@pytest.mark.parametrize("who", ["wang", "zhang", "zhao"])
def test_only_the_office_names_an_example(cast, station, who):
    make.post(station, cast.wang_member)
    with pytest.raises(PermissionDenied):
        services.grant_demonstration(station, since=TODAY, by=getattr(cast, who), at=AT)
    with pytest.raises(PermissionDenied):
        services.end_demonstration(station, reason="无", by=getattr(cast, who), at=AT)


def test_an_example_once_open_and_not_from_tomorrow(cast, station):
    with pytest.raises(Incomplete):
        services.grant_demonstration(station, since=TODAY + timedelta(days=1), by=cast.li, at=AT)
    with pytest.raises(WrongState):
        services.end_demonstration(station, reason="误评", by=cast.li, at=AT)
    services.grant_demonstration(station, since=TODAY, by=cast.li, at=AT)
    with pytest.raises(WrongState):
        services.grant_demonstration(station, since=TODAY, by=cast.li, at=AT)
    with pytest.raises(WrongState):
        services.grant_demonstration(make.closed_station(cast.committee), since=TODAY, by=cast.li, at=AT)


# --- photos ------------------------------------------------------------------------------------------------------


def test_a_keeper_puts_photos_up_and_takes_them_down(cast, as_, station):
    make.post(station, cast.wang_member)
    wang, address = as_(cast.wang), reverse("station-photos", args=[station.pk])
    assert wang.post(address, {"photos": papers.photo()}).status_code == 302
    photo = store.of(station).get()
    visitor = as_(None)
    assert photo.small_url in text(visitor.get(station.get_absolute_url()))
    assert visitor.get(photo.get_absolute_url()).status_code == 200
    wang.post(address, {"removed": [photo.pk]})
    assert not store.of(station).exists()
    assert AuditEntry.objects.filter(verb="station.photos").count() == 2
    answers = [as_(user).get(address).status_code for user in (None, cast.zhang, cast.zhao, cast.li)]
    assert answers == [302, 403, 403, 200]


def test_photos_of_a_closed_station_are_nobody_s_business(cast, as_, station):
    services.keep_photos(station, photos=[papers.photo()], by=cast.li, at=AT)
    services.close_station(station, reason="合并", by=cast.li, at=AT)
    photo = store.of(station).get()
    answers = [as_(user).get(photo.get_absolute_url()).status_code for user in (None, cast.zhao, cast.li)]
    assert answers == [404, 404, 200]


def test_no_more_photos_than_a_page_bears(cast, station, monkeypatch):
    monkeypatch.setattr(services, "MOST_PHOTOS", 1)
    with pytest.raises(Incomplete, match="最多 1 张"):
        services.keep_photos(station, photos=[papers.photo(), papers.photo(colour="red")], by=cast.li, at=AT)
    assert not store.of(station).exists()


# --- posts -------------------------------------------------------------------------------------------------------


def test_one_keeper_one_deputy_two_clerks(cast, as_, station):
    """Row 192: 站长1、副站长1、工作人员2; two of them have no account."""
    li, address = as_(cast.li), reverse("station-post", args=[station.pk])
    blank = {"member": "", "user": "", "person_name": "", "since": "2026-01-01"}
    for held in (
        {"post": "keeper", "member": cast.wang_member.pk}, {"post": "deputy_keeper", "user": cast.zhang.pk},
        {"post": "staff", "person_name": "甲某"}, {"post": "staff", "person_name": "乙某"},
        {"post": "observer", "person_name": "丙某"},
    ):  # fmt: skip
        assert li.post(address, {**blank, **held}).status_code == 302, held
    shown = as_(None).get(station.get_absolute_url())
    assert shown.context["composition"].formula == "1+1+2"
    assert "甲某" in text(shown)
    again = li.post(address, {**blank, "post": "staff", "person_name": "甲某"})
    assert "甲某已在本站担任工作人员。" in text(again)
    named = li.post(address, {**blank, "post": "keeper", "person_name": "丁某"})
    assert "没有账号的人只能担任工作人员或观察员" in text(named)
    assert StationPost.objects.count() == 5


def test_two_conveners_are_dual(cast, station):
    for number in range(2):
        member = people.member(people.user(f"c{number}", f"召集{number}"), cast.committee)
        make.post(station, member, PostKind.CONVENER)
    posts = station.posts.select_related("station", "member__committee")
    assert station_shown.composition(posts).is_dual
    assert station_shown.composition(posts).formula == ""


def test_members_of_the_city_are_sent_down_and_shown_with_their_level(cast, as_, station, upper):
    """Row 153: 130 members of the district and 12 of the city."""
    li, address = as_(cast.li), reverse("station-post", args=[station.pk])
    given = {"post": "resident", "member": upper.pk, "user": "", "person_name": "", "since": "2026-01-01"}
    assert "市里的石（郴州市政协）" in text(li.get(address))
    assert li.post(address, given).status_code == 302
    page = as_(None).get(station.get_absolute_url())
    assert page.context["composition"].levels == [("郴州市政协委员", 1)]
    assert "郴州市政协委员" in text(page)


def test_a_belief_is_not_told_by_who_serves_here(cast, as_, station):
    body = Body.objects.create(committee=cast.committee, name="宗教界", kind=BodyKind.SECTOR, is_sensitive=True)
    cast.wang_member.sector = body
    cast.wang_member.save()
    make.post(station, cast.wang_member, PostKind.RESIDENT)
    assert "宗教界" not in text(as_(None).get(station.get_absolute_url()))


# --- ties --------------------------------------------------------------------------------------------------------


def tied(cast, station, role, **end):
    return tying.tie(StationTie(station=station, role=role, since=TODAY, **end), by=cast.li, at=AT)


def test_the_chain_above_a_station_stands_in_its_order(cast, as_, station):
    """Rows 153, 155: 联系领导 → 指导专委会 → 界别小组 → 学习党小组, whatever was written first."""
    guide = Body.objects.create(committee=cast.committee, name="提案委", kind=BodyKind.SPECIAL_COMMITTEE)
    li, address = as_(cast.li), reverse("station-tie", args=[station.pk])
    blank = {"member": "", "body": "", "organisation": "", "words": "", "since": "2026-01-01"}
    for end in (
        {"role": "study_group", "words": "第三学习党小组"}, {"role": "guide", "body": guide.pk},
        {"role": "leader", "member": cast.wang_member.pk}, {"role": "group", "words": "经济界小组"},
        {"role": "partner", "organisation": cast.unit.pk, "words": "每季对接一次"},
        {"role": "target", "words": "界别群众"}, {"role": "goal", "words": "服务民生改善"},
    ):  # fmt: skip
        assert li.post(address, {**blank, **end}).status_code == 302, end
    shown = as_(None).get(station.get_absolute_url())
    assert [label for label, _ in shown.context["ties"].chain] == ["联系领导", "指导机构", "界别小组", "学习党小组"]
    assert [label for label, _ in shown.context["ties"].beside] == ["对接单位", "联系对象", "服务目标"]
    assert "县住建局（每季对接一次）" in text(shown)


@pytest.mark.parametrize(
    "end",
    [
        {},
        {"words": "打13900000001"},
        {"role": "patron", "words": "某"},
        {"member": "wang", "words": "某", "organisation": "unit"},
        {"member": "qian"},
        {"organisation": "other"},
    ],
)
def test_what_is_no_tie_is_refused_and_kept_on_the_page(cast, as_, station, end):
    known = {"wang": cast.wang_member, "qian": cast.qian_member, "unit": cast.unit, "other": cast.other_unit}
    said = {name: known[value].pk if value in known else value for name, value in end.items()}
    blank = {"role": "leader", "member": "", "body": "", "organisation": "", "words": "", "since": "2026-01-01"}
    page = as_(cast.li).post(reverse("station-tie", args=[station.pk]), {**blank, **said})
    assert page.status_code == 200
    assert StationTie.objects.count() == 0
    assert said.get("words", "") in page.content.decode()


def test_a_body_that_tells_of_a_belief_is_not_tied(cast, station):
    body = Body.objects.create(committee=cast.committee, name="宗教界", kind=BodyKind.SECTOR, is_sensitive=True)
    with pytest.raises(Incomplete, match="不在公开页面"):
        tied(cast, station, TieRole.GROUP, body=body)


def test_the_same_tie_once_and_ended_once(cast, as_, station):
    row = tied(cast, station, TieRole.TARGET, words="社区居民")
    with pytest.raises(Incomplete, match="已经是"):
        tied(cast, station, TieRole.TARGET, words="社区居民")
    tied(cast, station, TieRole.TARGET, words="界别群众")
    with pytest.raises(Incomplete):
        tying.end_tie(row, on=TODAY - timedelta(days=1), by=cast.li, at=AT)
    address = reverse("station-end-tie", args=[row.pk])
    stale = StationTie.objects.get(pk=row.pk)
    assert as_(cast.li).post(address, {"until": "2026-11-10"}).status_code == 302
    with pytest.raises(WrongState):
        tying.end_tie(stale, on=TODAY, by=cast.li, at=AT)
    assert AuditEntry.objects.filter(verb="station.end_tie").count() == 1
    closed = make.closed_station(cast.committee)
    with pytest.raises(WrongState):
        tied(cast, closed, TieRole.TARGET, words="社区居民")


@pytest.mark.parametrize(("who", "code"), [(None, 302), ("wang", 403), ("zhang", 403), ("zhao", 404), ("li", 200)])
def test_ties_are_the_office_s(cast, as_, station, who, code):
    make.post(station, cast.wang_member)
    row = make.tie(station)
    client = as_(who and getattr(cast, who))
    assert client.get(reverse("station-tie", args=[station.pk])).status_code == code
    assert client.get(reverse("station-end-tie", args=[row.pk])).status_code == code
    if who in ("wang", "zhang", "zhao"):
        with pytest.raises(PermissionDenied):
            tying.end_tie(row, on=TODAY, by=getattr(cast, who), at=AT)


def test_the_office_sees_ties_rooms_and_history(cast, as_, station):
    make.tie(station, words="老对象", until=date(2021, 1, 1))
    make.tie(station, words="新对象")
    make.room(station)
    page = as_(cast.li).get(reverse("station-office", args=[station.pk]))
    assert [tie.words for tie in page.context["ties"]] == ["新对象"]
    assert [tie.words for tie in page.context["past_ties"]] == ["老对象"]
    assert "协商议事室" in text(page)


# --- the public page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_as_much_for_more_rows(cast, as_, station, rows, django_assert_max_num_queries):
    guide = Body.objects.create(committee=cast.committee, name="提案委", kind=BodyKind.SPECIAL_COMMITTEE)
    for number in range(rows):
        member = people.member(people.user(f"r{number}", f"驻站{number}"), cast.committee)
        make.post(station, member, PostKind.RESIDENT)
        make.tie(station, TieRole.GUIDE, body=guide, words="")
        make.room(station, f"第{number}室")
        acts.published(cast, station=station, title=f"活动{number}")
        services.keep_photos(station, photos=[papers.photo(colour=["red", "green", "blue"][number])], by=cast.li, at=AT)
    with django_assert_max_num_queries(14):
        as_(None).get(station.get_absolute_url())


def test_who_receives_the_public_today_stands_on_top(cast, as_, station):
    today = timezone.localdate()
    station.shifts.create(on=today, starts="09:00", ends="11:30", member=cast.wang_member, updated_at=AT)
    page = text(as_(None).get(station.get_absolute_url()))
    assert "今天在站" in page
    assert "09:00–11:30" in page
    station.shifts.update(cancelled_at=AT)
    assert "今天在站" not in text(as_(None).get(station.get_absolute_url()))


def test_every_kind_of_station_can_be_opened(cast, as_):
    """Rows 7, 26, 44, 69, 135, 200: fifteen kinds, each with its own list."""
    sector = people.sector(cast.committee)
    for number, kind in enumerate(StationKind):
        more = {"sector": sector.pk, "member": cast.wang_member.pk}
        given = filled(kind=kind, name=f"第{number}站", region="431024101001", **more)
        assert as_(cast.li).post(reverse("station-add", args=["jiahe"]), given).status_code == 302, kind
    listing = reverse("station-list", args=["jiahe"])
    for number, kind in enumerate(StationKind):
        assert [one.name for one in as_(None).get(listing, {"kind": kind}).context["page"]] == [f"第{number}站"]


def test_the_api_tells_it_without_persons_beyond_the_page(cast, client, station):
    Workstation.objects.filter(pk=station.pk).update(telephone="6612345", area=50, demonstration_since=TODAY)
    make.post(station, cast.wang_member, PostKind.KEEPER)
    StationPost.objects.create(station=station, post=PostKind.OBSERVER, person_name="丙某", since=date(2020, 1, 1))
    make.tie(station, TieRole.TARGET, words="社区居民")
    make.tie(station, TieRole.GOAL, words="旧目标", until=date(2021, 1, 1))
    one = client.get(f"/api/v1/workstations/{station.pk}/").json()
    assert (one["telephone"], one["area"], one["demonstration_since"]) == ("6612345", 50, "2026-11-10")
    assert [post["person"] for post in one["posts"]] == ["王委员", "丙某"]
    assert [(tie["role"], tie["tied_to"]) for tie in one["ties"]] == [("target", "社区居民")]
    make.station(cast.committee, "另一站")
    found = client.get("/api/v1/workstations/", {"demonstration": "true"}).json()["results"]
    assert [row["name"] for row in found] == [station.name]
