"""The people pages: who sees whom, the forms of each verb, the roster from file to slips, the API, the admin."""

import base64
import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from config.audit.models import AuditEntry
from config.uploads.models import Attachment
from members.models import (
    BodyKind,
    ChangeKind,
    Committee,
    Member,
    RoleGrant,
    RosterImport,
    ScoreScheme,
    ScoreTotal,
    User,
)
from members.roles import Role
from members.services import duty
from members.services import people as services
from members.states import SchemeState
from tests.factories import members as make
from tests.factories import people

pytestmark = pytest.mark.django_db
LIST, IMPORT = "/office/people/", "/office/people/import/"
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _phones(cast):
    User.objects.filter(pk=cast.wang.pk).update(phone="13800000001")


def page_of(member, name="people-detail"):
    return reverse(name, args=[member.pk])


def content(response):
    return response.content.decode()


def names(response):
    return [member.user.name for member in response.context["page"]]


def upload(as_, cast, *rows, name="花名册.xlsx", raw=None):
    file = SimpleUploadedFile(name, raw or people.book(*rows))
    return as_(cast.li).post(IMPORT, {"committee": cast.committee.pk, "file": file})


# --- who sees whom -----------------------------------------------------------------------------------------------


def test_the_office_sees_its_own_members_and_no_other(cast, as_):
    assert names(as_(cast.li).get(LIST)) == ["王委员"]
    assert names(as_(cast.zhao).get(LIST)) == ["外县的钱委员"]
    assert as_(cast.li).get(page_of(cast.wang_member)).status_code == 200
    assert as_(cast.zhao).get(page_of(cast.wang_member)).status_code == 404


@pytest.mark.parametrize("who", ["wang", "zhang", "zhou", "sun", "qian"])
def test_who_manages_nobody_has_no_roster(cast, as_, who):
    client = as_(getattr(cast, who))
    assert client.get(LIST).status_code == 403
    assert client.get(page_of(cast.wang_member)).status_code == 404
    for name in ("people-import", "people-template", "people-export", "people-new-term"):
        assert client.get(reverse(name)).status_code == 403


def test_a_town_s_secretary_looks_after_the_members_of_the_own_body_only(cast, as_):
    """联络组管理辖区委员日常履职 (row 25)."""
    own = people.duty_group(cast.committee, "珠泉镇政协联络组", BodyKind.LIAISON_GROUP)
    other = people.duty_group(cast.committee, "塘村镇政协联络组", BodyKind.LIAISON_GROUP)
    make.member(make.user("mao", "毛委员"), cast.committee)
    people.seat(cast.wang_member, own)
    secretary, of_the_next_town = people.secretary(own), people.secretary(other, "next")
    assert names(as_(secretary).get(LIST)) == ["王委员"]
    assert names(as_(of_the_next_town).get(LIST)) == []
    assert as_(of_the_next_town).get(page_of(cast.wang_member)).status_code == 404
    page = as_(secretary).get(page_of(cast.wang_member))
    assert page.status_code == 200
    assert "党派" not in content(page)
    for name in ("people-transfer", "people-standing", "people-leave", "people-end"):
        assert as_(secretary).get(page_of(cast.wang_member, name)).status_code == 403
    assert as_(secretary).get(reverse("people-export")).status_code == 403


