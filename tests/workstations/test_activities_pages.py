import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from config.uploads import store
from members.facts import Fact
from members.models import BodyKind, DutyRecord, OrganisationKind
from tests.factories import activities as make
from tests.factories import consultation as talks
from tests.factories import members as people
from tests.factories import workstations as places
from tests.factories.activities import AT, ENDS, HOUR, STARTS
from workstations.models import Activity, ActivityKind, EffectKind, Part, Seat, StoryKind
from workstations.queries.figures import figures
from workstations.services import activities as services
from workstations.services.activities import Outcome
from workstations.states import ActivityState

pytestmark = pytest.mark.django_db


def address(name, activity, *more):
    return reverse(name, args=[activity.pk, *more])


def soon(hours):
    return timezone.now() + datetime.timedelta(hours=hours)


def coming(cast, **fields):
    """Published, to begin tomorrow by the real clock."""
    return make.published(cast, **{"starts_at": soon(24), "ends_at": soon(26), **fields})


def running(cast, **fields):
    return coming(cast, **{"starts_at": soon(-1), "ends_at": soon(1), **fields})


FORM = {
    "kind": "survey", "title": "夜市食品安全调研", "starts_at": "2027-03-05T09:00", "ends_at": "2027-03-05T11:30",
    "half_days": "1", "is_public": "on", "place": "县城夜市", "with-TOTAL_FORMS": "1", "with-INITIAL_FORMS": "0",
}  # fmt: skip
NOTHING = {"effects-TOTAL_FORMS": "0", "effects-INITIAL_FORMS": "0"}


def text(response):
    return response.content.decode()


# --- the whole course, on the pages ------------------------------------------------------------------------------


def test_from_the_draft_to_the_duty_record(cast, as_):
    office, member = as_(cast.li), as_(cast.wang)
    federation = people.organisation(cast.committee, "县工商联", OrganisationKind.MASS_ORGANISATION)
    named = {"with-0-organisation": federation.pk, "with-0-part": Part.LEAD}
    office.post(reverse("activity-new"), {**FORM, **named})
    activity = Activity.objects.get()
    assert [str(row) for row in activity.involvements.all()] == ["县工商联牵头"]
    assert member.get(activity.get_absolute_url()).status_code == 404
    assert "已发布，通知了 1 位委员。" in text(office.post(address("activity-publish", activity), {}, follow=True))
    assert "报名参加" in text(member.get(activity.get_absolute_url()))
    assert "已报名" in text(member.post(address("activity-sign-up", activity), follow=True))
    Activity.objects.update(starts_at=soon(-2), ends_at=soon(-1))
    seat = Seat.objects.get()
    line = {f"seat-{seat.pk}-seen": "signed_up", f"seat-{seat.pk}-state": "present", f"seat-{seat.pk}-speech": ""}
    assert "已登记 1 位委员的考勤" in text(office.post(address("activity-roll", activity), line, follow=True))
    figures = {
        "effects-TOTAL_FORMS": "1", "effects-INITIAL_FORMS": "0", "effects-0-kind": "unit",
        "effects-0-name": "夜市管理所", "effects-0-number": "1",
        "effect": "整改 12 家摊点", "venues": "石桥镇 35\n塘村镇", "viewers": "10800",
    }  # fmt: skip
    closed = text(office.post(address("activity-close", activity), figures, follow=True))
    assert "考勤和成效已记入履职档案" in closed
    for words in ("整改 12 家摊点", "夜市管理所", "石桥镇 35 人", "10800 人次", "县工商联"):
        assert words in closed
    assert set(DutyRecord.objects.values_list("fact", flat=True)) == {Fact.ACTIVITY, Fact.UNIT_VISITED}


def test_what_was_typed_stays_when_something_is_wrong(cast, as_):
    wrong = {**FORM, "ends_at": "2027-03-05T08:00", "title": "很长的标题仍在"}
    answer = text(as_(cast.li).post(reverse("activity-new"), wrong))
    assert "结束时间须晚于开始时间" in answer
    assert "很长的标题仍在" in answer
    assert not Activity.objects.exists()


