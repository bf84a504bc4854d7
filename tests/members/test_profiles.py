"""有困难，找委员: finding a member, and what the public may read of one (rows 95, 161)."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from config.privacy import masked
from members.facts import Fact, Mark
from members.models import Body, BodyKind, Membership, PartyLevel, Post, Region
from members.services import duty
from members.services.duty import Deed
from members.states import QuestionState
from tests.factories import members as make
from tests.factories import profiles as asked
from tests.factories import workstations as places
from workstations.models import Story

pytestmark = pytest.mark.django_db
FIND = "member-find"
PRIVATE = re.compile(r"1\d{10}|0\d{2,3}-\d{7}|[\w.]+@[\w-]+\.\w+|中共党员|民革|党支部|宗教界")


def names(page):
    return [member.user.name for member in page.context["members"]]


@pytest.fixture
def shown(cast):
    """王委员 with everything that may be told and everything that may not."""
    member, user = cast.wang_member, cast.wang
    user.phone, user.email = "13900000001", "wang@example.org"
    user.save()
    member.party, member.work_post = "cpc", "县农业局农技站站长（电话0735-6622333）"
    member.specialties, member.region = "农业技术、水利", Region.objects.get(code="431024100000")
    member.introduction = "为村里办实事，找我请打13900000001。"
    member.save()
    party = Body.objects.create(
        committee=cast.committee, kind=BodyKind.PARTY_ORGANISATION, name="第一功能型党支部",
        party_level=PartyLevel.FUNCTIONAL_BRANCH,
    )  # fmt: skip
    team = Body.objects.create(committee=cast.committee, kind=BodyKind.SERVICE_TEAM, name="农技服务队")
    for body in (party, team):
        Membership.objects.create(body=body, member=member, post=Post.LEADER, since=make.SINCE)
    return member


def test_a_visitor_finds_public_members_in_force_of_this_committee_only(cast, as_):
    gone = make.member(make.user("gone", "已离任"), cast.committee, until=datetime.date(2021, 1, 1))
    make.member(make.user("shy", "不公开"), cast.committee, is_public=False)
    page = as_(None).get(reverse(FIND, args=["jiahe"]))
    assert names(page) == ["王委员"]
    for pk in (gone.pk, cast.qian_member.pk):
        assert as_(None).get(reverse("member-profile", args=["jiahe", pk])).status_code == 404


def test_members_are_found_by_name_specialty_place_and_sector(cast, as_, shown):
    teacher = make.member(make.user("li2", "李老师"), cast.committee, sector=make.sector(cast.committee, "教育界"))
    address = reverse(FIND, args=["jiahe"])

    def found(**query):
        return names(as_(None).get(address, query))

    assert found() == ["李老师", "王委员"]
    assert found(q="李老师") == ["李老师"]
    assert found(q="農業") == ["王委员"]
    assert found(place="431024100000") == ["王委员"]
    assert found(place="431024101000") == []
    assert found(sector=teacher.sector_id) == ["李老师"]


@pytest.mark.parametrize(("name", "marked"), [("文艺界", True), ("宗教界", False), ("民革", False)])
def test_a_sector_that_tells_a_belief_or_a_party_is_neither_offered_nor_shown(cast, as_, name, marked):
    faith = make.sector(cast.committee, name)
    faith.is_sensitive = marked
    faith.save()
    member = make.member(make.user("faith", "释某某"), cast.committee, sector=faith)
    visitor, api = as_(None), reverse("api-public-members-detail", args=[member.pk])
    addresses = [reverse(FIND, args=["jiahe"]), reverse("member-profile", args=["jiahe", member.pk]), api]
    for address in addresses:
        assert name not in visitor.get(address).content.decode()
    assert visitor.get(api).json()["sector"] is None
    assert names(visitor.get(addresses[0], {"sector": faith.pk})) == ["释某某", "王委员"]  # not a choice: not narrowed


def test_the_public_reads_identity_specialty_and_deeds_but_nothing_private(cast, as_, shown):
    station = places.station(cast.committee)
    places.post(station, shown)
    story = Story.objects.create(committee=cast.committee, kind="case", title="机井通水", on=datetime.date(2026, 5, 1))
    hidden = Story.objects.create(
        committee=cast.committee, kind="case", title="未公开的故事", on=datetime.date(2026, 5, 1), is_published=False
    )
    shown.stories.set([story, hidden])
    day, at = timezone.localdate(), timezone.now()
    told = [
        Deed(shown.pk, day, Fact.CONSULTATION, "session:1", "协商", mark=Mark.PRESENT),
        Deed(shown.pk, day, Fact.CONSULTATION, "session:2", "协商", mark=Mark.ABSENT),
        Deed(shown.pk, day, Fact.ACTIVITY, "activity:1", "学习", detail="party_day", mark=Mark.PRESENT),
        Deed(shown.pk, day, Fact.PROPOSAL, "proposal:1", "提案"),
    ]
    duty.record(told, by=None, at=at)
    asked.question(cast, QuestionState.ANSWERED)
    page = as_(None).get(reverse("member-profile", args=["jiahe", shown.pk]))
    text = page.content.decode()
    for words in ("农技服务队", "农业技术", "珠泉镇委员工作室", "机井通水", "已请水利站查看"):
        assert words in text
    assert "未公开的故事" not in text
    told = [(deed["label"], deed["value"], deed["unit"]) for deed in page.context["deeds"]]
    assert told == [("参加协商", 1, "次"), ("答复群众提问", 1, "件")]
    sector = shown.sector.name
    assert sector in text


@pytest.mark.parametrize("name", ["member-find", "member-profile", "question-new", "api"])
def test_no_contact_data_and_no_party_stand_in_any_public_answer(cast, as_, shown, name):
    addresses = {
        "member-find": reverse("member-find", args=["jiahe"]),
        "member-profile": reverse("member-profile", args=["jiahe", shown.pk]),
        "question-new": reverse("question-new", args=["jiahe", shown.pk]),
        "api": reverse("api-public-members-detail", args=[shown.pk]),
    }
    for user in (None, cast.wang, cast.li, cast.zhao):
        text = as_(user).get(addresses[name]).content.decode()
        main = text[text.index("<main") : text.index("</main>")] if "<main" in text else text
        assert "王委员" in main
        assert PRIVATE.findall(main) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_need_the_same_statements_for_more_rows(cast, as_, shown, rows, django_assert_max_num_queries):
    for number in range(rows):
        make.member(make.user(f"m{number}", f"第{number}位"), cast.committee)
        places.post(places.station(cast.committee, f"第{number}工作室"), shown)
        asked.question(cast, QuestionState.ANSWERED, words=f"第{number}个问题，请委员回答")
    visitor = as_(None)
    with django_assert_max_num_queries(5):
        visitor.get(reverse(FIND, args=["jiahe"]))
    with django_assert_max_num_queries(10):
        visitor.get(reverse("member-profile", args=["jiahe", shown.pk]))
    with django_assert_max_num_queries(2):
        visitor.get(reverse("api-public-members-list"))


def test_the_api_lists_the_public_ones_with_their_place(cast, as_, shown):
    make.member(make.user("shy", "不公开"), cast.committee, is_public=False)
    rows = as_(None).get(reverse("api-public-members-list"), {"committee": "jiahe"}).json()["results"]
    assert [(row["name"], row["place"], row["work_post"]) for row in rows] == [
        ("王委员", "珠泉镇", "县农业局农技站站长（电话****）")
    ]


def filled(**changed):
    return {"introduction": "农技推广二十年", "specialties": "农业", "is_public": "on", **changed}


def test_a_member_writes_the_own_page(cast, as_):
    as_(cast.wang).post(reverse("profile-edit"), filled())
    cast.wang_member.refresh_from_db()
    assert (cast.wang_member.introduction, cast.wang_member.specialties) == ("农技推广二十年", "农业")
    assert names(as_(None).get(reverse(FIND, args=["jiahe"]), {"q": "农业"})) == ["王委员"]
    as_(cast.wang).post(reverse("profile-edit"), {"introduction": "", "specialties": ""})
    assert names(as_(None).get(reverse(FIND, args=["jiahe"]))) == []


def test_a_telephone_number_in_the_profile_is_refused_and_nothing_is_lost(cast, as_):
    page = as_(cast.wang).post(reverse("profile-edit"), filled(introduction="找我打 13900000001 就行"))
    assert page.context["form"].errors == {"introduction": ["这里的内容会公开，请不要写电话、邮箱和身份证号。"]}
    assert "找我打" in page.content.decode()
    cast.wang_member.refresh_from_db()
    assert cast.wang_member.introduction == ""


def test_the_office_writes_anybodys_page_and_others_do_not(cast, as_):
    own, of = reverse("profile-edit"), reverse("profile-edit-of", args=[cast.wang_member.pk])
    people = (None, cast.wang, cast.li, cast.zhou, cast.zhao, cast.qian)
    assert [as_(user).get(of).status_code for user in people] == [302, 200, 200, 403, 404, 404]
    assert [as_(user).get(own).status_code for user in people] == [302, 200, 403, 403, 403, 200]
    as_(cast.li).post(of, filled(specialties="水利"))
    cast.wang_member.refresh_from_db()
    assert cast.wang_member.specialties == "水利"


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("电话13900000001。", "电话****。"),
        ("找我：139-0000-0001", "找我：****"),
        ("139 0000 0001", "****"),
        ("+8613900000001", "+****"),
        ("+86-139-0000-0001", "+****"),
        ("１３９０００００００１", "****"),
        ("０７３５６６２２３３３", "****"),
        ("座机 0735-6622333", "座机 ****"),
        ("a.b@c.cn", "****"),
        ("证号43010219900101123X。", "证号****。"),
        ("2026年5月帮助1200户", "2026年5月帮助1200户"),
        ("区划431024100000", "区划431024100000"),
    ],
)
def test_what_reaches_somebody_is_covered_and_figures_are_not(text, covered):
    assert masked(text) == covered