def test_the_phone_is_masked_until_somebody_asks_who_is_then_on_record(cast, as_):
    li, address = as_(cast.li), page_of(cast.wang_member)
    assert "13800000001" not in content(li.get(address))
    assert "138****0001" in content(li.get(address))
    assert li.get(page_of(cast.wang_member, "people-phone")).status_code == 405
    shown = li.post(page_of(cast.wang_member, "people-phone"))
    assert "13800000001" in content(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    assert AuditEntry.objects.get(verb="member.phone").actor_id == cast.li.pk
    assert as_(cast.zhao).post(page_of(cast.wang_member, "people-phone")).status_code == 404


# --- the list ----------------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_words_and_places(cast, as_):
    group = people.special(cast.committee)
    mao = make.member(make.user("mao", "毛委员"), cast.committee, sector=make.sector(cast.committee, "教育界"),
                      is_standing=True, region_id=f"{cast.committee.region.prefix}100000")  # fmt: skip
    people.seat(mao, group)
    gone = make.member(make.user("gone", "故委员"), cast.committee, until=timezone.localdate() - DAY)
    ask = as_(cast.li).get
    asked = {
        "q": "毛委", "sector": mao.sector_id, "body": group.pk, "region": mao.region_id, "state": "standing"
    }  # fmt: skip
    for name, value in asked.items():
        assert names(ask(LIST, {name: value})) == ["毛委员"], name
    assert names(ask(LIST)) == ["毛委员", "王委员"]
    assert names(ask(LIST, {"state": "left"})) == [gone.user.name]
    assert len(names(ask(LIST, {"state": "all"}))) == 3
    assert "在任 2 人，其中常委 1 人；已离任 1 人" in content(ask(LIST))
    assert "没有符合条件的委员" in content(ask(LIST, {"q": "查无此人"}))


def test_a_duty_group_is_seen_with_attendance_and_score(cast, as_):
    """委员编入履职小组，人次和考核一处看 (row 178)."""
    group, year = people.duty_group(cast.committee), timezone.localdate().year
    people.seat(cast.wang_member, group)
    on = datetime.date(year, 1, 15)
    marks = ["present", "late", "absent", "excused"]
    deeds = [
        duty.Deed(cast.wang_member.pk, on, "activity", f"activity:{n}", "调研", mark=mark)
        for n, mark in enumerate(marks)
    ]
    duty.record(deeds, by=None, at=timezone.now())
    scheme = ScoreScheme.objects.create(
        committee=cast.committee, year=year, name="考评办法", state=SchemeState.IN_FORCE
    )
    ScoreTotal.objects.create(scheme=scheme, member=cast.wang_member, points="86.5", at=timezone.now())
    shown = re.sub(r"\s+", " ", content(as_(cast.li).get(LIST, {"body": group.pk})))
    assert "2 / 3" in shown
    assert "86.5" in shown
    assert "到会 <b>2</b> 人次" in shown


@pytest.mark.parametrize("address", [LIST, "detail"])
def test_pages_ask_as_often_for_three_as_for_one(cast, as_, address, django_assert_max_num_queries):
    address = page_of(cast.wang_member) if address == "detail" else address
    for n in range(3):
        member = make.member(make.user(f"more{n}"), cast.committee)
        people.seat(cast.wang_member, people.special(cast.committee, f"第{n}专委会"))
        deed = duty.Deed(cast.wang_member.pk, timezone.localdate(), "activity", f"activity:{n}", "调研")
        duty.record([deed], by=None, at=timezone.now())
        services.grant_leave(
            member, since=timezone.localdate(), until=timezone.localdate(), reason="病", by=cast.li, at=timezone.now()
        )
        client = as_(cast.li)
        client.get(address)  # the first request of a session also stamps it
        with django_assert_max_num_queries(14):
            client.get(address)


# --- the verbs ---------------------------------------------------------------------------------------------------


def test_each_verb_is_a_form_that_leads_back_to_the_member(cast, as_):
    li, member, today = as_(cast.li), cast.wang_member, timezone.localdate()
    given = {
        "people-transfer": {"sector": make.sector(cast.committee, "教育界").pk},
        "people-standing": {},
        "people-leave": {"since": today, "until": today + 5 * DAY},
    }
    for name, fields in given.items():
        assert li.get(page_of(member, name)).status_code == 200
        done = li.post(page_of(member, name), {**fields, "reason": "会议决定"})
        assert (done.status_code, done.url) == (302, page_of(member))
    leave = member.changes.get(kind=ChangeKind.ON_LEAVE)
    assert "请假中" in content(li.get(page_of(member)))
    assert li.post(reverse("people-return", args=[leave.pk]), {"on": today + 2 * DAY}).status_code == 302
    assert li.post(page_of(member, "people-end"), {"on": today, "reason": "辞职"}).status_code == 302
    shown = content(li.get(page_of(member)))
    for words in ("教育界", "增选或不再担任常委", "销假", "不再担任委员", "已离任"):
        assert words in shown
    assert page_of(member, "people-leave") not in shown


def test_what_was_typed_stays_when_a_verb_is_refused(cast, as_):
    today = timezone.localdate()
    page = as_(cast.li).post(
        page_of(cast.wang_member, "people-leave"), {"since": today, "until": today - DAY, "reason": "外出学习"}
    )
    assert page.status_code == 200
    assert "止日不能早于起日。" in content(page)
    assert "外出学习" in content(page)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("people-end", {"on": "0001-01-01"}),
        ("people-leave", {"since": "0001-01-01", "until": "9999-12-31"}),
    ],
)
def test_a_day_out_of_any_calendar_is_said(cast, as_, name, fields):
    page = as_(cast.li).post(page_of(cast.wang_member, name), {**fields, "reason": "笔误"})
    assert "请核对年份" in content(page)


def test_the_next_term_of_a_strange_committee_or_day_is_refused(cast, as_):
    li, address = as_(cast.li), reverse("people-new-term")
    assert li.post(address, {"of": "\0"}).status_code == 403
    assert "请核对年份" in content(li.post(address, {"of": "jiahe", "since": "0001-01-01"}))