def test_only_own_hosts_are_offered(cast, as_):
    group = make.body(cast.committee, "珠泉镇联络组", BodyKind.LIAISON_GROUP)
    make.body(cast.committee, "提案委员会")
    make.post(group, cast.wang_member, "leader")
    shown = as_(cast.wang).get(reverse("activity-new"))
    assert list(shown.context["form"].fields["body"].queryset) == [group]
    assert as_(cast.sun).get(reverse("activity-new")).status_code == 403


def test_the_only_host_is_proposed_and_leaving_it_out_is_said_in_words(cast, as_):
    group = make.body(cast.committee, "珠泉镇联络组", BodyKind.LIAISON_GROUP)
    make.post(group, cast.wang_member, "leader")
    page = as_(cast.wang).get(reverse("activity-new"))
    assert page.context["form"].initial["body"] == group.pk
    kept = {**FORM, "kind": "visit", "body": "", "title": "没有主办的走访"}
    answer = as_(cast.wang).post(reverse("activity-new"), kept)
    assert answer.status_code == 200
    assert "请选择主办机构或站点" in text(answer)
    assert "没有主办的走访" in text(answer)
    as_(cast.wang).post(reverse("activity-new"), {**kept, "body": group.pk})
    assert Activity.objects.get().body == group


def test_the_list_puts_mine_first(cast, as_):
    called = coming(cast, called=[cast.wang_member], title="应到的座谈")
    offered = coming(cast, title="可报名的走访")
    shown = as_(cast.wang).get(reverse("activity-list"))
    assert [seat.activity for seat in shown.context["seats"]] == [called]
    assert list(shown.context["offered"]) == [offered]
    draft = make.draft(cast)
    office = as_(cast.li).get(reverse("activity-list"))
    assert list(office.context["waiting"]) == [draft]


def test_the_list_is_narrowed_by_words_kind_body_station_and_month(cast, as_):
    body, station = make.body(cast.committee), places.station(cast.committee)
    make.published(cast, body=body)
    make.published(cast, station=station, title="政策宣讲进夜市", kind=ActivityKind.PUBLICITY)
    make.published(cast, title="全会", starts_at=STARTS - 60 * 24 * HOUR, ends_at=ENDS - 60 * 24 * HOUR)
    client = as_(cast.wang)

    def found(**query):
        return [row.title for row in client.get(reverse("activity-list"), query).context["page"]]

    assert found(q="夜市") == ["政策宣讲进夜市"]
    assert found(kind="publicity") == found(station=station.pk) == ["政策宣讲进夜市"]
    assert found(body=body.pk) == ["养老服务专题调研"]
    assert found(month="2026-11") == ["政策宣讲进夜市", "养老服务专题调研"]
    assert "请填年月" in text(client.get(reverse("activity-list"), {"month": "2026-13"}))


def test_visitors_read_what_is_public_and_nothing_about_people(cast, as_):
    faith = people.sector(cast.committee, "宗教界")
    faith.is_sensitive = True
    faith.save()
    activity = make.published(cast, called=[cast.wang_member], sector=faith, body=faith)
    inner = make.published(cast, title="内部座谈", is_public=False)
    visitor = as_(None)
    page = text(visitor.get(activity.get_absolute_url()))
    assert "养老服务专题调研" in page
    assert not any(words in page for words in ("宗教界", "王委员", "应到", "转为微建议"))
    assert visitor.get(inner.get_absolute_url()).status_code == 404
    listed = text(visitor.get(reverse("activity-public-list", args=["jiahe"])))
    assert "养老服务专题调研" in listed
    assert "内部座谈" not in listed


def test_a_sensitive_activity_is_nowhere_for_others(cast, as_):
    other = make.member(cast, "other")
    activity = coming(cast, called=[cast.wang_member], title="走访寺院", is_public=False, is_sensitive=True)
    assert as_(cast.wang).get(activity.get_absolute_url()).status_code == 200
    for user in (other.user, cast.zhou, cast.qian):
        client = as_(user)
        assert client.get(activity.get_absolute_url()).status_code == 404
        assert "走访寺院" not in text(client.get(reverse("activity-list")))
        assert client.get(reverse("activity-list"), {"q": "寺院"}).context["page"].rows == []


def test_the_role_brand_and_campaign_are_shown(cast, as_):
    activity = make.published(cast, played="liaison", brand="委员会客厅", campaign="两联一进", topic="养老")
    page = text(as_(None).get(activity.get_absolute_url()))
    assert all(words in page for words in ("联络员", "委员会客厅", "两联一进", "养老"))


def test_leave_is_asked_and_answered_on_the_pages(cast, as_):
    activity = coming(cast, called=[cast.wang_member])
    member, office = as_(cast.wang), as_(cast.li)
    assert "请假原因：" in text(member.post(address("activity-leave", activity), {"reason": ""}))
    member.post(address("activity-leave", activity), {"reason": "赴省里开会"})
    seat = Seat.objects.get()
    page = text(office.get(activity.get_absolute_url()))
    assert "请假待批" in page
    assert "赴省里开会" in page
    answer = address("activity-leave-answer", activity, seat.pk)
    assert as_(cast.wang).get(answer).status_code == 403
    office.post(answer, {"answer": "official", "words": "同意"})
    assert "公务请假" in text(member.get(activity.get_absolute_url()))


def test_the_roll_on_a_phone_keeps_what_is_wrong_and_adds_by_names(cast, as_):
    twin, other_sector = make.member(cast, "a", "张伟"), people.sector(cast.committee, "农业界")
    make.member(cast, "b", "张伟", sector=other_sector)
    activity, office = running(cast, called=[cast.wang_member]), as_(cast.li)
    seat = Seat.objects.get()
    line = {f"seat-{seat.pk}-seen": "invited", f"seat-{seat.pk}-state": "present", f"seat-{seat.pk}-half_days": "many"}
    assert "半天数" in text(office.post(address("activity-roll", activity), line))
    refused = text(office.post(address("activity-present", activity), {"names": "张伟、李四"}))
    assert "张伟（经济界）、张伟（农业界）" in refused
    assert "本会没有叫“李四”的在任委员" in refused
    assert "张伟、李四</textarea>" in refused
    done = office.post(address("activity-present", activity), {"names": "张伟（经济界） 王委员"}, follow=True)
    assert "已登记 2 位委员到场" in text(done)
    assert set(Seat.objects.there().values_list("member", flat=True)) == {twin.pk, cast.wang_member.pk}


def test_photos_and_materials_are_kept_and_taken_away(cast, as_):
    activity, office = make.published(cast), as_(cast.li)
    paper = SimpleUploadedFile("调研方案.txt", "方案".encode())
    office.post(address("activity-files", activity), {"photos": talks.photo(), "materials": paper})
    page = text(as_(None).get(activity.get_absolute_url()))
    assert "调研方案.txt" in page
    assert sorted(file.purpose for file in store.of(activity)) == ["material", "photo"]
    wrong = SimpleUploadedFile("病毒.exe", b"MZ")
    assert "格式不能上传" in text(office.post(address("activity-files", activity), {"materials": wrong}))
    photo = store.of(activity, "photo").get()
    office.post(address("activity-files", activity), {"removed": [photo.pk]})
    assert [file.name for file in store.of(activity)] == ["调研方案.txt"]


def test_a_day_s_worth_of_files_is_told_on_the_page(cast, as_, monkeypatch):
    activity = make.published(cast)
    monkeypatch.setattr(store, "DAILY_BYTES", 3)
    paper = SimpleUploadedFile("调研方案.txt", "方案".encode())
    page = as_(cast.li).post(address("activity-files", activity), {"materials": paper})
    assert (page.status_code, store.of(activity).count()) == (200, 0)
    assert "已达上限" in text(page)