def test_the_next_term_is_ticked_member_by_member(cast, as_):
    other = make.member(make.user("mao", "毛委员"), cast.committee)
    li, address = as_(cast.li), reverse("people-new-term")
    assert "换到第 12 届" in content(li.get(address))
    assert content(li.get(address, {"everybody": 1})).count(" checked") == 2
    sector = make.sector(cast.committee, "教育界")
    given = {"of": "jiahe", "since": timezone.localdate(), "carry": [cast.wang_member.pk]}
    refused = li.post(address, {**given, f"sector-{cast.wang_member.pk}": "999999"})
    assert "请给王委员选择新一届的界别。" in content(refused)
    assert content(refused).count(" checked") == 1
    assert "请至少勾选一位" in content(li.post(address, {**given, "carry": []}))
    done = li.post(address, {**given, f"sector-{cast.wang_member.pk}": sector.pk})
    assert done.status_code == 302
    assert Committee.objects.get(pk=cast.committee.pk).term == 12
    carried = Member.objects.get(term=12)
    assert (carried.user, carried.sector) == (cast.wang, sector)
    other.refresh_from_db()
    assert other.until == timezone.localdate() - DAY


# --- the roster --------------------------------------------------------------------------------------------------


def test_from_file_to_slips_and_the_passwords_are_shown_once(cast, as_):
    make.sector(cast.committee)
    told = upload(as_, cast, people.row("甲新"), people.row("王委员", "13800000001", 单位及职务="县一中"))
    handed = RosterImport.objects.get()
    assert (told.status_code, told.url) == (302, reverse("people-import-check", args=[handed.pk]))
    assert not Member.objects.filter(user__name="甲新").exists()
    li = as_(cast.li)
    seen = li.get(told.url)
    assert "2 行 = 新增 1 + 更新 1 + 无变化 0 + 要改 0" in content(seen)
    assert "单位及职务：（空） → 县一中" in content(seen)
    load, said = reverse("people-import-load", args=[handed.pk]), {"digest": seen.context["plan"].digest}
    done = li.post(load, said)
    password = re.search(r"<code>([a-z0-9-]{14})</code>", content(done))[1]
    assert User.objects.get(name="甲新").check_password(password)
    file = re.search(r'base64,([^"]+)"', content(done))[1]
    assert f"甲新,13900000001,jiahe-0001,{password},经济界" in base64.b64decode(file).decode("utf-8-sig")
    assert "no-store" in done.headers["Cache-Control"]
    again = li.post(load, said, follow=True)
    assert "不能再导入" in content(again)
    assert password not in content(again)
    assert password not in content(li.get(IMPORT))
    assert Attachment.objects.count() == 0


def test_a_file_with_faults_shows_all_of_them_and_keeps_nothing(cast, as_):
    page = upload(as_, cast, people.row("", "12", "天文界"), people.row("乙新", "13900000002", "经济界"))
    assert page.status_code == 200
    assert "有 3 处要改，什么都没有导入" in content(page)
    assert "第 2 行 · 手机号" in content(page)
    assert "可新增 1，可更新 0，无变化 0，要改 1" in content(page)
    assert RosterImport.objects.count() == Attachment.objects.count() == 0


def test_a_roster_that_changes_nothing_says_so(cast, as_):
    page = upload(as_, cast, people.row("王委员", "13800000001"))
    assert "没有要导入的" in content(page)


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [("a.xls", b"x", "另存为 .xlsx"), ("a.xlsx", b"x", "内容与格式不符"), ("a.pdf", b"x", "不是花名册的格式")],
)
def test_a_file_of_another_kind_is_refused_in_words(cast, as_, name, raw, said):
    assert said in content(upload(as_, cast, name=name, raw=raw))


def test_a_csv_from_the_page_is_taken_too(cast, as_):
    make.sector(cast.committee)
    assert upload(as_, cast, name="a.csv", raw=people.text(people.row(), encoding="gbk")).status_code == 302


def test_another_clerk_and_another_county_load_nothing(cast, as_):
    make.sector(cast.committee)
    upload(as_, cast, people.row())
    pk = RosterImport.objects.get().pk
    for who in (cast.zhao, cast.wang, cast.zhou):
        client = as_(who)
        assert client.get(reverse("people-import-check", args=[pk])).status_code == 404
        for name in ("people-import-load", "people-import-drop"):
            assert client.post(reverse(name, args=[pk])).status_code == 404
        file = Attachment.objects.get()
        assert client.get(file.get_absolute_url()).status_code == 404