def test_more_units_than_the_duty_record_counts_are_refused_in_words(cast, as_):
    activity = make.published(cast, starts_at=soon(-3), ends_at=soon(-1))
    effects = {
        "effects-TOTAL_FORMS": "1", "effects-INITIAL_FORMS": "0", "effects-0-kind": "unit", "effects-0-name": "村",
        "effects-0-number": "100000000",
    }  # fmt: skip
    page = as_(cast.li).post(address("activity-close", activity), effects)
    assert "一行最多 999 个" in text(page)
    activity.refresh_from_db()
    assert activity.state == ActivityState.OPEN


def test_the_public_filter_names_only_hosts_of_public_activities(cast, as_):
    branch = make.body(cast.committee, "机关党支部", BodyKind.PARTY_ORGANISATION)
    hidden, shown = make.body(cast.committee, "经济委"), make.body(cast.committee, "文史委")
    coming(cast, body=branch)
    coming(cast, body=hidden, is_public=False)
    coming(cast, body=shown)
    page = text(as_(None).get(reverse("activity-public-list", args=["jiahe"])))
    offered = [body for body in (branch, hidden, shown) if f'<option value="{body.pk}">{body}</option>' in page]
    assert offered == [shown]


def test_calling_off_on_the_page_needs_the_reason(cast, as_):
    activity, office = coming(cast, called=[cast.wang_member]), as_(cast.li)
    office.post(address("activity-call-off", activity), {"reason": ""})
    assert Activity.objects.get().state == ActivityState.OPEN
    office.post(address("activity-call-off", activity), {"reason": "连日大雨"})
    assert "连日大雨" in text(as_(cast.wang).get(activity.get_absolute_url()))


def test_a_member_turns_an_activity_into_a_micro_proposal(cast, as_):
    activity = make.published(cast)
    link = f'href="/micro/new/?activity={activity.pk}">转为微建议'
    assert link in text(as_(cast.wang).get(activity.get_absolute_url()))
    assert link not in text(as_(cast.qian).get(activity.get_absolute_url()))


ORGANISER_PAGES = [
    "activity-edit", "activity-files", "activity-publish", "activity-close", "activity-call-off", "activity-roll",
    "activity-present", "activity-screen",
]  # fmt: skip


@pytest.mark.parametrize("name", ORGANISER_PAGES)
def test_organisers_pages_are_theirs(cast, as_, name):
    activity = make.published(cast, is_public=False)
    answers = [
        as_(user).get(address(name, activity)).status_code for user in (cast.li, cast.wang, cast.zhao, cast.qian)
    ]
    assert answers == [200, 403, 404, 404]
    assert as_(None).get(address(name, activity)).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_need_the_same_statements_for_more_rows(cast, as_, rows, django_assert_max_num_queries):
    for number in range(rows):
        member = make.member(cast, f"m{number}")
        activity = coming(cast, called=[cast.wang_member, member], body=None)
        services.change(
            activity, changed=[], involved=[(people.organisation(cast.committee, f"单位{number}"), Part.LEAD)],
            by=cast.li, at=AT,
        )  # fmt: skip
    for number in range(rows):
        make.seat(activity, make.member(cast, f"n{number}"))
    office, member, visitor = as_(cast.li), as_(cast.wang), as_(None)
    for client in (office, member):
        client.get(activity.get_absolute_url())  # the first answer writes the session
    with django_assert_max_num_queries(14):
        office.get(activity.get_absolute_url())
    with django_assert_max_num_queries(14):
        member.get(activity.get_absolute_url())
    with django_assert_max_num_queries(14):
        member.get(reverse("activity-list"))
    with django_assert_max_num_queries(6):
        visitor.get(reverse("activity-public-list", args=["jiahe"]))
    with django_assert_max_num_queries(10):
        office.get(address("activity-roll", activity))


# --- figures -----------------------------------------------------------------------------------------------------