def test_nobody_loads_into_a_committee_of_others(cast, as_):
    file = SimpleUploadedFile("a.xlsx", people.book(people.row()))
    page = as_(cast.li).post(IMPORT, {"committee": cast.other_committee.pk, "file": file})
    assert page.status_code == 200
    assert page.context["form"].errors["committee"]


def test_dropping_leaves_nothing(cast, as_):
    make.sector(cast.committee)
    upload(as_, cast, people.row())
    as_(cast.li).post(reverse("people-import-drop", args=[RosterImport.objects.get().pk]))
    assert Attachment.objects.count() == 0
    assert not Member.objects.filter(user__name="甲新").exists()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_export_is_asked_for_by_a_button_and_on_record(cast, as_, kind):
    li, address = as_(cast.li), reverse("people-export")
    assert li.get(address).status_code == 200
    assert not AuditEntry.objects.filter(verb="people.export").exists()
    file = li.post(address, {"kind": kind, "of": "jiahe"})
    assert file.streaming
    whole = b"".join(file.streaming_content)
    assert f".{kind}" in file.headers["Content-Disposition"]
    assert ("王委员".encode() in whole) is (kind == "csv")
    assert AuditEntry.objects.get(verb="people.export").data == {"kind": kind, "rows": 1}
    file.close()


def test_the_template_is_a_file(cast, as_):
    file = as_(cast.li).get(reverse("people-template"))
    assert file.content.startswith(b"PK")


# --- the API -----------------------------------------------------------------------------------------------------


def test_programs_read_members_without_phones(cast, as_):
    Member.objects.filter(pk=cast.wang_member.pk).update(party="cdl")
    answer = as_(cast.li).get("/api/v1/members/").json()
    (row,) = answer["results"]
    assert set(row) == {
        "id", "name", "committee", "term", "sector", "is_standing", "region", "work_post", "specialties", "since",
        "until",
    }  # fmt: skip
    assert (row["name"], row["committee"], row["sector"]) == ("王委员", "jiahe", "经济界")
    assert as_(cast.zhao).get(f"/api/v1/members/{cast.wang_member.pk}/").status_code == 404
    assert as_(cast.li).get("/api/v1/members/", {"in_force": "false"}).json()["results"] == []


@pytest.mark.parametrize(("who", "status"), [("wang", 403), ("zhou", 403), (None, 401)])
def test_other_programs_read_no_roster(cast, as_, who, status):
    assert as_(who and getattr(cast, who)).get("/api/v1/members/").status_code == status


# --- the admin ---------------------------------------------------------------------------------------------------


def test_a_grant_for_a_body_is_given_in_the_admin(cast, as_):
    group = people.duty_group(cast.committee, kind=BodyKind.LIAISON_GROUP)
    clerk = make.user("clerk", "吴秘书")
    make.grant(clerk, Role.UNIT_HANDLER, cast.unit)
    given = {"committee": cast.committee.pk, "user": clerk.pk, "role": Role.TOWN_SECRETARY, "since": "2026-01-01"}
    address = "/admin/members/rolegrant/add/"
    assert "要指明是哪个机构" in content(as_(cast.li).post(address, given))
    foreign = people.duty_group(cast.other_committee)
    assert as_(cast.li).post(address, {**given, "body": foreign.pk}).status_code == 200
    assert as_(cast.li).post(address, {**given, "body": group.pk}).status_code == 302
    assert RoleGrant.objects.get(role=Role.TOWN_SECRETARY).body == group


def test_a_new_secretary_comes_in_with_the_body(cast, as_):
    group = people.duty_group(cast.committee, kind=BodyKind.LIAISON_GROUP)
    given = {
        "username": "new", "name": "吴秘书", "phone": "", "email": "", "committee": cast.committee.pk,
        "place": Role.TOWN_SECRETARY, "sector": "", "organisation": "", "body": group.pk,
    }  # fmt: skip
    as_(cast.li).post("/admin/members/user/add/", given)
    assert RoleGrant.objects.get(user__username="new").body == group


def test_a_secretary_s_page_links_only_what_a_secretary_may_open(cast, as_):
    group = people.duty_group(cast.committee)
    people.seat(cast.wang_member, group)
    told = [("activity:7", "调研", "/activities/7/"), ("micro:8", "装路灯", "/micro/8/")]
    for key, title, url in told:
        deed = duty.Deed(cast.wang_member.pk, datetime.date(2026, 3, 5), "activity", key, title, url=url)
        duty.record([deed], by=None, at=timezone.now())
    page = reverse("people-detail", args=[cast.wang_member.pk]) + "?year=2026"
    seen = as_(people.secretary(group)).get(page).content.decode()
    assert "/activities/7/" in seen
    assert "装路灯" in seen
    assert "/micro/8/" not in seen
    assert "/micro/8/" in as_(cast.li).get(page).content.decode()