def test_the_year_in_figures_distinct_and_total(cast, as_):
    other = make.member(cast, "other")
    federation = people.organisation(cast.committee, "县工商联", OrganisationKind.MASS_ORGANISATION)
    effects = [(EffectKind.UNIT, "金田居委会", 1), (EffectKind.RAISED, "停车难", 2), (EffectKind.SOLVED, "停车难", 1)]
    first = make.held(cast, there=[cast.wang_member, other], outcome=Outcome(effects=effects))
    make.held(cast, there=[cast.wang_member], kind=ActivityKind.VISIT, outcome=Outcome(effects=effects[:1]))
    services.change(first, changed=[], involved=[(federation, Part.LEAD)], by=cast.li, at=ENDS)
    make.published(cast)
    found = figures(cast.committee, 2026, 1, datetime.date(2026, 12, 1))
    numbers = {number.label: (number.value, number.distinct) for number in found.numbers}
    assert (numbers["活动"], numbers["参加"]) == ((2, None), (3, 2))
    assert (numbers["深入基层单位"], numbers["反映问题"], numbers["解决问题"]) == ((2, 1), (2, None), (1, None))
    assert (found.led_by_parties, found.led) == (1, 1)
    assert {bar.label: bar.value for bar in found.by_kind} == {"专题调研": 1, "走访": 1}
    assert [bar.value for bar in found.by_month] == [0] * 10 + [2, 0]
    assert [(bar.label, bar.value) for bar in found.by_sector] == [("经济界", 3)]


def test_months_without_a_survey_and_quarters_without_a_result_are_named(cast):
    make.held(cast, outcome=Outcome(words="建了两个站点"))
    found = figures(cast.committee, 2026, 1, datetime.date(2027, 2, 1))
    assert found.warnings[0].startswith("1月、2月、3月")
    assert "11月" not in found.warnings[0]
    assert found.warnings[1:] == [
        "第一季度的活动没有登记成效。", "第二季度的活动没有登记成效。", "第三季度的活动没有登记成效。",
        "全年没有履职案例或表彰奖励。",
    ]  # fmt: skip
    make.story(cast.committee, kind=StoryKind.HONOUR)
    assert len(figures(cast.committee, 2026, 1, datetime.date(2027, 2, 1)).warnings) == 4


def test_several_years_and_the_table(cast, as_):
    make.held(cast)
    earlier = 370 * 24 * HOUR
    make.held(cast, starts_at=STARTS - earlier, ends_at=ENDS - earlier)
    office, page = as_(cast.li), reverse("activity-figures")
    shown = office.get(page, {"year": 2026, "years": 3})
    assert [(bar.label, bar.value) for bar in shown.context["found"].by_year] == [
        ("2024 年", 0), ("2025 年", 1), ("2026 年", 1),
    ]  # fmt: skip
    book = load_workbook(BytesIO(office.get(page, {"year": 2026, "years": 3, "as": "xlsx"}).content))
    assert book["合计"]["B2"].value == 2
    assert book.sheetnames[:2] == ["合计", "按类别"]
    assert [as_(user).get(page).status_code for user in (cast.zhou, cast.wang)] == [200, 403]
    assert as_(cast.zhao).get(page, {"committee": "jiahe"}).status_code == 404


# --- API ---------------------------------------------------------------------------------------------------------


def test_the_api_gives_what_is_public_and_ones_own(cast, as_):
    make.held(cast, outcome=Outcome(effects=[(EffectKind.UNIT, "金田居委会", 1)]))
    inner = coming(cast, called=[cast.wang_member], is_public=False)
    visitor, member = as_(None), as_(cast.wang)
    assert [row["title"] for row in visitor.get("/api/v1/activities/").json()["results"]] == ["养老服务专题调研"]
    mine = member.get("/api/v1/activities/", {"mine": "true"}).json()["results"]
    assert [row["id"] for row in mine] == [inner.pk]
    held = Activity.objects.get(state=ActivityState.HELD)
    assert visitor.get(f"/api/v1/activities/{held.pk}/").json()["effects"] == [
        {"kind": "unit", "name": "金田居委会", "number": 1}
    ]
    assert visitor.get(f"/api/v1/activities/{inner.pk}/").status_code == 404
    assert visitor.get("/api/v1/activities/", {"month": "2026-11"}).json()["results"][0]["id"] == held.pk
